"""What was so at a moment, in SQL: where nodes lay, who was in which group, and what was held.

Facts have intervals, so that now is a moment like any other. The parameters are `org_id` and `at`
(microseconds), and what each statement names.
"""

from functools import cache
from typing import Any

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    FromClause,
    and_,
    bindparam,
    case,
    false,
    null,
    or_,
    select,
    union,
)

from auth.rule import ORG_ID
from db import ids
from db.models import ASSET, DELETION, GRANT, MEMBERSHIP, PLACEMENT, PRINCIPAL, PROJECT, SPACE
from db.queries import AnySelect, one_of

AT = bindparam("at", type_=BigInteger())


def _lasted(fact: FromClause, *, now: bool) -> ColumnElement[bool]:
    """Return the condition that a fact with an interval was so at the moment, or is so `now`."""
    if now:
        return fact.c.ended_at.is_(None)
    return and_(fact.c.began_at <= AT, or_(fact.c.ended_at.is_(None), fact.c.ended_at > AT))


@cache
def places(dialect: str, type_: str, *, now: bool) -> AnySelect:
    """Select where nodes of a type lay at the moment, or lie `now`, of those there were or are.

    Now asks no clock: another server's may be ahead, so that what is so began in the future.

    The columns are (id, space_id, project_id, is_shared, is_lost), where the last tells that it lay
    in a space or a project that was purged since. The parameter `nodes` has the nodes' ids.
    """
    space, project, asset = SPACE.alias("space"), PROJECT.alias("project"), ASSET.alias("asset")
    if type_ == ids.SPACE:
        columns = (space.c.id, space.c.id, None, None, false())
        found = select(*_labelled(*columns)).where(one_of(dialect, space.c.id, "nodes"))
        return found.where(space.c.org_id == ORG_ID, _was_there(space, now=now))
    space_id = _parent(project, project.c.space_id, now=now)
    in_space = and_(space.c.org_id == ORG_ID, space.c.id == space_id)
    node = project if type_ == ids.PROJECT else asset
    source: FromClause = project.outerjoin(space, in_space)
    if type_ == ids.ASSET:
        project_id = _parent(asset, asset.c.project_id, now=now)
        within = and_(project.c.org_id == ORG_ID, project.c.id == project_id)
        source = asset.outerjoin(project, within).outerjoin(space, in_space)
    in_none = and_(space.c.id.is_(None), project.c.space_id.is_not(None))
    is_lost = or_(project.c.id.is_(None), in_none, _is_purged(project), _is_purged(space))
    found = select(*_labelled(node.c.id, space.c.id, project.c.id, project.c.is_shared, is_lost))
    found = found.select_from(source).where(one_of(dialect, node.c.id, "nodes"))
    above = (_was_there(one, now=now, outer=True) for one in (project, space))
    return found.where(node.c.org_id == ORG_ID, _was_there(node, now=now), *above)


@cache
def places_ever(dialect: str, type_: str) -> AnySelect:
    """Select (id, parent_id) of all that projects or assets in the parameter `nodes` ever lay in.

    That is what they lie in now, and what was remembered of where they lay.
    """
    node, column = {ids.PROJECT: (PROJECT, "space_id"), ids.ASSET: (ASSET, "project_id")}[type_]
    now = select(node.c.id, node.c[column].label("parent_id")).where(
        node.c.org_id == ORG_ID, one_of(dialect, node.c.id, "nodes")
    )
    before = select(PLACEMENT.c.node_id, PLACEMENT.c.parent_id).where(
        PLACEMENT.c.org_id == ORG_ID, one_of(dialect, PLACEMENT.c.node_id, "nodes")
    )
    return select(union(now, before).subquery("place"))


@cache
def memberships(dialect: str, *, now: bool) -> AnySelect:
    """Select (member_id, group_id, key of the group) of the members in the parameter `members`."""
    held, group = MEMBERSHIP.alias("held"), PRINCIPAL.alias("grp")
    named = and_(group.c.org_id == ORG_ID, group.c.id == held.c.group_id)
    return (
        select(held.c.member_id, held.c.group_id, group.c.key)
        .select_from(held.join(group, named))
        .where(held.c.org_id == ORG_ID, _lasted(held, now=now))
        .where(one_of(dialect, held.c.member_id, "members"))
    )


@cache
def grants(dialect: str, *, now: bool, beside: bool) -> AnySelect:
    """Select what the principals in the parameter `holders` held on the spaces and projects named.

    With `beside`, also on the projects of the spaces in the parameter `shared`. The columns are
    those of `auth.explain.Traced`, the space that a project's grant was in, whether that is a
    shared one, and the name of the principal, which outlasts it.
    """
    grant, project, principal = GRANT.alias("held"), PROJECT.alias("project"), PRINCIPAL.alias()
    lies = and_(project.c.org_id == ORG_ID, project.c.id == grant.c.project_id)
    named = and_(principal.c.org_id == ORG_ID, principal.c.id == grant.c.principal_id)
    space_id = _parent(project, project.c.space_id, now=now)
    near = [
        one_of(dialect, grant.c.space_id, "spaces"),
        one_of(dialect, grant.c.project_id, "projects"),
    ]
    if beside:
        there = _was_there(project, now=now)
        near.append(and_(one_of(dialect, space_id, "shared"), there))
    columns = (grant.c[name] for name in ("id", "principal_id", "level", "propagate"))
    unexpired = or_(grant.c.expires_at.is_(None), grant.c.expires_at > AT)
    return (
        select(*columns, grant.c.expires_at, grant.c.space_id, grant.c.project_id)
        .add_columns(space_id.label("within_id"), project.c.is_shared, principal.c.name)
        .select_from(grant.join(principal, named).outerjoin(project, lies))
        .where(grant.c.org_id == ORG_ID, _lasted(grant, now=now), unexpired, or_(*near))
        .where(one_of(dialect, grant.c.principal_id, "holders"))
        .order_by(grant.c.id)
    )


def _labelled(*columns: Any) -> tuple[ColumnElement[Any], ...]:
    names = ("id", "space_id", "project_id", "is_shared", "is_lost")
    return tuple(
        (null() if column is None else column).label(name)
        for name, column in zip(names, columns, strict=True)
    )


def _parent(node: FromClause, lies_in: ColumnElement[Any], *, now: bool) -> ColumnElement[Any]:
    """Return what a project or an asset lay in, given what it lies in now."""
    if now:
        return lies_in
    placement = PLACEMENT.alias()
    before = (
        select(placement.c.parent_id)
        .where(placement.c.org_id == ORG_ID, placement.c.node_id == node.c.id)
        .where(placement.c.began_at <= AT, placement.c.ended_at > AT)
        .limit(1)
    )
    earlier = before.correlate_except(placement).scalar_subquery()
    return case((node.c.placed_at <= AT, lies_in), else_=earlier)


def _is_purged(node: FromClause) -> ColumnElement[bool]:
    """Return whether a node is being purged: some of what was held on it may be gone already."""
    deletion = DELETION.alias()
    asked = (deletion.c.purge_asked_at.is_not(None), deletion.c.node_id == node.c.id)
    found = select(deletion.c.id).where(deletion.c.org_id == ORG_ID, *asked)
    return found.correlate_except(deletion).exists()


def _was_there(node: FromClause, *, now: bool, outer: bool = False) -> ColumnElement[bool]:
    """Return whether a node was or is there, not in the bin; if `outer`, true too of no node."""
    there = node.c.deleted_at.is_(None) if now else _was_live(node)
    return or_(node.c.id.is_(None), there) if outer else there


def _was_live(node: FromClause) -> ColumnElement[bool]:
    deletion = DELETION.alias()
    binned = (
        select(deletion.c.id)
        .where(deletion.c.org_id == ORG_ID, deletion.c.node_id == node.c.id)
        .where(deletion.c.began_at <= AT, deletion.c.ended_at > AT)
        .correlate_except(deletion)
        .exists()
    )
    live = or_(node.c.deleted_at.is_(None), node.c.deleted_at > AT)
    return and_(node.c.created_at <= AT, live, ~binned)
