"""How someone could get a level: the smallest changes of grants by which the rule gives it."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import combinations
from typing import cast

from auth.explain import Grants, Traced
from auth.levels import Facts, Kind, Permission, Standing, permission


@dataclass(frozen=True, slots=True)
class Step:
    """One change of a grant: it is set to the level, or revoked where the level is NONE."""

    principal_id: int
    on_space: bool
    level: Permission
    propagate: bool = False


WITH_A_SPACE = (Kind.PROJECT, Kind.SHARED)


def ways(
    facts: Facts, to: Permission, *, member_id: int | None, now: int
) -> list[tuple[Step, ...]]:
    """Return the ways to get just the level, all of as few steps as will do; none if it is held.

    Steps are of grants that are there, and of new ones to the member itself. Each way needs all of
    its steps.
    """
    if permission(Standing.MEMBER, facts, now=now) is to:
        return []
    steps = list(dict.fromkeys(_steps(facts, to, member_id, now)))
    for number in (1, 2):
        found = [way for way in combinations(steps, number) if _is_sound(way)]
        found = [way for way in found if after(facts, way, now=now) is to]
        if found:
            return found
    return []


def after(facts: Facts, way: tuple[Step, ...], *, now: int) -> Permission:
    """Return the level that a member with these facts has after the steps."""
    return permission(Standing.MEMBER, taken(facts, way), now=now)


def taken(facts: Facts, way: tuple[Step, ...]) -> Facts:
    """Return the facts after the steps, as far as their principals are among them."""
    for step in way:
        held = tuple(
            one for one in _traced(facts, step.on_space) if one.principal_id != step.principal_id
        )
        if step.level is not Permission.NONE:
            held += (Traced(step.level, step.propagate, principal_id=step.principal_id),)
        facts = replace(facts, on_space=held) if step.on_space else replace(facts, on_node=held)
    return facts


def _steps(facts: Facts, to: Permission, member_id: int | None, now: int) -> Iterator[Step]:
    places = (False, True) if facts.kind in WITH_A_SPACE else (False,)
    for on_space in places:
        if member_id is not None and to is not Permission.NONE:
            yield from (Step(member_id, on_space, to, p) for p in (False, on_space))
        for grant in _traced(facts, on_space):
            if grant.expires_at is not None and grant.expires_at <= now:
                continue
            yield Step(grant.principal_id, on_space, Permission.NONE)
            if to is not Permission.NONE:
                flows = (grant.propagate, grant.propagate or on_space)
                yield from (Step(grant.principal_id, on_space, to, flow) for flow in flows)


def _is_sound(way: tuple[Step, ...]) -> bool:
    """Return whether no two steps are of the same grant."""
    return len({(step.principal_id, step.on_space) for step in way}) == len(way)


def _traced(facts: Facts, on_space: bool) -> Grants:
    return cast("Grants", facts.on_space if on_space else facts.on_node)
