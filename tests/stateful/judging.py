"""What every change of the model goes by: who asks, what they see, and what it takes."""

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, NoReturn, TypeAlias

from auth.levels import Permission
from tests.stateful.model import (
    Deletion,
    Group,
    Member,
    Model,
    Node,
    Principal,
    Project,
    Space,
)
from tests.stateful.seeing import Sight, sight_of

Given: TypeAlias = dict[str, Any]
About: TypeAlias = Node | Principal | Model | None
KEY = re.compile(r"(?!\.\.?$|shared$)[A-Za-z0-9._~-]{1,255}")


class RefusedError(Exception):
    """A change that must be refused, by all of the codes."""

    def __init__(self, *codes: str) -> None:
        super().__init__(*codes)
        self.codes = codes


@dataclass(frozen=True)
class Done:
    """What a change did: to what, by which deletion, and to each of many with one event."""

    about: About
    undo: Deletion | None = None
    items: tuple["Item", ...] | None = None


@dataclass(frozen=True)
class Item:
    """What comes of one of many: the id given, the codes that it may be refused by."""

    id: str
    codes: tuple[str, ...] = ()
    about: About = None
    undo: Deletion | None = None


def refuse(*codes: str) -> NoReturn:
    """Refuse the change."""
    raise RefusedError(*codes)


def need(fact: object, code: str = "FORBIDDEN") -> None:
    """Refuse the change unless something is so."""
    if not fact:
        refuse(code)


class Making:
    """A change in the making, by a member."""

    def __init__(self, model: Model, actor: str) -> None:
        self.model = model
        self.actor = next(member for member in model.members if member.id == actor)
        need(self.actor.active, "NOT_FOUND")

    def find(self, id_: str, *kinds: type) -> Any:
        """Return the node with the id, if it is of the kinds and the actor sees it."""
        node = next((one for one in self.model.nodes if one.id == id_), None)
        need(isinstance(node, kinds) and node is not None and self.sees(node), "NOT_FOUND")
        return node

    def sees(self, node: Node) -> bool:
        """Return whether the actor sees the node."""
        return self._sight().sees(node.path)

    def level(self, node: Node, *, binned: bool = False) -> Permission:
        """Return the actor's permission; with `binned` as if the node weren't deleted."""
        return self._sight(live=node if binned else None).level(node.path)

    def _sight(self, live: Node | None = None) -> Sight:
        return sight_of(self.model, self.actor.id, live=live)

    def be_admin(self) -> None:
        """Refuse the change unless the actor is an admin."""
        need(self.actor.admin)

    def need_level(self, level: Permission, *nodes: Node | None, binned: bool = False) -> None:
        """Refuse the change unless the actor has the level on one of the nodes."""
        need(any(node and self.level(node, binned=binned) >= level for node in nodes))

    def principal(self, id_: str, *kinds: type) -> Any:
        """Return the member or the group with the id, if it is there."""
        found = next((one for one in self.model.principals if one.id == id_), None)
        need(found is not None and isinstance(found, kinds or (Member, Group)), "NOT_FOUND")
        assert found is not None
        need(not (found.removed if isinstance(found, Member) else found.deleted), "NOT_FOUND")
        return found

    def is_free(
        self,
        siblings: Iterable[Node],
        key: str | None,
        name: str | None,
        *,
        but: Node | None = None,
    ) -> None:
        """Refuse a key or a name that a live sibling has."""
        others = [node for node in siblings if not node.deleted and node is not but]
        same_name = name is not None and any(fold(node.name) == fold(name) for node in others)
        same_key = key is not None and any(node.key == key for node in others)
        if same_name or same_key:
            refuse(*["NAME_TAKEN"] * same_name, *["KEY_TAKEN"] * same_key)

    def within(self, parent: Space | Project) -> list[Any]:
        """Return what lies in a space or in a project, deleted or not."""
        if isinstance(parent, Space):
            return [project for project in self.model.projects if project.space is parent]
        return [asset for asset in self.model.assets if asset.project is parent]


def fold(name: str) -> str:
    """Return what is the same of two names that are the same."""
    return unicodedata.normalize("NFC", unicodedata.normalize("NFC", name).casefold())


def new_name(name: str) -> str:
    """Return a node's name as it is kept; INVALID where it won't do."""
    title = new_title(name)
    need(not set(title) & set("/\\#?") and fold(title) != "shared", "INVALID")
    return title


def new_title(name: str) -> str:
    """Return the name of a member or a group as it is kept; INVALID where it won't do."""
    need(1 <= len(name) <= 255 and name == name.strip() and name.isprintable(), "INVALID")
    return unicodedata.normalize("NFC", name)


def new_key(key: str, *, reserved: bool = True) -> str:
    """Return a key; INVALID where it won't do. That of shared projects is reserved for them."""
    need(KEY.fullmatch(key) or (not reserved and key == "shared"), "INVALID")
    return key


def check_ids(ids: list[str]) -> None:
    """Refuse a list of ids that is empty, or names one twice."""
    need(1 <= len(ids) == len(set(ids)), "INVALID")
