"""What the permission rule looks at, loaded for a principal, a moment and many nodes at once."""

from collections import defaultdict
from collections.abc import Container, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, TypeAlias

from sqlalchemy import BigInteger, bindparam, select

from auth import past
from auth.explain import Grants, Traced
from auth.facts import Grant, Place, beside, facts_at, read_grants
from auth.levels import Facts, Kind, Permission, Standing, permission
from auth.rule import ORG_ID
from auth.subject import ADMINS, MEMBERS
from db import ids
from db.ids import NodeId, parse_id
from db.models import PRINCIPAL
from db.queries import AnySelect, numbers
from resolvers import projects, spaces
from resolvers.context import Reading
from resolvers.pagination import ById

Where: TypeAlias = tuple[str, int | None]
KINDS = {ids.MEMBER: "MEMBER", ids.GROUP: "GROUP"}
NAMED: AnySelect = select(PRINCIPAL.c.kind, PRINCIPAL.c.key).where(
    PRINCIPAL.c.org_id == ORG_ID,
    PRINCIPAL.c.id == bindparam("principal", type_=BigInteger()),
)


@dataclass(frozen=True, slots=True)
class Holder:
    """Whoever is asked about: its principals and its standing at the moment."""

    principal: NodeId
    principals: frozenset[int]
    standing: Standing

    @property
    def kind(self) -> str:
        """Return whether it is a MEMBER or a GROUP."""
        return KINDS[self.principal.type]


async def find_holder(reading: Reading, text: str | None, *, at: int | None) -> Holder | None:
    """Return whoever a public id names, by default the viewer; None for nobody of the Org."""
    if reading.org is None:
        return None
    if text is None:
        viewer = NodeId(ids.MEMBER, reading.org.id, reading.subject.member_id or 0)
        return await _member(reading, viewer, at=at)
    principal = parse_id(text)
    if principal is None or principal.org_id != reading.org.id:
        return None
    rows = await reading.fetch(NAMED, {"principal": principal.id})
    if not rows or rows[0][0] != KINDS.get(principal.type):
        return None
    if principal.type == ids.MEMBER:
        return await _member(reading, principal, at=at)
    standing = Standing.ADMIN if rows[0][1] == ADMINS else Standing.MEMBER
    return Holder(principal, frozenset([principal.id]), standing)


async def _member(reading: Reading, member: NodeId, *, at: int | None) -> Holder:
    statement = past.memberships(reading.dialect, now=at is None)
    values = {"members": numbers(reading.dialect, [member.id]), "at": at or reading.now}
    rows = await reading.fetch(statement, values)
    return holder_of(member, [(group_id, key) for _, group_id, key in rows])


def holder_of(member: NodeId, groups: Sequence[tuple[int, str]]) -> Holder:
    """Return a member who is in the groups, given by their ids and keys."""
    principals = frozenset([member.id, *(group_id for group_id, _ in groups)])
    keys = {key for _, key in groups}
    if MEMBERS not in keys:
        return Holder(member, principals, Standing.OUTSIDER)
    return Holder(member, principals, Standing.ADMIN if ADMINS in keys else Standing.MEMBER)


@dataclass(frozen=True)
class Circumstances:
    """The places of nodes and the grants near them, of the holder and of the viewer.

    `at` is in microseconds; `viewer` has the viewer's principals, None where it is told everything.
    """

    holder: Holder
    at: int
    places: Mapping[int, Place]
    grants: Sequence[Grant]
    viewer: frozenset[int] | None
    standing: Standing  # the viewer's
    names: Mapping[int, str]  # of all who hold any of the grants, also of those who are gone
    present: "Present | None" = None  # where it is of the past, and the viewer isn't told all

    @classmethod
    async def load(
        cls,
        reading: Reading,
        holder: Holder,
        type_: str,
        nodes: Sequence[int],
        *,
        at: int | None,
    ) -> "Circumstances":
        """Load them for nodes of one type, at a moment or now."""
        moment, dialect = at or reading.now, reading.dialect
        named = {"nodes": numbers(dialect, nodes), "at": moment}
        rows = await reading.fetch(past.places(dialect, type_, now=at is None), named)
        places = {row[0]: Place(*row) for row in rows}
        own = holder.principal.id == reading.subject.member_id
        told_all = own or reading.subject.standing is Standing.ADMIN
        viewer = None if told_all else frozenset(reading.subject.principals)
        shared = any(place.kind is Kind.SHARED for place in places.values())
        statement = past.grants(dialect, now=at is None, beside=shared)
        values = near(dialect, places.values(), moment)
        holders = holder.principals | (viewer or frozenset[int]())
        values["holders"] = numbers(dialect, sorted(holders))
        rows = await reading.fetch(statement, values)
        grants = read_grants(columns for *columns, _ in rows)
        names = {principal_id: name for _, principal_id, *_, name in rows}
        known = (holder, moment, places, grants, viewer, reading.subject.standing, names)
        if at is None or viewer is None:
            return cls(*known)
        return cls(*known, await Present.load(reading, type_, nodes, grants))

    def facts(self, node_id: int, holder: frozenset[int] | None = None) -> Facts | None:
        """Return what the rule looks at for the holder, or for other principals; None if gone."""
        place = self.places.get(node_id)
        if place is None:
            return None
        return facts_at(place, self._of(place, holder or self.holder.principals), now=self.at)

    def is_forgotten(self, node_id: int) -> bool:
        """Return whether it isn't known any more what an active member held on a node."""
        return self.holder.standing is not Standing.OUTSIDER and self.places[node_id].is_lost

    def beside(self, node_id: int) -> Grants:
        """Return what the holder has on the projects beside a shared one."""
        place = self.places[node_id]
        if place.kind is not Kind.SHARED:
            return ()
        return tuple(one.traced for one in beside(place, self._of(place, self.holder.principals)))

    def best(self, node_id: int) -> Grants:
        """Return the grants that give the best level on the projects beside a shared one."""
        facts = self.facts(node_id)
        best = Permission.NONE if facts is None else facts.best
        return tuple(grant for grant in self.beside(node_id) if grant.level is best)

    def owns_space(self, node_id: int) -> bool:
        """Return whether the viewer owns the space that the node is or lies in."""
        if self.standing is Standing.ADMIN:
            return True
        space = self.places[node_id]._replace(project_id=None, is_shared=None)
        return self._owns(space, self.viewer or self.holder.principals)

    def is_told(self, node_id: int, grant: Traced) -> bool:
        """Return whether the viewer, who owns the node, may be told of a grant.

        Those on the node and those that reach it are told; others on its space or on the projects
        beside it are told to whoever holds them or owns what they are on. Of the past it is told
        what is so of what is seen now: nothing of where the node lay, if that isn't.
        """
        place = self.places[node_id]
        if self.present is not None and self.viewer is not None:
            return self.present.tells(node_id, grant, self.viewer)
        if self.viewer is None or grant.principal_id in self.viewer:
            return True
        if grant.project_id in (None, place.project_id) and _reaches(place, grant):
            return True
        on = place._replace(project_id=grant.project_id, is_shared=False)
        return self._owns(on, self.viewer)

    def _owns(self, place: Place, viewer: frozenset[int]) -> bool:
        held = facts_at(place, self._of(place, viewer), now=self.at)
        return permission(Standing.MEMBER, held, now=self.at) is Permission.OWNER

    @cached_property
    def _near(self) -> Mapping[Where, Sequence[Grant]]:
        """Return the grants by the space that they are on or in, and by their project."""
        found = defaultdict[Where, list[Grant]](list)
        for grant in self.grants:
            on_space = grant.traced.space_id is not None
            space_id = grant.traced.space_id if on_space else grant.within_id
            found["space", space_id].append(grant)
            found["project", grant.traced.project_id].append(grant)
        return found

    def _of(self, place: Place, principals: frozenset[int]) -> list[Grant]:
        """Return what the principals hold near a place."""
        in_space = place.space_id is not None
        where = ("space", place.space_id) if in_space else ("project", place.project_id)
        return [one for one in self._near.get(where, ()) if one.traced.principal_id in principals]


def _reaches(place: Place, grant: Traced) -> bool:
    return (
        grant.project_id is not None or place.kind in (Kind.SPACE, Kind.SHARED) or grant.propagate
    )


@dataclass(frozen=True)
class Present:
    """Where nodes lie now, and the viewer's levels on what grants of the past were on."""

    places: Mapping[int, Place]
    spaces: Mapping[int, int]
    projects: Mapping[int, int]

    @classmethod
    async def load(
        cls, reading: Reading, type_: str, nodes: Sequence[int], grants: Sequence[Grant]
    ) -> "Present":
        """Load them for nodes of one type."""
        named = {"nodes": numbers(reading.dialect, nodes), "at": reading.now}
        rows = await reading.fetch(past.places(reading.dialect, type_, now=True), named)
        on = [(one.traced.space_id, one.traced.project_id) for one in grants]
        return cls(
            {row[0]: Place(*row) for row in rows},
            await _levels(reading, spaces.by_id, (space_id for space_id, _ in on)),
            await _levels(reading, projects.by_id, (project_id for _, project_id in on)),
        )

    def tells(self, node_id: int, grant: Traced, viewer: Container[int]) -> bool:
        """Return whether the viewer, who owns the node, may be told of a grant of the past."""
        on_space = grant.project_id is None
        levels, on = (
            (self.spaces, grant.space_id) if on_space else (self.projects, grant.project_id)
        )
        level, place = levels.get(on or 0), self.places.get(node_id)
        if level is None or place is None:
            return False
        if level == Permission.OWNER or grant.principal_id in viewer:
            return True
        is_here = on == (place.space_id if on_space else place.project_id)
        return is_here and _reaches(place, grant)


async def _levels(reading: Reading, by_id: ById, nodes: Iterable[int | None]) -> dict[int, int]:
    parents = [(node,) for node in dict.fromkeys(nodes) if node is not None]
    if not parents:
        return {}
    return {row[0]: row[1] for row in await by_id.rows(reading, parents, None, ("level",))}


def near(dialect: str, places: Iterable[Place], at: int) -> dict[str, Any]:
    """Return the parameters of `auth.past.grants` for places, but for the holders."""
    found = list(places)
    spaces = {place.space_id for place in found if place.space_id is not None}
    projects = {place.project_id for place in found if place.project_id is not None}
    shared = {place.space_id for place in found if place.kind is Kind.SHARED}
    return {
        "at": at,
        "spaces": numbers(dialect, sorted(spaces)),
        "projects": numbers(dialect, sorted(projects)),
        "shared": numbers(dialect, sorted(id_ for id_ in shared if id_ is not None)),
    }
