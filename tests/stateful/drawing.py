"""What mutations are given: made up from what there is, and now and then from what there isn't."""

from collections.abc import Sequence
from typing import Any, TypeVar

from hypothesis import strategies as st

from auth.levels import Permission
from db.clock import time_text
from tests.stateful.model import Member, Model, Node, Principal, State

T = TypeVar("T")

# Some are the same but for case, some look as if `RENAME` had made them, and the last won't do.
NAMES = ("Site", "Site 2", "SITE", "site 10", "Straße", "STRASSE", "Plan", "Site 9")
BAD_NAMES = ("Shared", " Site", "a/b", "")
KEYS = ("a", "b", "site", "site-2", "c", "d")
SPACE_KEYS = tuple(f"s{number}" for number in range(12))
BAD_KEYS = ("shared", "..", "a b")
OTHER_IDS = ("spc_1_9999", "prj_999_1", "ast_x", "")
LEVELS = tuple(level.name for level in Permission if level)
SECOND = 1_000_000  # microseconds; the clock goes on by this at every step


class Draw:
    """Makes up values over a model; each kind of value has its strange ones."""

    def __init__(self, draw: Any, model: Model) -> None:
        self._draw, self.model = draw, model

    def of(self, values: Sequence[T]) -> T:
        """Choose one."""
        found: T = self._draw(st.sampled_from(values))
        return found

    def rarely(self, one_in: int = 10) -> bool:
        """Return whether it is one of those times."""
        return bool(self._draw(st.integers(1, one_in)) == one_in)

    def maybe(self, value: T) -> T | None:
        """Return the value or nothing."""
        return self.of((None, value))

    def some(self, values: Sequence[T], most: int = 3) -> list[T]:
        """Choose a few different ones, in any order."""
        found: list[T] = self._draw(st.lists(st.sampled_from(values), max_size=most, unique=True))
        return found

    def person(self, members: Sequence[Member]) -> Member:
        """Choose a member."""
        chosen = self.of([member.id for member in members])
        return next(member for member in members if member.id == chosen)

    def name(self) -> str:
        """Return a node's name."""
        return self.of(BAD_NAMES if self.rarely() else NAMES)

    def key(self, keys: Sequence[str] = KEYS) -> str:
        """Return a key."""
        return self.of(BAD_KEYS if self.rarely() else keys)

    def space(self) -> str:
        """Return the id of a space."""
        return self._id(self._live(self.model.spaces), self.model.nodes)

    def project(self) -> str:
        """Return the id of a project, seldom of a shared one."""
        ordinary = [one for one in self._live(self.model.projects) if not one.is_shared]
        return self._id(ordinary, self.model.nodes)

    def holder(self) -> str:
        """Return the id of a project in which assets may be."""
        return self._id(self._live(self.model.projects), self.model.nodes)

    def asset(self) -> str:
        """Return the id of an asset."""
        return self._id(self._live(self.model.assets), self.model.nodes)

    def place(self) -> str:
        """Return the id of something that grants are on."""
        return self._id(self._live([*self.model.spaces, *self.model.projects]), self.model.nodes)

    def member(self) -> str:
        """Return the id of a member."""
        return self._id([one for one in self.model.members if not one.removed], self.model.members)

    def group(self) -> str:
        """Return the id of a group, seldom of one of the server's."""
        return self._id(
            [one for one in self.model.groups if not (one.deleted or one.reserved)],
            self.model.groups,
        )

    def principal(self) -> str:
        """Return the id of a member or a group."""
        return self._id(self.model.principals, self.model.nodes)

    def many(self, kind: type[Node]) -> list[str]:
        """Return a few ids of a kind."""
        nodes = [node for node in self.model.nodes if isinstance(node, kind)]
        chosen = self.some([node.id for node in self._live(nodes)] or OTHER_IDS)
        if self.rarely(5):
            chosen.append(self.of([node.id for node in self.model.nodes]))
        return chosen

    def deletions(self) -> list[str]:
        """Return the ids of what lies in the bin, or else of what never did or does no more."""
        binned = [one.id for one in self.model.deletions if one.state is State.BINNED]
        if binned and not self.rarely():
            return binned
        return ["del_1_9999", *(one.id for one in self.model.deletions)]

    def _live(self, nodes: Sequence[Any]) -> list[Any]:
        return [one for one in nodes if not any(node.deleted for node in self.model.above(one))]

    def _id(self, usual: Sequence[Node | Principal], others: Sequence[Node | Principal]) -> str:
        if usual and not self.rarely():
            return self.of([one.id for one in usual])
        return self.of([*OTHER_IDS, *(one.id for one in others)])

    def content(self) -> dict[str, Any] | None:
        """Return a version of an asset's content, or nothing."""
        text = None if self.rarely() else self.of(("one", "two"))
        return self.maybe({"mediaType": "text/plain", "text": text})

    def revision(self, asset_id: str) -> int | None:
        """Return the revision that an asset is at, another, or nothing."""
        asset = next((one for one in self.model.assets if one.id == asset_id), None)
        return self.of((None, None, asset.revision if asset else 0, 7))

    def arrival(self) -> dict[str, Any]:
        """Return how something is to be called where it comes."""
        return {
            "newName": self.name() if self.rarely(4) else None,
            "newKey": self.key() if self.rarely(4) else None,
            "onClash": self.of(("RENAME", "OVERWRITE", "FAIL", "SKIP")),
        }

    def grant(self) -> dict[str, Any]:
        """Return a grant's principal and terms."""
        return {
            "principal": self.principal(),
            "level": "NONE" if self.rarely() else self.of(LEVELS),
            "propagate": self.of((False, True)),
            "expiresAt": self._expiry(),
        }

    def _expiry(self) -> str | None:
        """Return a time to come, soon or never; seldom one that is over."""
        steps = -1 if self.rarely() else self.of((None, None, 2, 5))
        return None if steps is None else time_text(self.model.now + steps * SECOND)

    def newcomer(self) -> dict[str, Any]:
        """Return who is to be a member: mostly somebody new, or who was one."""
        former = [one for one in self.model.members if one.removed and not one.is_service]
        if former and not self.rarely(3):
            gone = self.of(former)
            return {"email": gone.account, "key": "other" if self.rarely() else gone.key}
        number = self.of(range(6))
        return {"email": f"New{number}@example.org", "key": self.key((f"n{number}", "n0"))}
