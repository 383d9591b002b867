"""Deleting: one row is marked, whatever lies below it, and the recycle bin notes what it was."""

from collections.abc import Callable
from typing import Any

from sqlalchemy import insert, update

from auth.scope import Scope
from db import ids
from db.ids import NodeId
from db.models import DELETION
from resolvers.changes.change import Change, Done, Input
from resolvers.changes.kinds import KINDS
from resolvers.changes.rows import LIES_IN, TABLES, found, here, parent_of, path_of

# Whose permissions hang on a node: those on what lies in it, and on what hangs on it.
SCOPES: dict[str, Callable[[int], Scope]] = {
    ids.SPACE: lambda id_: Scope(spaces=(id_,)),
    ids.PROJECT: lambda id_: Scope(projects=(id_,)),
    ids.ASSET: lambda id_: Scope(assets=(id_,)),
}


async def delete_space(making: Change, given: Input) -> Done:
    """Put a space into the recycle bin, with all that is in it."""
    return await _delete(making, given, "space.delete")


async def delete_project(making: Change, given: Input) -> Done:
    """Put a project into the recycle bin, with its assets."""
    return await _delete(making, given, "project.delete")


async def delete_asset(making: Change, given: Input) -> Done:
    """Put an asset into the recycle bin."""
    return await _delete(making, given, "asset.delete")


async def _delete(making: Change, given: Input, action: str) -> Done:
    node, row = await found(making, given, action)
    return await bin_node(making, node, action, row=row)


async def bin_node(making: Change, node: NodeId, action: str, *, row: Any) -> Done:
    """Mark the node, whose row was this, and note its deletion; whoever calls has the right to."""
    await making.affects(SCOPES[node.type](node.id))
    path, table = await path_of(making, node), TABLES[node.type]
    marked = (
        update(table)
        .where(*here(table, node))
        .values(deleted_at=making.now, revision=making.revision)
    )
    await making.connection.execute(marked)
    deletion = await _note(making, node, row=row, path=path)
    gone = {name: getattr(row, name) for name in ("key", "name")}
    return Done(action, node, path, before=gone, undo=deletion, gone=node)


async def _note(making: Change, node: NodeId, *, row: Any, path: str) -> NodeId:
    parent = parent_of(node, row) if node.type in LIES_IN else None
    id_ = await ids.reserve(making.connection, making.org.id, 1)
    await making.connection.execute(
        insert(DELETION).values(
            org_id=making.org.id,
            id=id_,
            kind=KINDS[node.type],
            node_id=node.id,
            parent_id=parent and parent.id,
            key=row.key,
            name=row.name,
            folded=row.folded,
            path=path,
            began_at=making.now,
            by_id=making.subject.member_id,
        )
    )
    return NodeId(ids.DELETION, making.org.id, id_)
