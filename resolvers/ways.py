"""The ways by which someone could get a level on a node, and whom else each would affect."""

from asyncio import to_thread
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple, TypeAlias

from auth.explain import Grants
from auth.levels import Facts, Permission, Standing
from auth.ways import Step, Way, ways
from db import ids
from engine.edge import Columns, Key, Row
from resolvers.altering import Affected, Altering, load_altering
from resolvers.context import Reading
from resolvers.crowd import Place
from resolvers.explanations import Explained

MOST = 100  # ways that are told, and others that are told of one
LOOKED_AT = 30  # ways whose others are counted, or as many as are asked for


class WayRow(NamedTuple):
    """One way; `ref` leads the fields below to it."""

    ref: str
    others: int | None  # None where the viewer isn't told of others
    redacted: bool


class StepRow(NamedTuple):
    """One change of a grant; of one that the viewer isn't told only that it is there."""

    redacted: bool
    principal_kind: str | None = None
    principal_id: int | None = None
    on_kind: str | None = None
    on_id: int | None = None
    level: Permission | None = None
    propagate: bool | None = None


NOBODY = Affected(0)
Numbered: TypeAlias = tuple[str, int]  # a way by what it is for and its number


@dataclass(frozen=True, slots=True)
class Wanted:
    """The arguments of `ways`: the level, and how many ways at the most."""

    to: Permission
    first: int


@dataclass(frozen=True, slots=True)
class Told:
    """A way as it is kept for the fields below it."""

    steps: Sequence[StepRow]
    others: Affected


def read_wanted(arguments: Mapping[str, Any]) -> Wanted:
    """Read the arguments of `ways`."""
    return Wanted(Permission(arguments["to"]), read_first(arguments))


def read_first(arguments: Mapping[str, Any]) -> int:
    """Read how many are asked for, 100 at most."""
    return max(0, min(int(arguments["first"]), MOST))


async def of_access(
    reading: Reading, parents: Sequence[Key], wanted: Wanted, columns: Columns
) -> Sequence[Row]:
    """Return the ways to the level: those of the fewest steps, then that affect the fewest others.

    There are none for whoever isn't judged by grants, nor for a moment that is past.
    """
    explained = {ref: reading.explained[ref] for (ref,) in parents}
    found = await to_thread(_found, reading.now, explained, wanted)
    affected = await _affected(reading, found)
    rows: list[Row] = []
    for ref, its in found.items():
        explained = reading.explained[ref]
        counted = [
            (way, affected.get((ref, number), NOBODY))
            if _owns(explained, way)
            else (way, _untold(explained, way))
            for number, way in enumerate(its)
        ]
        best = sorted(counted, key=lambda one: _width(*one))[: wanted.first]
        for number, (way, others) in enumerate(best):
            below = f"{ref}-{wanted.to.name}-{number}"
            row = _told(reading, explained, below, way, others)
            rows.append((ref, *(getattr(row, name) for name in columns)))
    return rows


def _width(way: Way, others: Affected) -> tuple[int, ...]:
    """Return how little a way changes: its steps, whom else it affects, and what it reaches."""
    on_space, propagate = (sum(getattr(step, name) for step in way) for name in REACHES)
    return (len(way), others.number, on_space, propagate, sum(step.level for step in way))


REACHES = ("on_space", "propagate")


def _found(
    now: int, explained: Mapping[str, Explained], wanted: Wanted
) -> Mapping[str, Sequence[Way]]:
    """Return the ways that are looked at; they are the same wherever the same is held."""
    known: dict[Hashable, Sequence[Way]] = {}
    found: dict[str, Sequence[Way]] = {}
    for ref, one in explained.items():
        facts = one.circumstances.facts(one.node_id)
        if (
            facts is None
            or one.holder.standing is not Standing.MEMBER
            or one.circumstances.at != now
        ):
            found[ref] = ()
            continue
        beside = one.circumstances.beside(one.node_id)
        itself, grants = one.holder.principal.id, (facts.on_node, facts.on_space, beside)
        key = (itself, facts.kind, facts.best, *map(_held, grants))
        if key not in known:
            known[key] = _ways(itself, wanted, facts, beside, now=now)
        found[ref] = known[key]
    return found


def _held(grants: Sequence[Any]) -> Hashable:
    """Return what tells grants in force apart, as far as ways depend on it."""
    return tuple((one.principal_id, one.level, one.propagate, one.expires_at) for one in grants)


def _ways(itself: int, wanted: Wanted, facts: Facts, beside: Grants, *, now: int) -> Sequence[Way]:
    """Return the ways that are looked at: those first that are about whoever is asked about."""
    found = ways(facts, wanted.to, beside, member_id=itself, now=now)

    def order(way: Way) -> tuple[int, ...]:
        others = sum(step.principal_id != itself for step in way)
        return (len(way), others, *_width(way, NOBODY))

    return sorted(found, key=order)[: max(wanted.first, LOOKED_AT)]


async def _affected(
    reading: Reading, found: Mapping[str, Sequence[Way]]
) -> Mapping[Numbered, Affected]:
    """Return whom else the ways affect; without asking if they are of one member.

    Only those ways are looked at of which the viewer is told whom they affect, and of nodes only
    what it owns: neither their number nor their order tells of others.
    """
    tried = {
        (ref, number): (reading.explained[ref], way)
        for ref, its in found.items()
        for number, way in enumerate(its)
        if _is_of_groups(reading.explained[ref], way) and _owns(reading.explained[ref], way)
    }
    if not tried:
        return {}
    places = [_place(explained) for explained, _ in tried.values()]
    principals = {step.principal_id for _, way in tried.values() for step in way}
    altering = await load_altering(reading, places, principals)
    return await to_thread(_tried, altering, tried)


def _tried(
    altering: Altering, tried: Mapping[Numbered, tuple[Explained, Way]]
) -> Mapping[Numbered, Affected]:
    return {
        key: altering.affected(_place(explained), way, but_id=explained.holder.principal.id)
        for key, (explained, way) in tried.items()
    }


def _place(explained: Explained) -> Place:
    place = explained.circumstances.places[explained.node_id]
    return Place(place.space_id, place.project_id, place.is_shared)


def _is_of_groups(explained: Explained, way: Way) -> bool:
    itself = explained.holder.principal
    return itself.type == ids.GROUP or any(step.principal_id != itself.id for step in way)


def _owns(explained: Explained, way: Way) -> bool:
    """Return whether the viewer owns all that the steps are on, and is told of others."""
    on_space = any(step.on_space for step in way)
    return explained.owned and (
        not on_space or explained.circumstances.owns_space(explained.node_id)
    )


def _untold(explained: Explained, way: Way) -> Affected:
    """Return what stands for the others who aren't told: the steps that are about them."""
    itself = explained.holder.principal.id
    return Affected(sum(step.principal_id != itself for step in way))


def _told(reading: Reading, explained: Explained, ref: str, way: Way, others: Affected) -> WayRow:
    """Return the row of a way, and keep it for the fields below."""
    told = _Telling(explained)
    steps = [told.step(step) for step in way]
    redacted = any(step.redacted for step in steps) or not _owns(explained, way)
    reading.ways[ref] = Told(steps, NOBODY if redacted else others)
    return WayRow(ref, None if redacted else others.number, redacted)


class _Telling:
    """What the viewer is told of ways: whom a step is about, if that isn't hidden from it."""

    def __init__(self, explained: Explained) -> None:
        self._explained = explained
        self._place = explained.circumstances.places[explained.node_id]
        project_id = self._place.project_id
        held = {
            (one.principal_id, one.project_id != project_id): one.id in explained.hidden
            for one in explained.explanation.grants
            if one.project_id in (None, project_id)
        }
        self._hidden = {whose for whose, is_hidden in held.items() if is_hidden}
        self._known = {id_ for (id_, _), is_hidden in held.items() if not is_hidden}

    def step(self, step: Step) -> StepRow:
        """Return the row of a step."""
        itself = step.principal_id == self._explained.holder.principal.id
        known = itself or step.principal_id in self._known
        if not known or (step.principal_id, step.on_space) in self._hidden:
            return StepRow(redacted=True)
        kind = self._explained.holder.kind if itself else "GROUP"
        on = self._on(step)
        return StepRow(False, kind, step.principal_id, *on, step.level, step.propagate)

    def _on(self, step: Step) -> tuple[str, int]:
        if step.on_space or self._place.project_id is None:
            return "SPACE", self._place.space_id or 0
        return "PROJECT", self._place.project_id


async def steps(
    reading: Reading, parents: Sequence[Key], _argument: object, columns: Columns
) -> Sequence[Row]:
    """Return the steps of each way."""
    return _below(parents, columns, {ref: reading.ways[ref].steps for (ref,) in parents})


async def others(
    reading: Reading, parents: Sequence[Key], first: int, columns: Columns
) -> Sequence[Row]:
    """Return the first of those whom else each way would affect, to whoever owns what it is on."""
    found = {ref: [*reading.ways[ref].others.first(first)] for (ref,) in parents}
    return _below(parents, columns, found)


def _below(
    parents: Sequence[Key], columns: Columns, found: Mapping[str, Sequence[Any]]
) -> Sequence[Row]:
    return [
        (ref, *(getattr(row, name) for name in columns)) for (ref,) in parents for row in found[ref]
    ]
