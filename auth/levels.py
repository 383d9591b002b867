"""The permission rule: pure functions, and the definition that everything else must agree with."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import Enum, IntEnum


class Permission(IntEnum):
    """What someone may do: each level includes the ones below it. A grant is never of NONE."""

    NONE = 0
    READ = 1
    READ_EXECUTE = 2
    FULL = 3
    OWNER = 4


class Standing(Enum):
    """What someone is in the Org."""

    OUTSIDER = "not an active member"
    MEMBER = "an active member"
    ADMIN = "an active member in the group admins"


class Kind(Enum):
    """The kinds of node that the rule tells apart; an asset is judged by its project."""

    ORG = "org"
    SPACE = "space"
    PROJECT = "project"
    SHARED = "a space's shared project"
    ORG_SHARED = "the Org's shared project"


@dataclass(frozen=True, slots=True)
class Held:
    """A grant to one of the subject's principals; `expires_at` is in microseconds."""

    level: Permission
    propagate: bool = False
    expires_at: int | None = None


@dataclass(frozen=True, slots=True)
class Facts:
    """What the rule looks at: the grants on the node and on its space, and the space's best.

    `best` is the subject's highest permission on the space's ordinary projects.
    """

    kind: Kind
    on_node: tuple[Held, ...] = ()
    on_space: tuple[Held, ...] = ()
    best: Permission = Permission.NONE


def permission(standing: Standing, facts: Facts, *, now: int) -> Permission:
    """Return the effective permission; rules 1 and 2 come before all others."""
    if standing is Standing.OUTSIDER:
        return Permission.NONE
    if standing is Standing.ADMIN:
        return Permission.OWNER
    return MEMBER_RULES[facts.kind](facts, now)


def highest(grants: Iterable[Held], now: int) -> Permission | None:
    """Return the highest level among the grants that haven't expired, or None (rules 3, 10)."""
    live = (held.level for held in grants if held.expires_at is None or held.expires_at > now)
    return max(live, default=None)


def lowered(own: Permission, at_space: Permission | None) -> Permission:
    """Return a project's own level as its space leaves it (rules 5 and 6)."""
    if at_space is None or (own, at_space) == (Permission.OWNER, Permission.FULL):
        return own
    return min(own, at_space)


def _org(_facts: Facts, _now: int) -> Permission:
    return Permission.READ


def _space(facts: Facts, now: int) -> Permission:
    return highest(facts.on_node, now) or Permission.NONE


def _project(facts: Facts, now: int) -> Permission:
    own = highest(facts.on_node, now)
    if own is not None:
        return lowered(own, highest(facts.on_space, now))
    return highest((held for held in facts.on_space if held.propagate), now) or Permission.NONE


def _shared(facts: Facts, now: int) -> Permission:
    own, at_space = highest(facts.on_node, now), highest(facts.on_space, now)
    if own is not None:
        return lowered(own, at_space)
    return at_space or min(facts.best, Permission.READ_EXECUTE)


def _org_shared(facts: Facts, now: int) -> Permission:
    return highest(facts.on_node, now) or Permission.READ_EXECUTE


MEMBER_RULES = {
    Kind.ORG: _org,
    Kind.SPACE: _space,
    Kind.PROJECT: _project,
    Kind.SHARED: _shared,
    Kind.ORG_SHARED: _org_shared,
}
