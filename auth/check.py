"""The permission on one node: its facts fetched, and judged by the pure rule itself."""

from typing import Any

from sqlalchemy import ColumnElement, and_, null, or_, select, true
from sqlalchemy.ext.asyncio import AsyncConnection

from auth.facts import Place, facts_at, read_grants
from auth.levels import Facts, Kind, Permission, Standing, permission
from auth.subject import Subject
from db import ids
from db.ids import NodeId
from db.models import ASSET, GRANT, PROJECT, SPACE
from db.queries import AnySelect


async def check(
    connection: AsyncConnection, subject: Subject, node: NodeId, *, now: int, binned: bool = False
) -> Permission:
    """Return the subject's permission on a node; NONE too for one that isn't there or is deleted.

    With `binned` it is what it would be if the node, and what that lies in, weren't deleted. `now`
    is in microseconds. Takes two statements at most, whatever the Org's size.
    """
    if subject.org is None or node.org_id != subject.org.id:
        return Permission.NONE
    if node.type == ids.ORG:
        return permission(subject.standing, Facts(Kind.ORG), now=now)
    place = await _place(connection, node, binned=binned)
    if place is None:
        return Permission.NONE
    if subject.standing is not Standing.MEMBER:
        return permission(subject.standing, Facts(place.kind), now=now)
    grants = read_grants((await connection.execute(_grants(subject, place))).all())
    return permission(subject.standing, facts_at(place, grants, now=now), now=now)


async def _place(connection: AsyncConnection, node: NodeId, *, binned: bool) -> Place | None:
    if node.type not in LOOKUPS:
        return None
    row = (await connection.execute(LOOKUPS[node.type](node, binned))).one_or_none()
    return None if row is None else Place(node.id, *row)


def _marked(mark: ColumnElement[Any], binned: bool) -> ColumnElement[bool]:
    """Return the condition that a row may have the mark of deletion that it has."""
    return true() if binned else mark.is_(None)


def _space(node: NodeId, binned: bool) -> AnySelect:
    live = (SPACE.c.org_id == node.org_id, _marked(SPACE.c.deleted_at, binned))
    nothing = (null().label("project_id"), null().label("is_shared"))
    return select(SPACE.c.id, *nothing).where(*live, SPACE.c.id == node.id)


def _project(node: NodeId, binned: bool) -> AnySelect:
    return _live_project(node, binned).where(PROJECT.c.id == node.id)


def _live_project(node: NodeId, binned: bool) -> AnySelect:
    lies = and_(SPACE.c.org_id == node.org_id, SPACE.c.id == PROJECT.c.space_id)
    live = (PROJECT.c.org_id == node.org_id, _marked(PROJECT.c.deleted_at, binned))
    return (
        select(PROJECT.c.space_id, PROJECT.c.id, PROJECT.c.is_shared)
        .select_from(PROJECT.outerjoin(SPACE, lies))
        .where(*live, _marked(SPACE.c.deleted_at, binned))
    )


def _asset(node: NodeId, binned: bool) -> AnySelect:
    live = (ASSET.c.org_id == node.org_id, _marked(ASSET.c.deleted_at, binned))
    project_id = select(ASSET.c.project_id).where(*live, ASSET.c.id == node.id).scalar_subquery()
    return _live_project(node, binned).where(PROJECT.c.id == project_id)


LOOKUPS = {ids.SPACE: _space, ids.PROJECT: _project, ids.ASSET: _asset}


def _grants(subject: Subject, place: Place) -> AnySelect:
    """Return the subject's grants on the place's space and on the projects in it."""
    org_id = subject.org.id if subject.org else None
    lies = and_(PROJECT.c.org_id == org_id, PROJECT.c.id == GRANT.c.project_id)
    # What is granted on other projects that are deleted doesn't count there.
    counts = or_(PROJECT.c.deleted_at.is_(None), PROJECT.c.id == place.project_id)
    near = (
        GRANT.c.project_id == place.project_id
        if place.space_id is None
        else GRANT.c.within_id == place.space_id
    )
    held = (GRANT.c[name] for name in ("id", "principal_id", "level", "propagate", "expires_at"))
    return (
        select(*held, GRANT.c.space_id, GRANT.c.project_id, GRANT.c.within_id, PROJECT.c.is_shared)
        .select_from(GRANT.outerjoin(PROJECT, lies))
        .where(GRANT.c.org_id == org_id, GRANT.c.principal_id.in_(subject.principals))
        .where(GRANT.c.ended_at.is_(None), counts, near)
    )
