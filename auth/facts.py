"""What the permission rule looks at, made of where a node lies and of the grants near it."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

from auth.explain import Traced
from auth.levels import Facts, Kind, Permission, Standing, permission


class Place(NamedTuple):
    """Where a node lies: its space, and the project that it is or is judged by.

    The Org's shared project lies in no space. With `is_lost` it lay in one that was purged since,
    or in such a project: what was held there isn't known any more.
    """

    node_id: int
    space_id: int | None
    project_id: int | None
    is_shared: bool | None
    is_lost: bool = False

    @property
    def kind(self) -> Kind:
        """Return the kind by which the rule judges the node."""
        if self.project_id is None:
            return Kind.SPACE
        if self.space_id is None:
            return Kind.ORG_SHARED
        return Kind.SHARED if self.is_shared else Kind.PROJECT


class Grant(NamedTuple):
    """A grant with where its project lay and whether that is a shared one."""

    traced: Traced
    within_id: int | None
    is_shared: bool


def read_grants(rows: Iterable[Sequence[Any]]) -> list[Grant]:
    """Read rows of the columns that `Traced` and `Grant` name, as `auth.past.grants` has them."""
    return [
        Grant(
            Traced(
                Permission(level),
                bool(propagate),
                expires_at,
                id=id_,
                principal_id=principal_id,
                space_id=on[0],
                project_id=on[1],
            ),
            within_id,
            bool(is_shared),
        )
        for id_, principal_id, level, propagate, expires_at, *on, within_id, is_shared in rows
    ]


def facts_at(place: Place, held: Sequence[Grant], *, now: int) -> Facts:
    """Return what the rule looks at, of what someone holds, for a place."""
    on_space = tuple(
        grant.traced
        for grant in held
        if place.space_id is not None and grant.traced.space_id == place.space_id
    )
    if place.kind is Kind.SPACE:
        return Facts(place.kind, on_space)
    own = tuple(grant.traced for grant in held if grant.traced.project_id == place.project_id)
    if place.kind is Kind.ORG_SHARED:
        return Facts(place.kind, own)
    if place.kind is Kind.PROJECT:
        return Facts(place.kind, own, on_space)
    projects: defaultdict[int | None, list[Traced]] = defaultdict(list)
    for grant in beside(place, held):
        projects[grant.traced.project_id].append(grant.traced)
    facts = (Facts(Kind.PROJECT, tuple(some), on_space) for some in projects.values())
    levels = (permission(Standing.MEMBER, one, now=now) for one in facts)
    return Facts(place.kind, own, on_space, max(levels, default=Permission.NONE))


def beside(place: Place, held: Sequence[Grant]) -> list[Grant]:
    """Return those on the ordinary projects of a place's space."""
    return [
        grant
        for grant in held
        if grant.traced.project_id is not None
        and grant.within_id == place.space_id
        and not grant.is_shared
    ]
