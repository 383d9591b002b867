"""The ways by which someone could get a level on a node, and whom else each would affect."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from auth import past
from auth.facts import Grant, facts_at, read_grants
from auth.levels import Kind, Permission, Standing, permission
from auth.ways import Step, taken, ways
from db import ids
from db.ids import NodeId
from db.queries import numbers
from engine.edge import Columns, Key, Row
from resolvers.circumstances import Holder, holder_of, near
from resolvers.context import Reading
from resolvers.explanations import Explained

MOST_OTHERS = 100


class WayRow(NamedTuple):
    """One way; `ref` leads the fields below to it."""

    ref: str
    others: int
    redacted: bool


class StepRow(NamedTuple):
    """One change of a grant."""

    principal_kind: str
    principal_id: int
    on_kind: str
    on_id: int
    level: Permission
    propagate: bool


class OtherRow(NamedTuple):
    """Someone else whose level on the node a way would change."""

    member_id: int
    before: Permission
    after: Permission


class Way(NamedTuple):
    """A way as it is kept for the fields below it."""

    steps: Sequence[StepRow]
    others: Sequence[OtherRow]
    redacted: bool


def read_to(arguments: Mapping[str, Any]) -> Permission:
    """Read the argument of `ways`."""
    return Permission(arguments["to"])


def read_first(arguments: Mapping[str, Any]) -> int:
    """Read the argument of `others`, which is 100 at most."""
    return max(0, min(int(arguments["first"]), MOST_OTHERS))


async def of_access(
    reading: Reading, parents: Sequence[Key], to: Permission, columns: Columns
) -> Sequence[Row]:
    """Return the ways to the level, those first that affect the fewest others.

    There are none for whoever isn't judged by grants, nor for a moment that is past.
    """
    found = {ref: _ways(reading, reading.explained[ref], to) for (ref,) in parents}
    others = await _Others.load(reading, [(reading.explained[ref], found[ref]) for ref in found])
    rows: list[Row] = []
    for ref, its in found.items():
        explained = reading.explained[ref]
        told = explained.owned
        made = [Way(_rows(explained, way), others.of(explained, way), not told) for way in its]
        for number, way in enumerate(sorted(made, key=_width)):
            below = f"{ref}-{to.name}-{number}"
            reading.ways[below] = way
            row = WayRow(below, len(way.others), way.redacted)
            rows.append((ref, *(getattr(row, name) for name in columns)))
    return rows


def _width(way: Way) -> tuple[int, int]:
    """Return how many others a way affects, and how many of its steps reach other projects."""
    return len(way.others), sum(step.propagate for step in way.steps)


def _ways(reading: Reading, explained: Explained, to: Permission) -> list[tuple[Step, ...]]:
    facts = explained.circumstances.facts(explained.node_id)
    judged = explained.holder.standing is Standing.MEMBER
    if facts is None or not judged or explained.circumstances.at != reading.now:
        return []
    if facts.kind is Kind.ORG:
        return []
    return ways(facts, to, member_id=explained.holder.principal.id, now=reading.now)


def _rows(explained: Explained, way: tuple[Step, ...]) -> list[StepRow]:
    place = explained.circumstances.places[explained.node_id]
    itself = explained.holder.principal.id
    return [
        StepRow(
            explained.holder.kind if step.principal_id == itself else "GROUP",
            step.principal_id,
            *_on(step, place.space_id, place.project_id),
            step.level,
            step.propagate,
        )
        for step in way
    ]


def _on(step: Step, space_id: int | None, project_id: int | None) -> tuple[str, int]:
    if step.on_space or project_id is None:
        return "SPACE", space_id or 0
    return "PROJECT", project_id


class _Others:
    """Everybody who bears a principal that some way is about, and all that is held near."""

    def __init__(self, holders: Sequence[Holder], grants: Sequence[Grant], now: int) -> None:
        self._holders, self._grants, self._now = holders, grants, now

    @classmethod
    async def load(
        cls, reading: Reading, found: Sequence[tuple[Explained, list[tuple[Step, ...]]]]
    ) -> "_Others":
        """Load them in two statements, or in none where the ways are about single members."""
        groups = {
            step.principal_id
            for explained, its in found
            for way in its
            for step in way
            if step.principal_id != explained.holder.principal.id
            or explained.holder.principal.type == ids.GROUP
        }
        if not groups:
            return cls([], [], reading.now)
        dialect = reading.dialect
        named = {"groups": numbers(dialect, sorted(groups))}
        members = await reading.fetch(past.companions(dialect), named)
        places = [one.circumstances.places[one.node_id] for one, its in found if its]
        values = near(dialect, places, reading.now)
        rows = await reading.fetch(past.grants_of_all(dialect), values)
        org_id = found[0][0].holder.principal.org_id
        return cls(_holders(org_id, members), read_grants(rows), reading.now)

    def of(self, explained: Explained, way: tuple[Step, ...]) -> list[OtherRow]:
        """Return whose level on the node the way changes, but for whom it is for."""
        place = explained.circumstances.places[explained.node_id]
        rows = list[OtherRow]()
        for holder in self._holders:
            steps = tuple(step for step in way if step.principal_id in holder.principals)
            if not steps or holder.standing is not Standing.MEMBER:
                continue
            held = [one for one in self._grants if one.traced.principal_id in holder.principals]
            facts = facts_at(place, held, now=self._now)
            before, after = (
                permission(Standing.MEMBER, some, now=self._now)
                for some in (facts, taken(facts, steps))
            )
            if before != after and holder.principal.id != explained.holder.principal.id:
                rows.append(OtherRow(holder.principal.id, before, after))
        return rows


def _holders(org_id: int, rows: Sequence[Sequence[Any]]) -> list[Holder]:
    groups: defaultdict[int, list[tuple[int, str]]] = defaultdict(list)
    for member_id, group_id, key in rows:
        groups[member_id].append((group_id, key))
    return [
        holder_of(NodeId(ids.MEMBER, org_id, member_id), some) for member_id, some in groups.items()
    ]


async def steps(
    reading: Reading, parents: Sequence[Key], _argument: object, columns: Columns
) -> Sequence[Row]:
    """Return the steps of each way."""
    return _below(parents, columns, {ref: reading.ways[ref].steps for (ref,) in parents})


async def others(
    reading: Reading, parents: Sequence[Key], first: int, columns: Columns
) -> Sequence[Row]:
    """Return the first of those whom else each way would affect, to whoever owns the node."""
    kept = {ref: reading.ways[ref] for (ref,) in parents}
    found = {ref: () if way.redacted else way.others[:first] for ref, way in kept.items()}
    return _below(parents, columns, found)


def _below(
    parents: Sequence[Key], columns: Columns, found: Mapping[str, Sequence[Any]]
) -> Sequence[Row]:
    return [
        (ref, *(getattr(row, name) for name in columns)) for (ref,) in parents for row in found[ref]
    ]
