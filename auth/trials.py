"""Whose levels changes of grants would alter: the rule in SQL, over grants as they would be.

Several trials are made at once, each a list of steps. A member is judged in each as if it were two:
by the grants that there are, and by those that there would be. The parameters are `org_id` and
`now`, those of a scope, and those of `parameters`.
"""

from collections.abc import Mapping, Sequence
from functools import cache
from typing import NamedTuple

from sqlalchemy import (
    CTE,
    BigInteger,
    ColumnElement,
    FromClause,
    Subquery,
    and_,
    case,
    exists,
    func,
    literal,
    or_,
    select,
    true,
    union_all,
)

from auth.access import Access
from auth.levels import Permission
from auth.pairs import SPACES, Form, Held, Levels
from auth.rule import ORG_ID, Number, in_force
from auth.scope import Scope
from db.models import GRANT, PRINCIPAL, PROJECT, SPACE
from db.queries import Amount, AnySelect, among, amount, one_of, parent_parameters, parent_table


class Trial(NamedTuple):
    """One step of a trial; a level of 0 revokes.

    `project_id` is None for a grant on the space `within_id`, and that is 0 for the Org's shared
    project. The member `but_id` isn't told of.
    """

    trial: int
    principal_id: int
    project_id: int | None
    within_id: int
    level: int
    propagate: int
    but_id: int


BITS = 24  # of a judged member's number: which trial, and whether before or after it
MOST_TOLD = 100  # members of each trial


@cache
def altered(dialect: str, number: Amount, viewer: Access | None) -> AnySelect:
    """Select whose level each trial alters, by name, with the first node on which it does.

    Where there is a `viewer`, only nodes that the subject of that rule owns are looked at. The
    columns are the trial, the member, the node's kind and id, the levels before and after, and
    how many members the trial alters.
    """
    levels = _Tried(dialect, number, viewer).levels()
    pairs = _differing(levels, () if viewer is None else (_owned(viewer, levels),))
    member = PRINCIPAL.alias("member")
    named = and_(member.c.org_id == ORG_ID, member.c.id == pairs.c.member_id)
    by_name = func.row_number().over(
        partition_by=pairs.c.trial, order_by=(member.c.sort, member.c.id)
    )
    every = func.count().over(partition_by=pairs.c.trial)
    told = (
        select(pairs, every.label("every"), by_name.label("rank"))
        .select_from(pairs.join(member, named))
        .where(pairs.c.place == 1)
        .subquery("told")
    )
    kept = [column for column in told.c if column.name not in ("place", "rank")]
    return select(*kept).where(told.c.rank <= MOST_TOLD).order_by(told.c.trial, told.c.rank)


def parameters(dialect: str, steps: Sequence[Trial]) -> Mapping[str, object]:
    """Return the values of the parameters for the steps of all trials, of which there are some."""
    scope = Scope(
        principals=tuple({step.principal_id for step in steps}),
        spaces=tuple({step.within_id for step in steps} - {0}),
        projects=tuple({step.project_id for step in steps if step.project_id is not None}),
    )
    rows = [tuple(step) for step in steps]
    return {**scope.parameters(dialect), **parent_parameters(dialect, Trial._fields, rows)}


def amount_of(steps: Sequence[Trial]) -> Amount:
    """Return what the form of the statement depends on."""
    return amount(len(steps))


class _Tried(Levels):
    """Judges those who bear a principal of a trial's steps, before it and after it."""

    def __init__(self, dialect: str, number: Amount, viewer: Access | None) -> None:
        super().__init__(Form(dialect, of_some=True, groups=False, everything=False, assets=False))
        self._viewer = viewer
        self._steps = select(parent_table(dialect, Trial._fields, number)).cte("step")
        self._judged = self._judge()
        self._grants = union_all(self._kept(), self._begun()).cte("tried")

    def levels(self) -> Subquery:
        """Return the levels of all that are judged; admins aren't, as grants don't alter theirs."""
        return union_all(self._spaces(), self._projects(), self._shared_of_org()).subquery("found")

    def _judge(self) -> CTE:
        bearer, step = self._bearers.principals(), self._steps
        bears = select(bearer).cte("bearer")
        whom = (
            select(step.c.trial, step.c.within_id, bears.c.member_id)
            .select_from(step.join(bears, bears.c.principal_id == step.c.principal_id))
            .where(bears.c.member_id != step.c.but_id)
            .distinct()
            .subquery("whom")
        )
        times = (select(_number(time).label("is_after")) for time in (0, 1))
        time = union_all(*times).subquery("time")
        judged_as = _number(1 << BITS) * bears.c.member_id + whom.c.trial * 2 + time.c.is_after
        source = whom.join(bears, bears.c.member_id == whom.c.member_id).join(time, true())
        return (
            select(judged_as.label("member_id"), bears.c.principal_id)
            .add_columns(whom.c.trial, whom.c.within_id, time.c.is_after)
            .select_from(source)
            .cte("judged")
        )

    def _kept(self) -> AnySelect:
        """Select the grants that there are, but afterwards those that a step is about."""
        grant, judged, step = GRANT.alias("lasting"), self._judged, self._steps.alias("replacing")
        bears = and_(
            judged.c.principal_id == grant.c.principal_id,
            judged.c.within_id == func.coalesce(grant.c.within_id, 0),
        )
        same = func.coalesce(step.c.project_id, 0) == func.coalesce(grant.c.project_id, 0)
        replaced = exists().where(
            judged.c.is_after == 1,
            step.c.trial == judged.c.trial,
            step.c.principal_id == grant.c.principal_id,
            same,
        )
        near = or_(grant.c.within_id.is_(None), self._within(grant.c.within_id))
        columns = (grant.c[name] for name in ("within_id", "project_id", "level", "propagate"))
        return (
            select(judged.c.member_id, *columns)
            .select_from(grant.join(judged, bears))
            .where(in_force(grant), near, ~replaced.correlate(judged, grant))
        )

    def _begun(self) -> AnySelect:
        """Select the grants that the steps set."""
        judged, step = self._judged, self._steps.alias("setting")
        same = and_(step.c.trial == judged.c.trial, step.c.principal_id == judged.c.principal_id)
        return (
            select(judged.c.member_id, func.nullif(step.c.within_id, 0), step.c.project_id)
            .add_columns(step.c.level, step.c.propagate == 1)
            .select_from(judged.join(step, same))
            .where(judged.c.is_after == 1, step.c.level > 0)
        )

    def _held(self) -> Held:
        grants = self._grants.alias()
        return Held(grants, grants, grants.c.member_id, true())

    def _everybody(self) -> Subquery:
        judged = self._judged
        found = select(judged.c.member_id).where(judged.c.within_id == 0)
        return found.distinct().subquery("member")

    def _chosen(self, node: FromClause) -> ColumnElement[bool]:
        """Return whether a node is looked at: of projects on which nothing is held, one a space."""
        if "space_id" not in node.c:
            return super()._chosen(node)
        project, plain = PROJECT.alias(), PROJECT.alias()
        held = select(self._grants.c.project_id).where(self._grants.c.project_id.is_not(None))
        shared = (project.c.org_id == ORG_ID, project.c.is_shared, self._in_scope(project))
        live = (plain.c.org_id == ORG_ID, plain.c.deleted_at.is_(None), self._in_scope(plain))
        one_each = select(func.min(plain.c.id)).where(*live, ~plain.c.is_shared)
        one_each = one_each.where(plain.c.id.not_in(held)).group_by(plain.c.space_id)
        named = select(self._steps.c.project_id).where(self._steps.c.project_id.is_not(None))
        others = [held, named]
        if self._viewer is not None:  # what the viewer holds something on is like no other, too
            others.append(self._viewer.granted_projects())
            one_each = one_each.where(plain.c.id.not_in(others[-1]))
        of_spaces = select(project.c.id).where(*shared)
        return among(self._dialect, node.c.id, union_all(of_spaces, one_each, *others))

    def _in_scope(self, project: FromClause) -> ColumnElement[bool]:
        return one_of(self._dialect, project.c.space_id, "scope_spaces")


def _owned(viewer: Access, found: Subquery) -> ColumnElement[bool]:
    """Return whether the subject of the rule owns the node of a row."""
    owner, reach = int(Permission.OWNER), viewer.reach()
    space, project = SPACE.alias("owned_space"), PROJECT.alias("owned_project")
    spaces = (
        select(space.c.id)
        .select_from(reach.join(space, space.c.id))
        .where(space.c.org_id == ORG_ID, viewer.space_level(reach) == owner)
    )
    projects = (
        select(project.c.id)
        .select_from(reach.join(project, project.c.space_id, outer=True))
        .where(project.c.org_id == ORG_ID, viewer.project_level(project, reach) == owner)
        .where(project.c.id == found.c.node_id)
        .correlate(found)
    )
    return case((found.c.kind == SPACES, found.c.node_id.in_(spaces)), else_=projects.exists())


def _differing(found: Subquery, where: Sequence[ColumnElement[bool]]) -> Subquery:
    """Return whom each trial alters on which node, with the node's place among the member's."""
    judged = _read(found, where)
    before, after = (
        func.coalesce(func.max(case((judged.c.is_after == when, judged.c.level))), 0)
        for when in (0, 1)
    )
    keys = (judged.c.trial, judged.c.member_id, judged.c.kind, judged.c.node_id)
    grouped = select(*keys, before.label("before"), after.label("after")).group_by(*keys)
    pairs = grouped.having(before != after).subquery("differing")
    order = (pairs.c.kind, pairs.c.node_id)
    place = func.row_number().over(partition_by=(pairs.c.trial, pairs.c.member_id), order_by=order)
    return select(pairs, place.label("place")).subquery("pairs")


def _read(found: Subquery, where: Sequence[ColumnElement[bool]]) -> Subquery:
    """Return the levels with what the number of whoever is judged says."""
    number, trials = found.c.member_id, (1 << BITS) - 1
    levels = select(
        number.bitwise_and(_number(trials)).bitwise_rshift(literal(1)).label("trial"),
        number.bitwise_rshift(literal(BITS)).label("member_id"),
        number.bitwise_and(_number(1)).label("is_after"),
        *(found.c[name] for name in ("kind", "node_id", "level")),
    ).where(*where)
    return levels.subquery("judged")


def _number(value: int) -> Number:
    return literal(value, BigInteger())
