"""What the log tells whoever isn't an admin: paths and ids of what they name, if it is seen now.

A part of a path is told where something in which the node lies, or once lay, has that key and is
seen. So no text is told that the viewer doesn't find elsewhere too.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

import orjson

from auth.past import places_ever
from db import ids
from db.ids import parse_id, public_id
from db.queries import numbers
from engine.edge import Columns, Key, Row
from resolvers import assets, deletions, projects, spaces
from resolvers.context import Reading
from resolvers.pagination import ById

UNSEEN = "…"  # in place of a key in a path
TEXTS: Columns = ("object_id", "path", "before", "after")
# What an event tells of the node itself, of its grants and of who holds them.
OWN = frozenset(
    {
        *("key", "name", "description", "kind", "metadata", "version", "mediaType"),
        *("deletion", "deletedAt", "grant", "grants"),
        *("principal", "level", "propagate", "expiresAt"),
    }
)
PATH, COPY_OF, OVERWRITTEN = "path", "copyOf", "overwritten"
ABOVE = {ids.PROJECT: ids.SPACE, ids.ASSET: ids.PROJECT}
BY_ID: Mapping[str, ById] = {
    ids.SPACE: spaces.by_id,
    ids.PROJECT: projects.by_id,
    ids.ASSET: assets.by_id,
}


class Told(NamedTuple):
    """The texts of an event as they are told, JSON's as text, and whether that isn't all."""

    object_id: str | None
    path: str
    before: str | None
    after: str | None
    redacted: bool


class Texts(NamedTuple):
    """The texts of an event as they are kept, with JSON's values read."""

    node: int
    object_id: str
    path: str
    before: dict[str, Any] | None
    after: dict[str, Any] | None

    @property
    def named(self) -> Iterator[str]:
        """Give the public ids of the nodes that are named."""
        yield self.object_id
        for values in (self.before or {}, self.after or {}):
            if COPY_OF in values:
                yield values[COPY_OF]
            yield from (one["id"] for one in values.get(OVERWRITTEN, ()))


async def redacted(
    reading: Reading, type_: str, rows: Sequence[Row], columns: Columns
) -> Sequence[Row]:
    """Return events of nodes of the type as the viewer is told of them.

    The rows begin with the node's number and end with `TEXTS`, between which the columns stand.
    """
    kept = [_read(row) for row in rows]
    seen = await _Seen.load(reading, type_, kept)
    told = (_Redaction(seen, texts).told(row) for texts, row in zip(kept, rows, strict=True))
    return [
        (
            row[0],
            *(
                getattr(texts, name) if name in Told._fields else row[place]
                for place, name in enumerate(columns, 1)
            ),
        )
        for row, texts in zip(rows, told, strict=True)
    ]


def _read(row: Row) -> Texts:
    object_id, path, *values = row[-len(TEXTS) :]
    before, after = (None if value is None else orjson.loads(value) for value in values)
    return Texts(row[0], object_id, path, before, after)


class _Seen(NamedTuple):
    """What the viewer sees: the ids among those named, and for each node the keys above it.

    The keys are those of the nodes that it lies or lay in, the nearest first.
    """

    ids: frozenset[str]
    above: Mapping[int, Sequence[frozenset[str]]]

    @classmethod
    async def load(cls, reading: Reading, type_: str, kept: Sequence[Texts]) -> "_Seen":
        org_id, nodes = reading.org_id or 0, {texts.node for texts in kept}
        own = {public_id(type_, org_id, node) for node in nodes}
        named = {id_ for texts in kept for id_ in texts.named}
        found = await _seen_of(reading, named - own)
        return cls(frozenset(own | found), await _keys_above(reading, type_, nodes))


async def _seen_of(reading: Reading, named: Iterable[str]) -> set[str]:
    """Return which of the ids are seen: live, or in the bin by a deletion that is.

    The directory is everybody's: members and groups are, though they be gone.
    """
    found, by_type = set[str](), defaultdict[str, list[Key]](list)
    for id_ in named:
        node = parse_id(id_)
        if node is None or node.type not in BY_ID:
            found.add(id_)
        else:
            by_type[node.type].append((node.id,))
    for type_, keys in by_type.items():
        rows = [*await BY_ID[type_].rows(reading, keys, None, ())]
        rows += await deletions.of_node.rows(reading, keys, None, ())
        found |= {public_id(type_, reading.org_id or 0, row[0]) for row in rows}
    return found


async def _keys_above(
    reading: Reading, type_: str, nodes: Iterable[int]
) -> dict[int, list[frozenset[str]]]:
    """Return the keys of what nodes lie and lay in, as far as that is seen."""
    within: dict[int, set[int]] = {node: {node} for node in nodes}
    keys: dict[int, list[frozenset[str]]] = {node: [] for node in within}
    while type_ in ABOVE and within:
        parents = await _parents(reading, type_, set[int]().union(*within.values()))
        type_ = ABOVE[type_]
        for node, some in within.items():
            within[node] = {parent for one in some for parent in parents[one]}
        known = await _keys(reading, type_, set[int]().union(*within.values()))
        for node, some in within.items():
            keys[node].append(frozenset(known[one] for one in some if one in known))
    return keys


async def _parents(reading: Reading, type_: str, nodes: Iterable[int]) -> Mapping[int, set[int]]:
    found = defaultdict[int, set[int]](set)
    values = {"nodes": numbers(reading.dialect, sorted(nodes))}
    for node, parent in await reading.fetch(places_ever(reading.dialect, type_), values):
        if parent is not None:
            found[node].add(parent)
    return found


async def _keys(reading: Reading, type_: str, nodes: Iterable[int]) -> dict[int, str]:
    parents: list[Key] = [(node,) for node in sorted(nodes)]
    if not parents:
        return {}
    return {row[0]: row[1] for row in await BY_ID[type_].rows(reading, parents, None, ("key",))}


class _Redaction:
    """Tells one event, and notes whether anything of it isn't told."""

    def __init__(self, seen: _Seen, texts: Texts) -> None:
        self._seen, self._texts = seen, texts
        self._all = True

    def told(self, row: Row) -> Told:
        texts, (*_, before, after) = self._texts, row
        object_id, path = self._id(texts.object_id), self._path(texts.path)
        values = (self._json(before, texts.before), self._json(after, texts.after))
        return Told(object_id, path, *values, redacted=not self._all)

    def _id(self, id_: str) -> str | None:
        if id_ in self._seen.ids:
            return id_
        self._all = False
        return None

    def _path(self, path: str, *, of_itself: bool = True) -> str:
        """Return a path of the node, or of one beside it, whose own key is told or isn't."""
        *above, own = path.split("/")
        keys = self._seen.above[self._texts.node]
        # Of the nearest first, as a path may begin at a space or at the Org's shared project.
        told = [
            key if key in known else UNSEEN
            for key, known in zip(reversed(above), keys, strict=False)
        ]
        found = "/".join([*reversed(told), own if of_itself else UNSEEN])
        self._all = self._all and found == path
        return found

    def _json(self, text: str | None, values: dict[str, Any] | None) -> str | None:
        if values is None:
            return text
        found = {name: self._value(name, value) for name, value in values.items()}
        return text if found == values else orjson.dumps(found).decode()

    def _value(self, name: str, value: Any) -> Any:
        if name in OWN:
            return value
        if name == PATH:
            return self._path(value)
        if name == COPY_OF:
            return self._id(value)
        if name == OVERWRITTEN:
            return [self._other(**one) for one in value]
        self._all = False  # whatever nobody has said to be the node's own
        return None

    def _other(self, id: str, path: str) -> dict[str, str | None]:  # noqa: A002 - as the log has it
        return {"id": self._id(id), "path": self._path(path, of_itself=id in self._seen.ids)}
