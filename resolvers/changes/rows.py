"""One row of a node, changed: found, allowed, written, and told before and after."""

from typing import Any

from sqlalchemy import Table, insert, select, update

from db import ids
from db.ids import NodeId
from db.models import PROJECT, SPACE
from resolvers.changes.change import Change, Done

TABLES = {ids.SPACE: SPACE, ids.PROJECT: PROJECT}
DERIVED = {"folded", "sort"}  # made of the name
SHARED_NAME = {"key": "shared", "name": "shared", "folded": "shared", "sort": "shared"}


async def row_of(making: Change, node: NodeId) -> Any:
    """Return the row of a node that is there."""
    table = TABLES[node.type]
    return (await making.connection.execute(select(table).where(*_here(table, node)))).one()


async def add(making: Change, type_: str, id_: int, **columns: Any) -> NodeId:
    """Insert the row of a new node."""
    born = {"org_id": making.org.id, "created_at": making.now, "updated_at": making.now}
    await making.connection.execute(insert(TABLES[type_]).values(id=id_, **columns, **born))
    return NodeId(type_, making.org.id, id_)


async def write(making: Change, node: NodeId, action: str, columns: dict[str, Any]) -> Done:
    """Write a node's columns, and return what was done."""
    table, old = TABLES[node.type], await row_of(making, node)
    changed = update(table).where(*_here(table, node))
    await making.connection.execute(changed.values(updated_at=making.now, **columns))
    before = {name: getattr(old, name) for name in columns}
    path = await path_of(making, node)
    return Done(action, node, path, before=told(before), after=told(columns))


async def path_of(making: Change, node: NodeId) -> str:
    """Return the keys that lead to a space or a project, with a slash between them."""
    row = await row_of(making, node)
    if node.type == ids.SPACE or row.space_id is None:
        return str(row.key)
    return f"{await path_of(making, NodeId(ids.SPACE, node.org_id, row.space_id))}/{row.key}"


def told(columns: dict[str, Any]) -> dict[str, Any]:
    """Return what the log tells of columns."""
    return {name: value for name, value in columns.items() if name not in DERIVED}


def _here(table: Table, node: NodeId) -> tuple[Any, ...]:
    return table.c.org_id == node.org_id, table.c.id == node.id
