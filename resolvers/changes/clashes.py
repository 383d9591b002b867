"""What happens where a name or a key is taken at the place that a node is brought to."""

import re
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import Enum
from itertools import count
from typing import Any, NamedTuple, TypeAlias

from sqlalchemy import or_, select

from auth.levels import Permission
from db.ids import NodeId, public_id
from db.names import fold
from resolvers.changes.change import Beside, Change, Done, Input
from resolvers.changes.deletions import bin_node
from resolvers.changes.names import key_of, name_columns
from resolvers.changes.rows import LIES_IN, NOUNS, TABLES
from resolvers.errors import FORBIDDEN, INVALID, KEY_TAKEN, NAME_TAKEN, SKIPPED, UserError, together

LONGEST = 255
NUMBER = r"[1-9][0-9]{0,8}"
ROOM = 11  # characters for a separator and a number
PERMANENT = "Keys are permanent, and its own isn't taken there: leave out `newKey`."
UNSEEN = "What bears the name or the key there is something that you may not see: it stays."
ITSELF = "A copy can't take the place of what it is a copy of."


class OnClash(Enum):
    """What is done about it."""

    FAIL = "FAIL"
    SKIP = "SKIP"
    RENAME = "RENAME"
    OVERWRITE = "OVERWRITE"


class Word(NamedTuple):
    """A name or a key: its column, the one that is compared, the input's field, and the refusal.

    `separator` stands before its number; `same` gives what is compared.
    """

    column: str
    compared: str
    field: str
    taken: str
    separator: str
    same: Callable[[str], str]


NAME = Word("name", "folded", "newName", NAME_TAKEN, " ", fold)
KEY = Word("key", "key", "newKey", KEY_TAKEN, "-", str)


@dataclass(frozen=True, slots=True)
class Arrival:
    """What comes to a target: `node` is what moves or is copied, `columns` how it is called there.

    `overwritten` are the deletions of what was in its way.
    """

    node: NodeId
    target: NodeId
    columns: Mapping[str, str]
    overwritten: tuple[Done, ...] = ()

    def clashing(self, in_way: Sequence[Any]) -> list[Word]:
        """Return which of its words the rows bear already."""
        return [
            word
            for word in (KEY, NAME)
            if any(getattr(row, word.compared) == self.columns[word.compared] for row in in_way)
        ]

    @property
    def told(self) -> dict[str, Any]:
        """Return what the log tells of what was overwritten."""
        gone = [{"id": public_id(*done.node), "path": done.path} for done in self.overwritten]
        return {"overwritten": gone} if gone else {}

    @property
    def beside(self) -> tuple[Beside, ...]:
        """Return what was overwritten, as their own histories have it."""
        return tuple(Beside(done.node, done.path, done.before) for done in self.overwritten)

    @property
    def warnings(self) -> tuple[str, ...]:
        """Return what the asker is told of it."""
        return tuple(f'"{done.path}" went into the recycle bin.' for done in self.overwritten)

    @property
    def undo(self) -> NodeId | None:
        """Return the deletion of what was in its way, the first if there are two."""
        return self.overwritten[0].undo if self.overwritten else None


async def arrive(
    making: Change, given: Input, *, node: NodeId, row: Any, target: NodeId
) -> Arrival:
    """Return how the node, whose row is this, is called at the target, with its place there free.

    That is as `newName` and `newKey` say; `onClash` says what happens where these are taken.
    """
    words = {"newName": row.name, "newKey": row.key}
    words |= {name: given[name] for name in words if given.get(name) is not None}
    columns = {"key": key_of(words, "newKey"), **name_columns(words, "newName")}
    arrival = Arrival(node, target, columns)
    in_way = await _in_way(making, arrival)
    return await ON_CLASH[given["onClash"]](making, arrival, in_way) if in_way else arrival


async def keep_key(making: Change, given: Input, *, node: NodeId, row: Any, target: NodeId) -> None:
    """Refuse a new key for what comes back to the target, unless its own is taken there."""
    if given.get(KEY.field) in (None, row.key):
        return
    own = Arrival(node, target, {"key": row.key, "folded": row.folded})
    if KEY not in own.clashing(await _in_way(making, own)):
        raise UserError(INVALID, PERMANENT, KEY.field)


def _siblings(making: Change, arrival: Arrival) -> tuple[Any, ...]:
    table = TABLES[arrival.node.type]
    lies = table.c[LIES_IN[arrival.node.type]] == arrival.target.id
    return table.c.org_id == making.org.id, lies, table.c.deleted_at.is_(None)


async def _in_way(making: Change, arrival: Arrival) -> Sequence[Any]:
    table = TABLES[arrival.node.type]
    same = or_(*(table.c[name] == arrival.columns[name] for name in ("folded", "key")))
    found = select(table).where(*_siblings(making, arrival), same).order_by(table.c.id)
    return (await making.connection.execute(found)).all()


async def _failed(_making: Change, arrival: Arrival, in_way: Sequence[Any]) -> Arrival:
    raise together([_taken(arrival, word) for word in arrival.clashing(in_way)])


def _taken(arrival: Arrival, word: Word) -> UserError:
    there = f'The {word.column} "{arrival.columns[word.column]}" is taken where this is to be.'
    return UserError(word.taken, there, word.field)


async def _skipped(_making: Change, arrival: Arrival, in_way: Sequence[Any]) -> Arrival:
    word = arrival.clashing(in_way)[0]
    there = f'The {word.column} "{arrival.columns[word.column]}" is taken: this was left as it is.'
    raise UserError(SKIPPED, there, "onClash")


async def _renamed(making: Change, arrival: Arrival, in_way: Sequence[Any]) -> Arrival:
    free = {
        word.field: await _next_free(making, arrival, word) for word in arrival.clashing(in_way)
    }
    columns = dict(arrival.columns)
    if NAME.field in free:
        columns |= name_columns(free, NAME.field)
    if KEY.field in free:
        columns["key"] = free[KEY.field]
    return replace(arrival, columns=columns)


async def _next_free(making: Change, arrival: Arrival, word: Word) -> str:
    """Return "Name 2" for "Name", or whichever number comes next that no sibling bears."""
    text = arrival.columns[word.column]
    numbered = re.fullmatch(f"(.+){word.separator}({NUMBER})", text)
    stem, number = (numbered[1], int(numbered[2])) if numbered else (text, 1)
    stem = stem[: LONGEST - ROOM].rstrip() + word.separator
    least, column = word.same(stem), TABLES[arrival.node.type].c[word.compared]
    between = (column > least, column < f"{least}:")  # the colon comes right after the digits
    found = select(column).where(*_siblings(making, arrival), *between)
    taken = set(await making.connection.scalars(found))
    tried = (f"{stem}{each}" for each in count(number + 1))
    return next(text for text in tried if word.same(text) not in taken)


async def _overwriting(making: Change, arrival: Arrival, in_way: Sequence[Any]) -> Arrival:
    gone = [await _bin(making, arrival, row) for row in in_way]
    return replace(arrival, overwritten=tuple(gone))


async def _bin(making: Change, arrival: Arrival, row: Any) -> Done:
    node = arrival.node._replace(id=row.id)
    if node == arrival.node:
        raise UserError(INVALID, ITSELF, "onClash")
    action = f"{NOUNS[node.type]}.delete"
    await making.require(action, "onClash", node=node, space=arrival.target)
    if await making.level(node) is Permission.NONE:
        raise UserError(FORBIDDEN, UNSEEN, "onClash")
    return await bin_node(making, node, action, row=row)


Handler: TypeAlias = Callable[[Change, Arrival, Sequence[Any]], Awaitable[Arrival]]
ON_CLASH: Mapping[OnClash, Handler] = {
    OnClash.FAIL: _failed,
    OnClash.SKIP: _skipped,
    OnClash.RENAME: _renamed,
    OnClash.OVERWRITE: _overwriting,
}
