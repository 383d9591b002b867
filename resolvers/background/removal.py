"""Rows removed for good, a few at a time, and what others refer to last."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, Select, Table, delete, func, or_, select, union_all
from sqlalchemy.ext.asyncio import AsyncConnection

from db import ids
from db.ids import NodeId
from db.models import ASSET, DELETION, GRANT, PLACEMENT, PROJECT, SPACE, VERSION

AT_ONCE = 200  # rows of one statement


class Removal:
    """Removes nodes of one Org; what is left tells how far it has come."""

    def __init__(self, connection: AsyncConnection, org_id: int, *, at_once: int = AT_ONCE) -> None:
        self._connection, self._org_id, self._at_once = connection, org_id, at_once

    async def some(self, node: NodeId) -> int:
        """Remove some of a node and of all that lies in it; return how many rows, 0 at the end."""
        if node.type == ids.SPACE:
            return await self._space(node.id)
        if node.type == ids.PROJECT:
            return await self._project(node.id)
        return await self._assets([node.id])

    async def _space(self, id_: int) -> int:
        projects = await self._first(PROJECT, PROJECT.c.space_id == id_, 1)
        if projects:
            return await self._project(projects[0])
        return await self._granted(SPACE, GRANT.c.space_id, id_)

    async def _project(self, id_: int) -> int:
        assets = await self._first(ASSET, ASSET.c.project_id == id_, self._at_once)
        if assets:
            return await self._assets(assets)
        return await self._granted(PROJECT, GRANT.c.project_id, id_)

    async def _assets(self, numbers: Sequence[int]) -> int:
        removed = await self._remove(VERSION, VERSION.c.asset_id.in_(numbers))
        if removed == self._at_once:  # there may be more of them
            return removed
        return removed + await self._nodes(ASSET, numbers)

    async def _granted(self, table: Table, on: ColumnElement[Any], id_: int) -> int:
        removed = await self._remove(GRANT, on == id_)
        if removed == self._at_once:
            return removed
        return removed + await self._nodes(table, [id_])

    async def _nodes(self, table: Table, numbers: Sequence[int]) -> int:
        """Remove nodes with what is told of them: where they lay, and when in the bin."""
        where = PLACEMENT.c.node_id.in_(numbers)
        removed = await self._remove(PLACEMENT, where)
        removed += await self._remove(DELETION, of_nodes(DELETION.c.node_id.in_(numbers)))
        if removed >= self._at_once:
            return removed
        return removed + await self._remove(table, table.c.id.in_(numbers))

    async def _first(self, table: Table, where: ColumnElement[bool], number: int) -> Sequence[int]:
        found = select(table.c.id).where(table.c.org_id == self._org_id, where).limit(number)
        return (await self._connection.scalars(found)).all()

    async def _remove(self, table: Table, where: ColumnElement[bool]) -> int:
        own = table.c.org_id == self._org_id
        some = select(table.c.id).where(own, where).limit(self._at_once)
        removed = delete(table).where(own, table.c.id.in_(some))
        return (await self._connection.execute(removed)).rowcount


def of_nodes(where: ColumnElement[bool]) -> ColumnElement[bool]:
    """Return which of their deletions go with nodes: not the purges, which tell of themselves."""
    return where & DELETION.c.purge_asked_at.is_(None)


def rows_of(node: NodeId) -> Select[Any]:
    """Return the statement that counts what removing a node takes with it, itself included.

    A number names one node of the Org, of whichever kind: the others find nothing under it.
    """
    in_space = PROJECT.c.space_id == node.id
    projects = _numbers(
        PROJECT, node, in_space if node.type == ids.SPACE else PROJECT.c.id == node.id
    )
    in_project = ASSET.c.project_id.in_(projects)
    assets = _numbers(ASSET, node, ASSET.c.id == node.id if node.type == ids.ASSET else in_project)
    spaces = _numbers(SPACE, node, SPACE.c.id == node.id)
    nodes = (spaces, projects, assets)
    every = union_all(*nodes)
    granted = or_(GRANT.c.space_id.in_(spaces), GRANT.c.project_id.in_(projects))
    rows = union_all(
        *nodes,
        _numbers(VERSION, node, VERSION.c.asset_id.in_(assets)),
        _numbers(GRANT, node, granted),
        _numbers(PLACEMENT, node, PLACEMENT.c.node_id.in_(every)),
        _numbers(DELETION, node, of_nodes(DELETION.c.node_id.in_(every))),
    )
    return select(func.count()).select_from(rows.subquery("removed"))


def _numbers(table: Table, node: NodeId, where: ColumnElement[bool]) -> Select[Any]:
    return select(table.c.id).where(table.c.org_id == node.org_id, where)
