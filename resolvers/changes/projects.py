"""Changes of projects. The shared ones are never renamed or deleted."""

from typing import Any

from sqlalchemy import insert

from auth.levels import Permission
from db import ids
from db.ids import NodeId
from db.models import GRANT
from resolvers.changes.change import Change, Done, Input
from resolvers.changes.names import key_of, name_columns
from resolvers.changes.rows import add, path_of, row_of, told, write
from resolvers.errors import SHARED, UserError

KEPT = "A shared project is made and goes with its space: it can't be renamed or deleted."


async def create(making: Change, given: Input) -> Done:
    """Make a project in a space; whoever makes it is granted OWNER of it."""
    space = await making.find(given["space"], ids.SPACE, "space")
    await making.require("project.create", "space", space=space)
    described = {"description": given.get("description")}
    columns = {"key": key_of(given), **name_columns(given), **described}
    first = await ids.reserve(making.connection, making.org.id, 2)
    placed = {"space_id": space.id, "is_shared": False, "placed_at": making.now}
    node = await add(making, ids.PROJECT, first, **columns, **placed)
    await _grant_owner(making, node, space, first + 1)
    return Done("project.create", node, await path_of(making, node), after=told(columns))


async def rename(making: Change, given: Input) -> Done:
    """Give a project another name; its key stays."""
    return await _change(making, given, "project.rename", name_columns(given))


async def describe(making: Change, given: Input) -> Done:
    """Change what is said of a project, shared ones too."""
    return await _change(making, given, "project.update", {"description": given.get("description")})


async def delete(making: Change, given: Input) -> Done:
    """Put a project into the recycle bin: one row is marked, whatever lies in it."""
    return await _change(making, given, "project.delete", {"deleted_at": making.now})


async def _change(making: Change, given: Input, action: str, columns: dict[str, Any]) -> Done:
    node = await making.find(given["id"], ids.PROJECT, "id")
    row = await row_of(making, node)
    space = NodeId(ids.SPACE, making.org.id, row.space_id) if row.space_id else making.org_node
    await making.require(action, "id", node=node, space=space)
    if row.is_shared and action != "project.update":
        raise UserError(SHARED, KEPT, "id")
    return await write(making, node, action, columns)


async def _grant_owner(making: Change, node: NodeId, space: NodeId, id_: int) -> None:
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
