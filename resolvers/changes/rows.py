"""One row of a node, changed: found, allowed, written, and told before and after."""

from collections.abc import Mapping
from typing import Any, Protocol

from sqlalchemy import Table, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from db import ids
from db.ids import NodeId
from db.models import ASSET, PROJECT, SPACE
from resolvers.changes.change import Change, Done, Input
from resolvers.errors import SHARED, UserError

TABLES = {ids.SPACE: SPACE, ids.PROJECT: PROJECT, ids.ASSET: ASSET}
TYPES = {"space": ids.SPACE, "project": ids.PROJECT, "asset": ids.ASSET}  # by an action's noun
PARENTS = {ids.PROJECT: ids.SPACE, ids.ASSET: ids.PROJECT}
LIES_IN = {ids.PROJECT: "space_id", ids.ASSET: "project_id"}  # the column of the parent's id
DERIVED = {"folded", "sort"}  # made of the name
SHARED_NAME = {"key": "shared", "name": "shared", "folded": "shared", "sort": "shared"}
KEPT = "A shared project goes with its space: it can't be renamed, moved, copied or deleted."
OF_SHARED_TOO = {"project.update"}


async def found(
    making: Change, given: Input, action: str, *, target: NodeId | None = None
) -> tuple[NodeId, Any]:
    """Return the node that the input's `id` names and its row, if the asker may do the action."""
    node = await making.find(given["id"], TYPES[action.partition(".")[0]], "id")
    row = await row_of(making, node)
    space = parent_of(node, row) if node.type == ids.PROJECT else None
    await making.require(action, "id", node=node, space=space, target=target)
    if node.type == ids.PROJECT and row.is_shared and action not in OF_SHARED_TOO:
        raise UserError(SHARED, KEPT, "id")
    return node, row


async def changed(making: Change, given: Input, action: str, columns: Mapping[str, Any]) -> Done:
    """Write columns of the node that the input's `id` names, if the asker may do the action."""
    node, row = await found(making, given, action)
    return await write(making, node, action, row=row, columns=columns)


class Connected(Protocol):
    """Whatever holds the connection of a change."""

    @property
    def connection(self) -> AsyncConnection:
        """Return the connection."""
        ...


async def row_of(making: Connected, node: NodeId) -> Any:
    """Return the row of a node that is there."""
    table = TABLES[node.type]
    return (await making.connection.execute(select(table).where(*here(table, node)))).one()


async def add(making: Change, type_: str, id_: int, **columns: Any) -> NodeId:
    """Insert the row of a new node."""
    born = {"org_id": making.org.id, "created_at": making.now, "updated_at": making.now}
    await making.connection.execute(insert(TABLES[type_]).values(id=id_, **columns, **born))
    return NodeId(type_, making.org.id, id_)


async def write(
    making: Change, node: NodeId, action: str, *, row: Any, columns: Mapping[str, Any]
) -> Done:
    """Write a node's columns, whose row was this, and return what was done."""
    table = TABLES[node.type]
    written = update(table).where(*here(table, node))
    await making.connection.execute(written.values(updated_at=making.now, **columns))
    before = {name: getattr(row, name) for name in columns}
    path = await path_of(making, node)
    return Done(action, node, path, before=told(before), after=told(columns))


def parent_of(node: NodeId, row: Any) -> NodeId | None:
    """Return what a project or an asset lies in; None for the Org's shared project."""
    parent_id = getattr(row, LIES_IN[node.type])
    return None if parent_id is None else NodeId(PARENTS[node.type], node.org_id, parent_id)


async def path_of(making: Connected, node: NodeId) -> str:
    """Return the keys that lead to a space, project or asset, with slashes between them."""
    row = await row_of(making, node)
    parent = parent_of(node, row) if node.type in LIES_IN else None
    return str(row.key) if parent is None else f"{await path_of(making, parent)}/{row.key}"


def told(columns: Mapping[str, Any]) -> dict[str, Any]:
    """Return what the log tells of columns."""
    return {name: value for name, value in columns.items() if name not in DERIVED}


def here(table: Table, node: NodeId) -> tuple[Any, ...]:
    """Return the condition that a row is the node's."""
    return (table.c.org_id == node.org_id, table.c.id == node.id)
