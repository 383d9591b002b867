"""One row of a node, changed: found, allowed, written, and told before and after."""

from collections.abc import Mapping
from typing import Any, Protocol

import orjson
from sqlalchemy import FromClause, Table, and_, insert, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection

from db import ids
from db.conflicts import TakenError
from db.ids import NodeId
from db.models import ASSET, PRINCIPAL, PROJECT, SPACE
from resolvers.changes.change import Change, Done, Input, expect
from resolvers.changes.names import NOTHING, is_given, name_columns
from resolvers.errors import INVALID, SHARED, UserError

TABLES = {
    ids.SPACE: SPACE,
    ids.PROJECT: PROJECT,
    ids.ASSET: ASSET,
    ids.MEMBER: PRINCIPAL,
    ids.GROUP: PRINCIPAL,
}
NOUNS = {
    ids.SPACE: "space",
    ids.PROJECT: "project",
    ids.ASSET: "asset",
    ids.MEMBER: "member",
    ids.GROUP: "group",
}
TYPES = {noun: type_ for type_, noun in NOUNS.items()}  # by an action's noun
PARENTS = {ids.PROJECT: ids.SPACE, ids.ASSET: ids.PROJECT}
LIES_IN = {ids.PROJECT: "space_id", ids.ASSET: "project_id"}  # the column of the parent's id
DERIVED = {"folded", "sort"}  # made of the name
METADATA = "metadata"  # kept as JSON's text
SHARED_NAME = {"key": "shared", "name": "shared", "folded": "shared", "sort": "shared"}
KEPT = "A shared project goes with its space: it can't be renamed, moved, copied or deleted."
EXPECTED = "expectedRevision"
REVISIONS = {  # the columns of the revisions that a new node has
    ids.SPACE: ("revision", "grants_revision"),
    ids.PROJECT: ("revision", "grants_revision"),
    ids.ASSET: ("revision",),
    ids.MEMBER: ("revision",),
    ids.GROUP: ("revision", "members_revision"),
}
OF_SHARED_TOO = {"project.update"}


async def found(
    making: Change, given: Input, action: str, *, target: NodeId | None = None
) -> tuple[NodeId, Any]:
    """Return the node that the input's `id` names and its row, if the asker may do the action."""
    node = await making.find(given["id"], TYPES[action.partition(".")[0]], "id")
    row = await row_of(making, node)
    space = parent_of(node, row) if node.type == ids.PROJECT else None
    places = {"node": node, "space": space, "target": target}
    await making.require(action, "id", target_field="into", **places)
    if node.type == ids.PROJECT and row.is_shared and action not in OF_SHARED_TOO:
        raise UserError(SHARED, KEPT, "id")
    expect(given, EXPECTED, row.revision)
    return node, row


async def target_of(making: Change, given: Input, type_: str) -> NodeId:
    """Return the space or the project that the input's `into` names."""
    return await making.find(given["into"], type_, "into")


async def changed(making: Change, given: Input, action: str, columns: Mapping[str, Any]) -> Done:
    """Write columns of the node that the input's `id` names, if the asker may do the action."""
    node, row = await found(making, given, action)
    return await write(making, node, action, row=row, columns=columns)


async def updated(
    making: Change, given: Input, noun: str, columns: Mapping[str, Any], *, also: bool = False
) -> Done:
    """Write the columns of a node and its name, if given, as far as the asker may change each.

    With `also` there is something else to change.
    """
    names = name_columns(given) if is_given(given, "name") else {}
    actions = [f"{noun}.rename"] * bool(names) + [f"{noun}.update"] * bool(columns or also)
    if not actions:
        raise UserError(INVALID, NOTHING)
    places = [await found(making, given, action) for action in actions]
    node, row = places[0]
    return await write(making, node, f"{noun}.update", row=row, columns={**names, **columns})


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
    """Insert the row of a new node; TakenError where others have its name or its key."""
    born = {"org_id": making.org.id, "created_at": making.now, "updated_at": making.now}
    revised = dict.fromkeys(REVISIONS[type_], making.revision)
    values = {**columns, **born, **revised}
    try:
        await making.connection.execute(insert(TABLES[type_]).values(id=id_, **values))
    except IntegrityError as error:
        raise TakenError(TABLES[type_], values) from error
    return NodeId(type_, making.org.id, id_)


async def write(
    making: Change, node: NodeId, action: str, *, row: Any, columns: Mapping[str, Any]
) -> Done:
    """Write a node's columns, whose row was this, and return what was done."""
    await mark(making, node, **columns)
    before = {name: getattr(row, name) for name in columns}
    path = await path_of(making, node)
    return Done(action, node, path, before=told(before), after=told(columns))


async def mark(making: Change, node: NodeId, **columns: Any) -> None:
    """Write a node's columns, if any, when it was changed, and by which revision."""
    table = TABLES[node.type]
    written = update(table).where(*here(table, node))
    changed = {"updated_at": making.now, "revision": making.revision}
    await making.connection.execute(written.values(**changed, **columns))


def parent_of(node: NodeId, row: Any) -> NodeId | None:
    """Return what a project or an asset lies in; None for the Org's shared project."""
    parent_id = getattr(row, LIES_IN[node.type])
    return None if parent_id is None else NodeId(PARENTS[node.type], node.org_id, parent_id)


async def path_of(making: Connected, node: NodeId) -> str:
    """Return the keys that lead to a node, with slashes between them."""
    type_, own = node.type, TABLES[node.type]
    source: FromClause = own
    keys = [own.c.key]
    while type_ in LIES_IN:
        above = TABLES[PARENTS[type_]]
        lies = and_(above.c.org_id == node.org_id, above.c.id == TABLES[type_].c[LIES_IN[type_]])
        source, keys = source.outerjoin(above, lies), [above.c.key, *keys]
        type_ = PARENTS[type_]
    found = select(*keys).select_from(source).where(*here(own, node))
    row = (await making.connection.execute(found)).one()
    return "/".join(key for key in row if key is not None)


def told(columns: Mapping[str, Any]) -> dict[str, Any]:
    """Return what the log tells of columns: of metadata its names alone, as it may hold secrets."""
    return {
        name: sorted(orjson.loads(value)) if name == METADATA and value is not None else value
        for name, value in columns.items()
        if name not in DERIVED
    }


def here(table: Table, node: NodeId) -> tuple[Any, ...]:
    """Return the condition that a row is the node's."""
    return (table.c.org_id == node.org_id, table.c.id == node.id)
