"""Why someone may do what: the grants behind a permission, and what kept it from being higher.

The level is that of `auth.levels`. Tests hold that what reaches it gives it alone, that it rises
without what limits it, and that what is shadowed changes nothing.
"""

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum
from typing import TypeAlias, cast

from auth.levels import Facts, Held, Kind, Permission, Standing, permission


@dataclass(frozen=True, slots=True)
class Traced(Held):
    """A grant that tells which one it is, to whom, and on what.

    `project_id` is None for one on a space.
    """

    id: int = 0
    principal_id: int = 0
    space_id: int | None = None
    project_id: int | None = None


Grants: TypeAlias = tuple[Traced, ...]


class Source(Enum):
    """What a permission comes from."""

    ADMIN = "Admins are OWNER of everything in the Org."
    GRANT = "Grants to them, or to groups that they are in."
    MEMBER = "Every active member may do this."
    NOTHING = "Nothing gives them any permission."
    PURGED = "What was so then was purged with the space or the project that it lay in."


class Limit(Enum):
    """What kept a permission from being higher."""

    NOT_A_MEMBER = "They are no active member of the Org."
    NOT_THERE = "The node isn't there, or lies in the recycle bin."
    NO_GRANT = "Nothing that would reach it is granted to them."
    HIGHEST_GRANT = "Nothing higher is granted to them."
    OWN_GRANT = "A grant on the project itself takes the place of what its space gives."
    SPACE_LOWERS = "What they hold at the space lowers what they hold on the project."
    NOT_PROPAGATED = "What they hold at the space doesn't propagate to its projects."
    MEMBERS_DEFAULT = "Without a grant, members get no more than this here."


@dataclass(frozen=True, slots=True)
class Explanation:
    """A level, the grants that reach it, those that limit it, and those that don't count.

    `limit` is None for OWNER, above which there is nothing. The level is None where it isn't known
    any more, which no facts tell.
    """

    level: Permission | None
    source: Source
    limit: Limit | None = None
    reached_by: Grants = ()
    limited_by: Grants = ()
    shadowed: Grants = ()

    @property
    def grants(self) -> Grants:
        """Return all that it names."""
        return (*self.reached_by, *self.limited_by, *self.shadowed)


@dataclass(frozen=True, slots=True)
class Case:
    """The facts of a member in force at a moment; `beside` are those on the space's projects."""

    facts: Facts
    level: Permission
    on_node: Grants
    on_space: Grants
    beside: Grants

    def explained(
        self,
        reached_by: Grants,
        limit: Limit,
        limited_by: Grants = (),
        source: Source = Source.GRANT,
    ) -> Explanation:
        """Return the explanation; whatever is neither reaching nor limiting is shadowed."""
        counting = {grant.id for grant in (*reached_by, *limited_by)}
        others = tuple(g for g in (*self.on_node, *self.on_space) if g.id not in counting)
        no_limit = self.level is Permission.OWNER
        return Explanation(
            self.level,
            source if self.level else Source.NOTHING,
            None if no_limit else limit,
            reached_by,
            () if no_limit else limited_by,
            (*others, *limited_by) if no_limit else others,
        )


def explain(standing: Standing, facts: Facts, beside: Grants = (), *, now: int) -> Explanation:
    """Return why the level is what `permission` says; the facts' grants must be `Traced`.

    `beside` are the grants on the other projects of a shared project's space.
    """
    level = permission(standing, facts, now=now)
    grants = _live((*facts.on_node, *facts.on_space), now)
    if standing is Standing.OUTSIDER:
        return Explanation(level, Source.NOTHING, Limit.NOT_A_MEMBER, shadowed=grants)
    if standing is Standing.ADMIN:
        return Explanation(level, Source.ADMIN, shadowed=grants)
    on_node, on_space = _live(facts.on_node, now), _live(facts.on_space, now)
    return EXPLAINED[facts.kind](Case(facts, level, on_node, on_space, _live(beside, now)))


def _live(grants: tuple[Held, ...], now: int) -> Grants:
    traced = cast("Grants", grants)
    return tuple(one for one in traced if one.expires_at is None or one.expires_at > now)


def _org(case: Case) -> Explanation:
    return case.explained((), Limit.MEMBERS_DEFAULT, source=Source.MEMBER)


def _space(case: Case) -> Explanation:
    limit = Limit.HIGHEST_GRANT if case.on_node else Limit.NO_GRANT
    return case.explained(_top(case.on_node), limit)


def _project(case: Case) -> Explanation:
    flowing = tuple(grant for grant in case.on_space if grant.propagate)
    if case.on_node:
        return _own(case, flowing)
    higher = tuple(grant for grant in case.on_space if grant.level > case.level)
    if higher:
        return case.explained(_top(flowing), Limit.NOT_PROPAGATED, _top(higher))
    return case.explained(_top(flowing), Limit.HIGHEST_GRANT if flowing else Limit.NO_GRANT)


def _own(case: Case, otherwise: Grants) -> Explanation:
    """Return the explanation of a project with a grant of its own; `otherwise` is what it lacks."""
    own = _top(case.on_node)
    if case.level < own[0].level:
        return case.explained(own, Limit.SPACE_LOWERS, case.on_space)
    replaced = _level(otherwise) or Permission.NONE
    return case.explained(own, Limit.OWN_GRANT if replaced > case.level else Limit.HIGHEST_GRANT)


def _shared(case: Case) -> Explanation:
    if case.on_node:
        return _own(case, case.on_space)
    if case.on_space:
        return case.explained(_top(case.on_space), Limit.HIGHEST_GRANT)
    if case.facts.best > case.level:
        return case.explained(case.beside, Limit.MEMBERS_DEFAULT, source=Source.MEMBER)
    limit = Limit.HIGHEST_GRANT if case.level else Limit.NO_GRANT
    return case.explained(case.beside, limit, source=Source.MEMBER)


def _org_shared(case: Case) -> Explanation:
    if case.on_node:
        limit = Limit.OWN_GRANT if case.level < Permission.READ_EXECUTE else Limit.HIGHEST_GRANT
        return case.explained(_top(case.on_node), limit)
    return case.explained((), Limit.MEMBERS_DEFAULT, source=Source.MEMBER)


def _top(grants: Grants) -> Grants:
    """Return those of the highest level."""
    return tuple(grant for grant in grants if grant.level == _level(grants))


def _level(grants: Grants) -> Permission | None:
    return max((grant.level for grant in grants), default=None)


EXPLAINED: dict[Kind, Callable[[Case], Explanation]] = {
    Kind.ORG: _org,
    Kind.SPACE: _space,
    Kind.PROJECT: _project,
    Kind.SHARED: _shared,
    Kind.ORG_SHARED: _org_shared,
}
