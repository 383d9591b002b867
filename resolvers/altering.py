"""Whose levels changes of grants would alter: the rule, over grants as they would be."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

from auth import around
from auth.levels import Permission
from auth.pairs import KINDS, PROJECTS, SPACES
from auth.sets import (
    Held,
    Levels,
    Members,
    Reached,
    differing,
    highest,
    level_of,
    on_org_shared,
    on_project,
    on_shared,
    places_of,
)
from auth.ways import Step, Way
from db.queries import numbers
from resolvers.context import Reading
from resolvers.crowd import Crowd, Place, load_crowd

MOST_TOLD = 100  # members


class Altered(NamedTuple):
    """A node on which a way alters levels: who has what there before it and after it."""

    kind: int
    node_id: int
    before: Levels
    after: Levels


class OtherRow(NamedTuple):
    """Someone else whose levels a way would change, with the first node where it does."""

    member_id: int
    node_kind: str
    node_id: int
    before: Permission
    after: Permission


class Affected(NamedTuple):
    """How many others a way affects, and all that it alters, from which the first are told."""

    number: int
    others: Members = 0
    altered: Sequence[Altered] = ()
    crowd: Crowd | None = None

    def first(self, number: int) -> Iterator[OtherRow]:
        """Give the first of the others by name, each with the first node on which it is altered."""
        for place, _ in zip(places_of(self.others), range(min(number, MOST_TOLD)), strict=False):
            member = 1 << place
            one = next(one for one in self.altered if differing(one.before, one.after) & member)
            before, after = level_of(one.before, member), level_of(one.after, member)
            if self.crowd is not None:
                told = self.crowd.members[place].id
                yield OtherRow(told, KINDS[one.kind], one.node_id, before, after)


class Altering:
    """Tries ways: `projects` are those of each space, in their order, as (id, is_shared)."""

    def __init__(
        self, crowd: Crowd, projects: Mapping[int, Sequence[tuple[int, bool]]], viewer: int | None
    ) -> None:
        self._crowd, self._projects = crowd, projects
        ids = [member.id for member in crowd.members]
        self._viewer = None if viewer is None else 1 << ids.index(viewer)
        self._known: dict[tuple[int | None, Way], list[Altered]] = {}

    def affected(self, place: Place, way: Way, *, but_id: int) -> Affected:
        """Return whom a way affects, but for a member; of nodes that the viewer owns alone."""
        own = [step for step in way if not step.on_space and place.project_id is not None]
        if own:
            found = [*self._tried(place, way)]
        else:  # it is the same wherever in the space the node lies
            key = (place.space_id, way)
            if key not in self._known:
                self._known[key] = [*self._tried(place, way)]
            found = self._known[key]
        members = [place for place, one in enumerate(self._crowd.members) if one.id == but_id]
        others = 0
        for one in found:
            others |= differing(one.before, one.after)
        others &= ~sum(1 << place for place in members)
        return Affected(others.bit_count(), others, found, self._crowd)

    def _tried(self, place: Place, way: Way) -> Iterator[Altered]:
        """Give the nodes that a way alters, in order."""
        grants, bearers = self._crowd.grants, self._crowd.bearers
        on_node = [step for step in way if not step.on_space and place.project_id is not None]
        own = _changed(grants.on_project[place.project_id], on_node, place)
        if place.space_id is None:
            after = on_org_shared(highest(own, bearers), self._crowd.everybody)
            yield from self._told(PROJECTS, place, after)
            return
        on_space = [step for step in way if step not in on_node]
        held = _changed(grants.on_space[place.space_id], on_space, place)
        beside = [
            one for one in grants.beside[place.space_id] if one.project_id != place.project_id
        ]
        flowing = (one for one in held if one.propagate)
        some = (held, flowing, [*beside, *(own if place.project_id is not None else ())])
        reached = Reached(*(highest(each, bearers) for each in some))
        if on_space:
            yield from self._told(SPACES, Place(place.space_id, None, None), reached.cap)
        for project_id, is_shared in self._projects.get(place.space_id, ()):
            itself = project_id == place.project_id
            if on_space or itself or is_shared:
                levels = highest(own, bearers) if itself else self._crowd.own(project_id)
                after = (on_shared if is_shared else on_project)(levels, reached)
                yield from self._told(PROJECTS, Place(place.space_id, project_id, is_shared), after)

    def _told(self, kind: int, place: Place, after: Levels) -> Iterator[Altered]:
        """Give a node if anything is altered there, and the viewer owns it."""
        before = self._crowd.levels(place)
        after = tuple(one | self._crowd.admins for one in after)
        owned = self._viewer is None or self._viewer & before[Permission.OWNER - 1]
        if owned and before != after:
            node_id = place.space_id if kind == SPACES else place.project_id
            yield Altered(kind, node_id or 0, before, after)


def _changed(held: Sequence[Held], steps: Sequence[Step], place: Place) -> list[Held]:
    """Return what is held at one place after the steps there."""
    replaced = {step.principal_id for step in steps}
    kept = [one for one in held if one.principal_id not in replaced]
    begun = (step for step in steps if step.level is not Permission.NONE)
    on = (place.project_id, place.space_id)
    return [*kept, *(Held(0, one.principal_id, one.level, one.propagate, *on) for one in begun)]


async def load_altering(
    reading: Reading, places: Iterable[Place], principals: Iterable[int]
) -> Altering:
    """Load what ways at some places are tried by; `principals` are those whom they are about."""
    found = list(dict.fromkeys(places))
    crowd = await load_crowd(reading, dict(enumerate(found)), principals=principals, wholly=True)
    spaces = sorted({place.space_id for place in found if place.space_id is not None})
    named = {"within": numbers(reading.dialect, spaces)}
    projects = defaultdict[int, list[tuple[int, bool]]](list)
    for id_, space_id, is_shared in await reading.fetch(around.projects(reading.dialect), named):
        projects[space_id].append((id_, bool(is_shared)))
    for place in found:  # what none holds anything on may not be the one that stands for its like
        one = (place.project_id or 0, bool(place.is_shared))
        if place.project_id and place.space_id and one not in projects[place.space_id]:
            projects[place.space_id].append(one)
    for some in projects.values():
        some.sort()
    viewer = None if reading.access.admin else reading.subject.member_id
    return Altering(crowd, projects, viewer)
