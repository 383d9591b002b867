"""What `auth.sets` judges by, in SQL: who bears what, and the grants in force on many nodes.

The parameters are `org_id` and `now`, and what each statement names.
"""

from functools import cache

from sqlalchemy import (
    Boolean,
    FromClause,
    and_,
    cast,
    func,
    literal,
    null,
    or_,
    select,
    union_all,
)

from auth.bearers import in_group
from auth.rule import ORG_ID, in_force
from auth.subject import ADMINS, MEMBERS
from db import ids
from db.models import ASSET, GRANT, MEMBERSHIP, PRINCIPAL, PROJECT, SPACE
from db.queries import AnySelect, one_of

HELD = ("id", "principal_id", "level", "propagate", "project_id", "within_id")


@cache
def places(dialect: str, type_: str) -> AnySelect:
    """Select (id, space_id, project_id, is_shared) of the live nodes in the parameter `nodes`."""
    if type_ == ids.SPACE:
        columns = (SPACE.c.id, SPACE.c.id, null(), null())
        return select(*columns).where(
            SPACE.c.org_id == ORG_ID, one_of(dialect, SPACE.c.id, "nodes")
        )
    own = (PROJECT.c.space_id, PROJECT.c.id, PROJECT.c.is_shared)
    if type_ == ids.PROJECT:
        lies = (PROJECT.c.org_id == ORG_ID, one_of(dialect, PROJECT.c.id, "nodes"))
        return select(PROJECT.c.id, *own).where(*lies)
    within = and_(PROJECT.c.org_id == ORG_ID, PROJECT.c.id == ASSET.c.project_id)
    return (
        select(ASSET.c.id, *own)
        .select_from(ASSET.join(PROJECT, within))
        .where(ASSET.c.org_id == ORG_ID, one_of(dialect, ASSET.c.id, "nodes"))
    )


@cache
def grants(dialect: str) -> AnySelect:
    """Select the grants on the `spaces`, on the `projects`, and on what lies `within` spaces.

    Those on projects in the bin are left out.
    """
    near = (("space_id", "spaces"), ("project_id", "projects"), ("within_id", "within"))
    parts: list[AnySelect] = []
    for column, name in near:
        grant = GRANT.alias("held")
        parts.append(_held(grant).where(one_of(dialect, grant.c[column], name)))
    return select(union_all(*parts).subquery())


@cache
def all_grants() -> AnySelect:
    """Select all of the Org's grants likewise."""
    return _held(GRANT.alias("held"))


def _held(grant: FromClause) -> AnySelect:
    project = PROJECT.alias()
    same = (project.c.org_id == ORG_ID, project.c.id == grant.c.project_id)
    binned = select(project.c.id).where(*same, project.c.deleted_at.is_not(None))
    live = ~binned.correlate(grant).exists()
    return select(*(grant.c[one] for one in HELD)).where(in_force(grant), live)


@cache
def nodes() -> AnySelect:
    """Select (id, space_id, is_shared) of all live spaces and projects; null for a space."""
    space, above = SPACE.alias(), SPACE.alias()
    lies = and_(above.c.org_id == ORG_ID, above.c.id == PROJECT.c.space_id)
    none = cast(null(), Boolean()).label("is_shared")
    spaces = select(space.c.id, space.c.id.label("space_id"), none).where(
        space.c.org_id == ORG_ID, space.c.deleted_at.is_(None)
    )
    projects = (
        select(PROJECT.c.id, PROJECT.c.space_id, PROJECT.c.is_shared)
        .select_from(PROJECT.outerjoin(above, lies))
        .where(PROJECT.c.org_id == ORG_ID, PROJECT.c.deleted_at.is_(None))
        .where(above.c.deleted_at.is_(None))
    )
    return select(union_all(spaces, projects).subquery())


@cache
def members(column: str) -> AnySelect:
    """Select (member_id, sort, folded, is_admin) of the active members, in an order."""
    admins, found = in_group(ADMINS), in_group(MEMBERS).subquery("active")
    named = and_(PRINCIPAL.c.org_id == ORG_ID, PRINCIPAL.c.id == found.c.member_id)
    return (
        select(PRINCIPAL.c.id, PRINCIPAL.c.sort, PRINCIPAL.c.folded)
        .add_columns(PRINCIPAL.c.id.in_(admins))
        .select_from(found.join(PRINCIPAL, named))
        .order_by(PRINCIPAL.c[column], PRINCIPAL.c.id)
    )


@cache
def memberships(dialect: str) -> AnySelect:
    """Select (group_id, member_id) of the groups in the parameter `principals`."""
    held = MEMBERSHIP.alias()
    named = one_of(dialect, held.c.group_id, "principals")
    return select(held.c.group_id, held.c.member_id).where(
        held.c.org_id == ORG_ID, held.c.ended_at.is_(None), named
    )


@cache
def projects(dialect: str) -> AnySelect:
    """Select (id, space_id, is_shared) of live projects in the spaces `within`.

    They are the shared ones, those on which something is held, and of the others one a space: the
    first, for which all of them stand.
    """
    project, grant, plain = PROJECT.alias(), GRANT.alias(), PROJECT.alias()
    held = select(grant.c.project_id).where(in_force(grant), grant.c.project_id == project.c.id)
    live = (project.c.org_id == ORG_ID, project.c.deleted_at.is_(None))
    near = one_of(dialect, project.c.space_id, "within")
    told = or_(project.c.is_shared, held.correlate(project).exists())
    other = select(grant.c.project_id).where(in_force(grant), grant.c.project_id == plain.c.id)
    rest: AnySelect = (
        select(func.min(plain.c.id), plain.c.space_id, literal(value=False))
        .where(plain.c.org_id == ORG_ID, plain.c.deleted_at.is_(None), ~plain.c.is_shared)
        .where(one_of(dialect, plain.c.space_id, "within"), ~other.correlate(plain).exists())
        .group_by(plain.c.space_id)
    )
    first = select(project.c.id, project.c.space_id, project.c.is_shared).where(*live, near, told)
    return select(union_all(first, rest).subquery())
