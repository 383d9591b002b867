"""All active members of an Org and what they hold on many nodes, loaded to be judged at once."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from auth import around
from auth.sets import (
    Held,
    Levels,
    Members,
    Reached,
    highest,
    on_org_shared,
    on_project,
    on_shared,
)
from db.queries import numbers
from resolvers.context import Reading

BY_NAME, BY_ID = "sort", "id"


class Place(NamedTuple):
    """Where a node lies: its space, and the project that it is or is judged by."""

    space_id: int | None
    project_id: int | None
    is_shared: bool | None


class Member(NamedTuple):
    """An active member."""

    id: int
    sort: str
    folded: str
    is_admin: bool


class Grants:
    """Grants by what they are on, and those on projects also by the space that these are in."""

    def __init__(self, grants: Iterable[Held]) -> None:
        self.on_space: defaultdict[int | None, list[Held]] = defaultdict(list)
        self.on_project: defaultdict[int | None, list[Held]] = defaultdict(list)
        self.beside: defaultdict[int | None, list[Held]] = defaultdict(list)
        for grant in {one.id: one for one in grants}.values():
            if grant.project_id is None:
                self.on_space[grant.within_id].append(grant)
            else:
                self.on_project[grant.project_id].append(grant)
                self.beside[grant.within_id].append(grant)


@dataclass(frozen=True)
class Crowd:
    """Members in an order, each with the bit of its place; `bearers` are no admins."""

    members: Sequence[Member]
    admins: Members
    everybody: Members  # but for admins
    bearers: Mapping[int, Members]
    grants: Grants
    places: Mapping[int, Place]
    _reached: dict[int, Reached] = field(default_factory=dict[int, Reached])
    _known: dict[Place, Levels] = field(default_factory=dict[Place, Levels])

    def levels(self, place: Place) -> Levels:
        """Return who has what at a place, admins included."""
        if place not in self._known:
            found = self._levels(place)
            self._known[place] = tuple(one | self.admins for one in found)
        return self._known[place]

    def reached(self, space_id: int) -> Reached:
        """Return what is held at a space."""
        if space_id not in self._reached:
            held, beside = self.grants.on_space[space_id], self.grants.beside[space_id]
            flowing = (one for one in held if one.propagate)
            found = (highest(some, self.bearers) for some in (held, flowing, beside))
            self._reached[space_id] = Reached(*found)
        return self._reached[space_id]

    def own(self, project_id: int | None) -> Levels:
        """Return what is held on a project itself."""
        return highest(self.grants.on_project[project_id], self.bearers)

    def _levels(self, place: Place) -> Levels:
        if place.space_id is None:
            return on_org_shared(self.own(place.project_id), self.everybody)
        reached = self.reached(place.space_id)
        if place.project_id is None:
            return reached.cap
        return (on_shared if place.is_shared else on_project)(self.own(place.project_id), reached)


async def find_places(reading: Reading, type_: str, nodes: Sequence[int]) -> Mapping[int, Place]:
    """Return where live nodes of one type lie, by their ids."""
    named = {"nodes": numbers(reading.dialect, nodes)}
    rows = await reading.fetch(around.places(reading.dialect, type_), named)
    return {id_: Place(*place) for id_, *place in rows}


async def load_crowd(
    reading: Reading,
    places: Mapping[int, Place] | None,
    *,
    order: str = BY_NAME,
    principals: Iterable[int] = (),
    wholly: bool = False,
) -> Crowd:
    """Load what is held at places, or in all of the Org; `wholly` on all in their spaces.

    Who bears the `principals` is loaded, too, whatever these hold.
    """
    if places is None:
        rows = await reading.fetch(around.all_grants(), {})
    else:
        values = _near(reading.dialect, places.values(), wholly=wholly)
        rows = await reading.fetch(around.grants(reading.dialect), values)
    grants = [Held(*row) for row in rows]
    members = [Member(*row) for row in await reading.fetch(around.members(order), {})]
    bits = {member.id: 1 << place for place, member in enumerate(members)}
    admins = sum(bits[member.id] for member in members if member.is_admin)
    everybody = (1 << len(members)) - 1 & ~admins
    whose = {*principals, *(grant.principal_id for grant in grants)}
    bearers = await _bearers(reading, whose, bits)
    judged = {id_: some & everybody for id_, some in bearers.items()}
    return Crowd(members, admins, everybody, judged, Grants(grants), places or {})


def _near(dialect: str, places: Iterable[Place], *, wholly: bool) -> Mapping[str, Any]:
    """Return the parameters of `auth.around.grants`."""
    found = list(places)
    spaces = [place.space_id for place in found]
    shared = [place.space_id for place in found if place.is_shared]
    projects = [place.project_id for place in found]
    named = {"spaces": spaces, "projects": projects, "within": spaces if wholly else shared}
    return {
        name: numbers(dialect, sorted({id_ for id_ in those if id_ is not None}))
        for name, those in named.items()
    }


async def _bearers(
    reading: Reading, principals: Iterable[int], bits: Mapping[int, Members]
) -> Mapping[int, Members]:
    """Return who bears each of the principals: itself, or those who are in it."""
    found: dict[int, Members] = {id_: bits.get(id_, 0) for id_ in principals}
    named = {"principals": numbers(reading.dialect, sorted(found))}
    for group_id, member_id in await reading.fetch(around.memberships(reading.dialect), named):
        found[group_id] |= bits.get(member_id, 0)
    return found
