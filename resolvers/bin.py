"""What of the recycle bin is told to whoever is no admin: what they deleted, and where it lay."""

from sqlalchemy import ColumnElement, FromClause, Text, and_, case, func, literal, null, or_, select

from auth.access import MEMBER_ID, ORG_ID, Access, Reach
from auth.subject import MEMBERS
from db.models import DELETION, MEMBERSHIP, PRINCIPAL, PROJECT, SPACE
from resolvers.listing import Expression
from resolvers.projects import seen_projects
from resolvers.redaction import UNSEEN


def is_binned(deletion: FromClause) -> ColumnElement[bool]:
    """Return the condition that a deletion was neither taken back nor purged."""
    return and_(deletion.c.ended_at.is_(None), deletion.c.purge_asked_at.is_(None))


def is_own(deletion: FromClause) -> tuple[ColumnElement[bool], ...]:
    """Return the conditions that the viewer deleted something since they are a member.

    What began later has the larger id, whatever the clocks say.
    """
    held, group = MEMBERSHIP.alias(), PRINCIPAL.alias()
    named = and_(group.c.org_id == ORG_ID, group.c.id == held.c.group_id)
    lasting = (held.c.org_id == ORG_ID, held.c.member_id == MEMBER_ID, held.c.ended_at.is_(None))
    since = (
        select(func.max(held.c.id))
        .select_from(held.join(group, named))
        .where(*lasting, group.c.kind == "GROUP", group.c.key == MEMBERS)
    )
    return deletion.c.by_id == MEMBER_ID, deletion.c.id > since.scalar_subquery()


def held_there(access: Access) -> Reach:
    """Return the reach at every space, read once however often it is joined."""
    reach = access.reach()
    if reach.table is None:
        return reach
    found = select(reach.table).cte("held_there")
    return Reach(found.c.cap, found.c.flow, found.c.best, found)


def seen_path(access: Access, deletion: FromClause) -> tuple[Expression, ColumnElement[bool]]:
    """Return the path by which a deletion would come back, and whether not all of it is told.

    Told are the keys of what the viewer sees, and of what it has deleted itself.
    """
    reach, kind = held_there(access), deletion.c.kind
    project, space = PROJECT.alias("lay_in"), SPACE.alias("lay_in_space")
    of_org = _above(deletion, project, project.c.space_id.is_(None), column=literal(True))
    parent_id = deletion.c.parent_id
    in_project = func.coalesce(
        _seen_project(access, deletion, reach), _own_key(deletion, parent_id)
    )
    space_id = _above(deletion, project, column=project.c.space_id)
    space_id = case((kind == "PROJECT", parent_id), (in_project.is_not(None), space_id))
    seen_space = select(space.c.key).select_from(reach.join(space, space.c.id))
    live = (space.c.org_id == ORG_ID, space.c.deleted_at.is_(None), space.c.id == space_id)
    in_space = func.coalesce(
        seen_space.where(*live).correlate(deletion).scalar_subquery(),
        _own_key(deletion, space_id),
    )
    told_space, told_project = (
        func.coalesce(key, UNSEEN).concat(literal("/", Text())) for key in (in_space, in_project)
    )
    above = case(
        (kind == "SPACE", ""),
        (kind == "PROJECT", told_space),
        (of_org.is_(True), told_project),
        else_=told_space.concat(told_project),
    )
    hidden = case(
        (kind == "SPACE", False),
        (kind == "PROJECT", in_space.is_(None)),
        (of_org.is_(True), in_project.is_(None)),
        else_=or_(in_space.is_(None), in_project.is_(None)),
    )
    return above.concat(deletion.c.key), hidden


def levels_there(access: Access, deletion: FromClause) -> dict[str, Expression]:
    """Return the viewer's level on what was deleted, and on the space of a project, if they lived.

    They are null where there is no such node.
    """
    reach, kind = held_there(access), deletion.c.kind
    project, space = PROJECT.alias("was"), SPACE.alias("was_space")
    project_id = case((kind == "PROJECT", deletion.c.node_id), else_=deletion.c.parent_id)
    space_id = case((kind == "SPACE", deletion.c.node_id), else_=deletion.c.parent_id)
    in_space = select(access.space_level(reach)).select_from(
        reach.join(space, space.c.id, outer=True)
    )
    in_project = select(access.project_level(project, reach)).select_from(
        reach.join(project, project.c.space_id, outer=True)
    )
    of_space, of_project = (
        found.where(table.c.org_id == ORG_ID, table.c.id == id_).correlate(deletion)
        for found, table, id_ in ((in_space, space, space_id), (in_project, project, project_id))
    )
    level = of_space.scalar_subquery()
    return {
        "level": case((kind == "SPACE", level), else_=of_project.scalar_subquery()),
        "space_level": case((kind == "PROJECT", level), else_=null()),
    }


def _above(
    deletion: FromClause,
    project: FromClause,
    *where: ColumnElement[bool],
    column: ColumnElement[bool] | Expression,
) -> Expression:
    """Return something of the project that a deleted asset lies in."""
    here = (project.c.org_id == ORG_ID, project.c.id == deletion.c.parent_id, *where)
    return select(column).where(*here).correlate(deletion).scalar_subquery()


def _seen_project(access: Access, deletion: FromClause, reach: Reach) -> Expression:
    project, space = PROJECT.alias("seen_project"), SPACE.alias("seen_space")
    in_space = and_(space.c.org_id == ORG_ID, space.c.id == project.c.space_id)
    source = reach.join(project.outerjoin(space, in_space), project.c.space_id, outer=True)
    seen = (*seen_projects(access, project, reach), space.c.deleted_at.is_(None))
    found = select(project.c.key).select_from(source)
    return (
        found.where(*seen, project.c.id == deletion.c.parent_id)
        .correlate(deletion)
        .scalar_subquery()
    )


def _own_key(deletion: FromClause, node_id: Expression) -> Expression:
    """Return the key of a node that the viewer has deleted itself."""
    above = DELETION.alias()
    own = (above.c.org_id == ORG_ID, is_binned(above), *is_own(above))
    found = select(func.max(above.c.key)).where(*own, above.c.node_id == node_id)
    return found.correlate(deletion).scalar_subquery()
