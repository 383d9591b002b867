"""Restoring: a deletion is taken back, and all that it took is there again with its grants."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import insert, select, update
from sqlalchemy.exc import IntegrityError

from auth.scope import Scope
from db import ids
from db.clock import time_text
from db.ids import NodeId
from db.models import DELETION, GRANT, PLACEMENT, PROJECT
from resolvers.changes import projects, spaces
from resolvers.changes.binned import Binned, binned
from resolvers.changes.change import Beside, Change, Done, Input
from resolvers.changes.clashes import keep_key
from resolvers.changes.deletions import SCOPES
from resolvers.changes.names import key_of, name_columns
from resolvers.changes.obstacles import require_live, taken
from resolvers.changes.rows import LIES_IN, PARENTS, TABLES, here, parent_of, path_of, row_of
from resolvers.errors import INVALID, UserError

IN_NOTHING = "A space lies in nothing: leave out `into`."
KEY_KEPT = "A space keeps its key, which is its own while it lies in the bin: leave out `newKey`."


@dataclass(frozen=True, slots=True)
class Return:
    """What comes back: a node with its row, from its parent, into another one or into that."""

    deletion: Binned
    row: Any
    parent: NodeId | None
    into: NodeId | None

    @property
    def node(self) -> NodeId:
        """Return the node."""
        return self.deletion.node


async def restore(making: Change, given: Input) -> Done:
    """Take a deletion back; whoever might delete the node now, if it were live, may."""
    coming = await _coming(making, given)
    if coming.into is None:
        await require_live(making, coming.parent)
    columns = _named(given, coming.node)
    if coming.into is None and coming.parent is not None:
        await keep_key(making, given, node=coming.node, row=coming.row, target=coming.parent)
    await making.affects(await _scope(making, coming))
    if coming.into is not None:
        columns |= await _moved(making, coming, coming.into)
    await _write(making, coming, columns)
    return await _told(making, coming)


async def _coming(making: Change, given: Input) -> Return:
    """Return what is to come back whereto, if the asker may."""
    deletion = await binned(making, given)
    node, into = deletion.node, given.get("into")
    if into is not None and node.type not in LIES_IN:
        raise UserError(INVALID, IN_NOTHING, "into")
    target = None if into is None else await making.find(into, PARENTS[node.type], "into")
    row = await row_of(making, node)
    parent = parent_of(node, row) if node.type in LIES_IN else None
    judging, space = replace(making, binned=True), parent if node.type == ids.PROJECT else None
    await judging.require(f"{deletion.noun}.restore", "id", node=node, space=space)
    if target is None or target == parent:
        return Return(deletion, row, parent, None)
    await judging.require(f"{deletion.noun}.move", "into", node=node, space=space, target=target)
    return Return(deletion, row, parent, target)


def _named(given: Input, node: NodeId) -> dict[str, Any]:
    """Return the columns of the new name and the new key, if there are any."""
    columns: dict[str, Any] = {}
    if given.get("newName") is not None:
        columns |= name_columns(given, "newName")
    if given.get("newKey") is not None:
        if node.type == ids.SPACE:
            raise UserError(INVALID, KEY_KEPT, "newKey")
        columns["key"] = key_of(given, "newKey")
    return columns


async def _scope(making: Change, coming: Return) -> Scope:
    """Return whose permissions may change; those beside a node that goes elsewhere, too."""
    node, parent, into = coming.node, coming.parent, coming.into
    if into is None or parent is None:
        return SCOPES[node.type](node.id)
    if node.type == ids.ASSET:
        return Scope(projects=(parent.id, into.id), assets=(node.id,))
    beside = select(PROJECT.c.id).where(
        PROJECT.c.org_id == node.org_id,
        PROJECT.c.space_id.in_((parent.id, into.id)),
        PROJECT.c.is_shared,
    )
    shared = await making.connection.scalars(beside)
    return Scope(projects=(node.id, *shared))


async def _moved(making: Change, coming: Return, into: NodeId) -> dict[str, Any]:
    """Close the place where it lay, and return the columns of the new one."""
    node, row = coming.node, coming.row
    placed = {"parent_id": coming.parent and coming.parent.id, "began_at": row.placed_at}
    number = {"org_id": node.org_id, "id": await ids.reserve(making.connection, node.org_id, 1)}
    ended = {"node_id": node.id, "ended_at": making.now}
    await making.connection.execute(insert(PLACEMENT).values(**number, **placed, **ended))
    if node.type == ids.PROJECT:
        lasting = (GRANT.c.org_id == node.org_id, GRANT.c.ended_at.is_(None))
        granted = update(GRANT).where(*lasting, GRANT.c.project_id == node.id)
        await making.connection.execute(granted.values(within_id=into.id))
    return {LIES_IN[node.type]: into.id, "placed_at": making.now}


async def _write(making: Change, coming: Return, columns: Mapping[str, Any]) -> None:
    node, table = coming.node, TABLES[coming.node.type]
    changed = {**columns, "updated_at": making.now} if columns else {}
    live = {"deleted_at": None, "revision": making.revision}
    back = update(table).where(*here(table, node)).values(**changed, **live)
    try:
        async with making.connection.begin_nested():
            await making.connection.execute(back)
    except IntegrityError as error:
        wanted = {**coming.row._mapping, **columns}  # noqa: SLF001 - SQLAlchemy's public name
        raise await taken(making, error, node, wanted=wanted) from error
    gone = (DELETION.c.org_id == node.org_id, DELETION.c.id == coming.deletion.id)
    await making.connection.execute(update(DELETION).where(*gone).values(ended_at=making.now))


async def _told(making: Change, coming: Return) -> Done:
    node, deletion = coming.node, coming.deletion
    row = await row_of(making, node)
    return Done(
        f"{deletion.noun}.restore",
        node,
        await path_of(making, node),
        before={
            "deletion": deletion.public_id,
            "deletedAt": time_text(deletion.deleted_at),
            "path": deletion.full_path,
            "name": deletion.name,
        },
        after={"key": row.key, "name": row.name},
        gone=deletion.itself,
        warnings=await _too_many(making, coming),
        beside=await _places(making, coming),
    )


async def _places(making: Change, coming: Return) -> tuple[Beside, ...]:
    """Return what it lay in and lies in, where that isn't the same."""
    nodes = (coming.parent, coming.into) if coming.into else ()
    return tuple([Beside(node, await path_of(making, node)) for node in nodes if node])


async def _too_many(making: Change, coming: Return) -> tuple[str, ...]:
    if coming.node.type == ids.SPACE:
        return await spaces.too_many(making)
    place = coming.into or coming.parent
    if coming.node.type == ids.PROJECT and place is not None:
        return await projects.too_many(making, place)
    return ()
