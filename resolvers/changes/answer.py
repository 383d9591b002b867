"""What a mutation answers, and the memory of it under an idempotency key."""

import hashlib
from typing import Any, NamedTuple

import orjson
from sqlalchemy import bindparam, insert, select

from auth.effects import Count, Difference, Pair
from auth.levels import Permission
from db.models import ANSWER
from resolvers.changes.change import Change, Input, Item
from resolvers.context import Reading
from resolvers.errors import KEY_REUSED, ErrorRow, UserError

OTHER_REQUEST = "This idempotency key was used for another request: choose a new one."
LONGEST_REFUSAL = 16_384  # characters that are kept of an answer
OLDER = (
    "The answer to this idempotency key was kept by another version of the server, and this one "
    "can't read it. The change was made: look at what it left."
)
FIELD = "idempotencyKey"
SAME = (
    ANSWER.c.org_id == bindparam("org_id"),
    ANSWER.c.member_id == bindparam("member_id"),
    ANSWER.c.key == bindparam("key"),
)
KEPT = select(ANSWER.c.fingerprint, ANSWER.c.content).where(*SAME)


class Plan(NamedTuple):
    """What a change would alter; `token` makes it be refused once anything else has changed."""

    token: str
    difference: Difference

    @property
    def counts(self) -> tuple[Count, ...]:
        """Return how many pairs go from each level to each."""
        return self.difference.counts

    @property
    def first(self) -> tuple[Pair, ...]:
        """Return the first of the pairs."""
        return self.difference.first

    @property
    def redacted(self) -> bool:
        """Return whether there are pairs that the asker isn't told one by one."""
        return self.difference.redacted

    @property
    def gained(self) -> int:
        """Return how many pairs had nothing and get something."""
        return sum(one.pairs for one in self.counts if one.before is Permission.NONE)

    @property
    def lost(self) -> int:
        """Return how many pairs had something and get nothing."""
        return sum(one.pairs for one in self.counts if one.after is Permission.NONE)

    @property
    def changed(self) -> int:
        """Return how many pairs had something and get something else."""
        return sum(one.pairs for one in self.counts) - self.gained - self.lost


class Changed(NamedTuple):
    """What a mutation answers: the node's number in the Org and the revision, or the refusals.

    `items` are for changes of many, `plan` for a dry run, of which nothing is kept.
    """

    node_id: int | None = None
    revision: int | None = None
    errors: tuple[ErrorRow, ...] = ()
    warnings: tuple[str, ...] = ()
    undo_token: str | None = None
    items: tuple[Item, ...] = ()
    plan: Plan | None = None
    node_kind: str | None = None  # where the payload's node may be of several types
    deleted_id: str | None = None


def refused(error: UserError) -> Changed:
    """Return the answer to a change that was refused."""
    return Changed(errors=error.rows)


def fingerprint(name: str, given: Input) -> str:
    """Return what is the same for the same mutation with the same input."""
    content = orjson.dumps([name, given], option=orjson.OPT_SORT_KEYS, default=str)
    return hashlib.sha256(content).hexdigest()


async def recall(reading: Reading, key: str, of: str) -> Changed | None:
    """Return the first answer to the key, if there was one; a refusal if it was to another."""
    found = await reading.fetch(KEPT, {"key": key})
    if not found:
        return None
    known, content = found[0]
    if known != of:
        return refused(UserError(KEY_REUSED, OTHER_REQUEST, FIELD))
    try:
        return _read(orjson.loads(content))
    except (TypeError, KeyError, ValueError):
        return refused(UserError(KEY_REUSED, OLDER, FIELD))


async def remember(making: Change, key: str, of: str, answer: Changed) -> None:
    """Keep the answer; the Org's lock is held, so that nobody keeps another meanwhile.

    A long one that refuses all isn't kept: nothing was changed, and it is found again.
    """
    content = orjson.dumps(_written(answer)).decode()
    if answer.revision is None and len(content) > LONGEST_REFUSAL:
        return
    await making.connection.execute(
        insert(ANSWER).values(
            org_id=making.org.id,
            member_id=making.subject.member_id,
            key=key,
            fingerprint=of,
            content=content,
            at=making.now,
        )
    )


def _written(answer: Changed) -> dict[str, Any]:
    items = [{**item._asdict(), "errors": list(map(tuple, item.errors))} for item in answer.items]
    return {
        **answer._asdict(),
        "errors": list(map(tuple, answer.errors)),
        "items": items,
        "plan": None,
    }


def _read(content: dict[str, Any]) -> Changed:
    items = tuple(_read_item(item) for item in content["items"])
    more: dict[str, Any] = {"errors": _errors(content), "items": items}
    more["warnings"] = tuple(content["warnings"])
    return Changed(**{**content, **more})


def _read_item(content: dict[str, Any]) -> Item:
    more: dict[str, Any] = {"errors": _errors(content)}
    return Item(**{**content, **more})


def _errors(content: dict[str, Any]) -> tuple[ErrorRow, ...]:
    return tuple(ErrorRow(*error) for error in content["errors"])
