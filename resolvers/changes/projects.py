"""Changes of projects, but for moving, copying and deleting them."""

from sqlalchemy import insert, select

from auth.levels import Permission
from db import ids
from db.ids import NodeId
from db.models import GRANT, PROJECT
from resolvers.changes.change import Change, Done, Input
from resolvers.changes.names import description_columns, key_of, name_columns
from resolvers.changes.rows import add, changed, path_of, told, updated


async def create(making: Change, given: Input) -> Done:
    """Make a project in a space; whoever makes it is granted OWNER of it."""
    space = await making.find(given["space"], ids.SPACE, "space")
    await making.require("project.create", "space", target=space)
    described = {"description": given.get("description")}
    columns = {"key": key_of(given), **name_columns(given), **described}
    first = await ids.reserve(making.connection, making.org.id, 2)
    placed = {"space_id": space.id, "is_shared": False, "placed_at": making.now}
    node = await add(making, ids.PROJECT, first, **columns, **placed)
    await grant_owner(making, node, space, id_=first + 1)
    path, warnings = await path_of(making, node), await too_many(making, space)
    return Done("project.create", node, path, after=told(columns), warnings=warnings)


async def rename(making: Change, given: Input) -> Done:
    """Give a project another name; its key stays."""
    return await changed(making, given, "project.rename", name_columns(given))


async def update(making: Change, given: Input) -> Done:
    """Change the name of a project and what is said of it, of shared ones too, as far as given."""
    return await updated(making, given, "project", description_columns(given))


async def too_many(making: Change, space: NodeId) -> tuple[str, ...]:
    """Return the warning, if any, that the space holds many projects; LIMIT_REACHED if too many."""
    lies = (PROJECT.c.org_id == making.org.id, PROJECT.c.space_id == space.id)
    live = (*lies, PROJECT.c.deleted_at.is_(None), PROJECT.c.is_shared.is_(False))
    rows, limit = select(PROJECT.c.id).where(*live), making.limits.projects_in_space
    return await limit.check(making.connection, rows, "projects in this space")


async def grant_owner(making: Change, node: NodeId, space: NodeId, *, id_: int) -> None:
    """Grant the asker OWNER of a new project in the space; `id_` is the grant's."""
    await making.connection.execute(
        insert(GRANT).values(
            org_id=making.org.id,
            id=id_,
            project_id=node.id,
            within_id=space.id,
            principal_id=making.subject.member_id,
            level=int(Permission.OWNER),
            propagate=False,
            began_at=making.now,
        )
    )
