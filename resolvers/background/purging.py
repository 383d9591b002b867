"""Purging: what was asked for is removed in batches, each a short transaction of its own.

What is left is all that is needed to go on: a process that ends in between does no harm.
"""

import time
from typing import Any

from sqlalchemy import ColumnElement, func, select, update
from sqlalchemy.ext.asyncio import AsyncEngine

from db.engine import snapshot
from db.ids import NodeId
from db.models import DELETION, ORG
from resolvers.background.removal import AT_ONCE, Removal, rows_of
from resolvers.changes.purges import told
from resolvers.changes.rows import TYPES
from resolvers.changes.system import SystemChange, system_change
from resolvers.deletions import is_asked

FINISHED = "bin.purged"
SECONDS_LOCKED = 0.05  # that a batch holds the Org's lock, give or take a statement


def is_due(_now: int) -> ColumnElement[bool]:
    """Return whether an Org, a row of `org`, has something to purge."""
    waiting = select(DELETION.c.id).where(DELETION.c.org_id == ORG.c.id, is_asked(DELETION))
    return waiting.correlate(ORG).exists()


async def purge_some(
    engine: AsyncEngine,
    org_id: int,
    _sure: int = 0,
    *,
    seconds: float = SECONDS_LOCKED,
    at_once: int = AT_ONCE,
) -> int:
    """Remove a batch of what the Org's oldest purge takes; return of how many rows.

    Its end counts as one, too: 0 means that there is nothing to purge.
    """
    purge, number = await _oldest(engine, org_id)
    if purge is None:
        return 0
    async with system_change(engine, org_id, "purge") as making:
        removal = Removal(making.connection, org_id, at_once=at_once)
        removed, over = await _batch(removal, _node(purge), seconds=seconds)
        rows = DELETION.c.rows_purged + removed
        if over:
            await _finish(making, purge, rows)
            return removed + 1
        counted = func.coalesce(DELETION.c.rows_to_purge, number)
        progress = _still(purge).values(rows_purged=rows, rows_to_purge=counted)
        await making.connection.execute(progress)
        return removed


async def _oldest(engine: AsyncEngine, org_id: int) -> tuple[Any, int | None]:
    """Return the Org's oldest purge, if any, and how many rows it takes unless that is known."""
    waiting = select(DELETION).where(DELETION.c.org_id == org_id, is_asked(DELETION))
    async with snapshot(engine) as connection:
        found = await connection.execute(waiting.order_by(DELETION.c.id).limit(1))
        purge = found.one_or_none()
        if purge is None or purge.rows_to_purge is not None:
            return purge, None
        return purge, await connection.scalar(rows_of(_node(purge)))


async def _batch(removal: Removal, node: NodeId, *, seconds: float) -> tuple[int, bool]:
    """Remove rows until the time is over or nothing is left; return how many, and whether so."""
    until, removed = time.monotonic() + seconds, 0
    while rows := await removal.some(node):
        removed += rows
        if time.monotonic() >= until:
            return removed, False
    return removed, True


async def _finish(making: SystemChange, purge: Any, rows: ColumnElement[int]) -> None:
    """Note the end of a purge, unless another process has."""
    ended = _still(purge).values(rows_purged=rows, rows_to_purge=rows, purged_at=making.now)
    number = await making.connection.scalar(ended.returning(DELETION.c.rows_purged))
    if number is not None:
        after = {"rows": number}
        await making.tell(FINISHED, _node(purge), purge.path, before=told(purge), after=after)


def _still(purge: Any) -> Any:
    """Return the update of a purge that isn't over."""
    itself = (DELETION.c.org_id == purge.org_id, DELETION.c.id == purge.id)
    return update(DELETION).where(*itself, DELETION.c.purged_at.is_(None))


def _node(purge: Any) -> NodeId:
    return NodeId(TYPES[purge.kind.lower()], purge.org_id, purge.node_id)
