"""Changes of spaces."""

from typing import Any

from db import ids
from resolvers.changes.change import Change, Done, Input
from resolvers.changes.names import key_of, name_columns
from resolvers.changes.rows import SHARED_NAME, add, told, write


async def create(making: Change, given: Input) -> Done:
    """Make a space with its shared project."""
    await making.require("space.create", "key")
    key, described = key_of(given), {"description": given.get("description")}
    columns = {"key": key, **name_columns(given), **described}
    first = await ids.reserve(making.connection, making.org.id, 2)
    node = await add(making, ids.SPACE, first, **columns)
    shared = {"space_id": first, "is_shared": True, "placed_at": making.now, **SHARED_NAME}
    await add(making, ids.PROJECT, first + 1, **shared)
    return Done("space.create", node, key, after=told(columns))


async def rename(making: Change, given: Input) -> Done:
    """Give a space another name; its key stays."""
    return await _change(making, given, "space.rename", name_columns(given))


async def describe(making: Change, given: Input) -> Done:
    """Change what is said of a space."""
    return await _change(making, given, "space.update", {"description": given.get("description")})


async def delete(making: Change, given: Input) -> Done:
    """Put a space into the recycle bin: one row is marked, whatever lies below it."""
    return await _change(making, given, "space.delete", {"deleted_at": making.now})


async def _change(making: Change, given: Input, action: str, columns: dict[str, Any]) -> Done:
    node = await making.find(given["id"], ids.SPACE, "id")
    await making.require(action, "id", node=node)
    return await write(making, node, action, columns)
