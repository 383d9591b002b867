"""Changes of spaces: each finds, asks whether the asker may, writes one row, and tells."""

from typing import Any

from sqlalchemy import insert, select, update

from db import ids
from db.ids import NodeId
from db.models import PROJECT, SPACE
from resolvers.changes.change import Change, Done, Input
from resolvers.changes.names import key_of, name_columns

SHARED_NAME = {"key": "shared", "name": "shared", "folded": "shared", "sort": "shared"}


async def create(making: Change, given: Input) -> Done:
    """Make a space with its shared project."""
    await making.require("space.create", "key")
    key, described = key_of(given), {"description": given.get("description")}
    columns = {"key": key, **name_columns(given), **described}
    first = await ids.reserve(making.connection, making.org.id, 2)
    born = {"org_id": making.org.id, "created_at": making.now, "updated_at": making.now}
    await making.connection.execute(insert(SPACE).values(id=first, **columns, **born))
    shared = {"space_id": first, "is_shared": True, "placed_at": making.now, **SHARED_NAME}
    await making.connection.execute(insert(PROJECT).values(id=first + 1, **shared, **born))
    node = NodeId(ids.SPACE, making.org.id, first)
    return Done("space.create", node, key, after=_told(columns))


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
    here = (SPACE.c.org_id == making.org.id, SPACE.c.id == node.id)
    old = (await making.connection.execute(select(SPACE).where(*here))).one()
    await making.connection.execute(
        update(SPACE).where(*here).values(updated_at=making.now, **columns)
    )
    before = {name: getattr(old, name) for name in columns}
    return Done(action, node, old.key, before=_told(before), after=_told(columns))


def _told(columns: dict[str, Any]) -> dict[str, Any]:
    """Return what the log tells of columns: not the forms that are made of the name."""
    return {name: value for name, value in columns.items() if name not in ("folded", "sort")}
