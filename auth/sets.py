"""The permission rule for many members at once: at each level, the set of those who have it.

A set of members is an integer with one bit for each, so that the rule is asked once for all of them
where `auth.levels` is asked for one. A test holds the two, and the SQL of `auth.pairs`, together.
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple, TypeAlias

from auth.levels import Permission

Members: TypeAlias = int
# Those who have at least READ, READ_EXECUTE, FULL, and OWNER: each a part of the one before it.
Levels: TypeAlias = tuple[Members, ...]

NOBODY: Levels = (0, 0, 0, 0)
PLACES = range(len(NOBODY))
SHARE, FULL = Permission.READ_EXECUTE - 1, Permission.FULL - 1  # the places of these levels


class Held(NamedTuple):
    """A grant: to whom, and of what; the space of one on a project is `within_id`."""

    id: int
    principal_id: int
    level: int
    propagate: bool
    project_id: int | None
    within_id: int | None


class Reached(NamedTuple):
    """What is held at a space: there, of that what propagates, and on what lies in it."""

    cap: Levels = NOBODY
    flow: Levels = NOBODY
    best: Levels = NOBODY


def highest(grants: Iterable[Held], bearers: Mapping[int, Members]) -> Levels:
    """Return who holds what by the grants; `bearers` are those who bear each principal."""
    found = list(NOBODY)
    for grant in grants:
        found[grant.level - 1] |= bearers.get(grant.principal_id, 0)
    for place in reversed(PLACES[:-1]):
        found[place] |= found[place + 1]
    return tuple(found)


def on_project(own: Levels, space: Reached) -> Levels:
    """Return who has what on an ordinary project (rules 5 and 6)."""
    return tuple(_lowered(own, space, place) | (space.flow[place] & ~own[0]) for place in PLACES)


def on_shared(own: Levels, space: Reached) -> Levels:
    """Return who has what on a space's shared project (rule 7)."""
    free = ~space.cap[0]
    shared = ((space.best[place] & free) if place <= SHARE else 0 for place in PLACES)
    without = [space.cap[place] | share for place, share in enumerate(shared)]
    return tuple(_lowered(own, space, place) | (without[place] & ~own[0]) for place in PLACES)


def on_org_shared(own: Levels, everybody: Members) -> Levels:
    """Return who has what on the Org's shared project (rule 8)."""
    rest = everybody & ~own[0]
    return tuple(own[place] | (rest if place <= SHARE else 0) for place in PLACES)


def _lowered(own: Levels, space: Reached, place: int) -> Members:
    """Return who has the level by a grant of its own: FULL at the space lowers nothing."""
    return own[place] & (~space.cap[0] | space.cap[min(place, FULL)])


def differing(before: Levels, after: Levels) -> Members:
    """Return whose level differs."""
    found = 0
    for one, other in zip(before, after, strict=True):
        found |= one ^ other
    return found


def level_of(levels: Levels, member: Members) -> Permission:
    """Return the level of a member, given as a set of one."""
    return Permission(sum(1 for one in levels if one & member))


def places_of(members: Members, *, upwards: bool = True) -> Iterator[int]:
    """Yield the places of the members of a set, in order."""
    while members:
        place = (members & -members if upwards else members).bit_length() - 1
        yield place
        members ^= 1 << place
