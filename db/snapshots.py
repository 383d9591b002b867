"""The transactions of reads, on connections out of an engine's pool: how they begin and end.

On PostgreSQL a read that is over leaves its transaction open for a moment. The next read ends it
and begins its own in one round trip.
"""

import asyncio
from contextlib import suppress
from typing import Any
from weakref import WeakKeyDictionary

from sqlalchemy import Dialect, PoolProxiedConnection, QueuePool
from sqlalchemy.ext.asyncio import AsyncEngine
from sqlalchemy.util.concurrency import await_only, greenlet_spawn

from db.queries import POSTGRESQL, SQLITE

# SQLite's snapshot is fixed by the first statement after BEGIN. PostgreSQL would plan many of these
# statements anew each time, for longer than they run: their arrays look shorter than it assumes.
BEGIN = {
    POSTGRESQL: "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY;"
    " SET LOCAL plan_cache_mode = force_generic_plan",
    SQLITE: "BEGIN",
}
END = "COMMIT"
LINGERING = 0.02  # seconds
WORKED = "worked"  # the mark of a connection on which a transaction began


class NoneReadyError(Exception):
    """The pool has no open connection to give at once."""


class Snapshots:
    """The snapshots of one engine; `most` may linger, out of the pool, when their reads are over.

    A timer ends those that no read takes.
    """

    def __init__(self, dialect: str, *, most: int) -> None:
        self._begin, self._most = BEGIN[dialect], most
        self._over: list[tuple[PoolProxiedConnection, float]] = []  # since when; the oldest first
        self._ending = set[asyncio.Task[None]]()
        self._timer: asyncio.TimerHandle | None = None

    async def begin(self, engine: AsyncEngine) -> PoolProxiedConnection:
        """Begin on a connection that has worked if one has; one that broke since is replaced."""
        while True:
            pooled, begin = await self._taken(engine)
            connection: Any = pooled.driver_connection
            worked = WORKED in pooled.info
            try:
                await connection.execute(begin)
            except BaseException as error:
                await asyncio.shield(greenlet_spawn(pooled.invalidate))
                if worked and isinstance(error, Exception):
                    continue
                raise
            pooled.info[WORKED] = True
            return pooled

    async def end(self, pooled: PoolProxiedConnection, *, lingers: bool) -> None:
        """End a read, or leave that to the next one where it `lingers` and there is room."""
        if not lingers or len(self._over) >= self._most:
            await _end(pooled)
            return
        loop = asyncio.get_running_loop()
        self._over.append((pooled, loop.time()))
        if self._timer is None:
            self._timer = loop.call_later(LINGERING, self._sweep)

    def close(self, _engine: object) -> None:
        """Close what lingers; called where the engine is disposed of, in its greenlet."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        while self._over:
            self._over.pop()[0].invalidate()
        for task in self._ending:
            task.cancel()  # which closes its connection
        if self._ending:
            await_only(asyncio.wait(self._ending))

    async def _taken(self, engine: AsyncEngine) -> tuple[PoolProxiedConnection, str]:
        """Take a connection; return it and what begins a transaction on it."""
        if self._over:
            return self._over.pop()[0], f"{END}; {self._begin}"
        return await _taken(engine), self._begin

    def _sweep(self) -> None:
        loop, self._timer = asyncio.get_running_loop(), None
        while self._over and self._over[0][1] <= loop.time() - LINGERING:
            task = loop.create_task(_end(self._over.pop(0)[0]))
            self._ending.add(task)
            task.add_done_callback(self._ending.discard)
        if self._over:
            self._timer = loop.call_later(LINGERING, self._sweep)


SNAPSHOTS: WeakKeyDictionary[Dialect, Snapshots] = WeakKeyDictionary()  # an engine's by its dialect


async def _taken(engine: AsyncEngine) -> PoolProxiedConnection:
    """Take a connection out of the pool; one that lies ready needs no detour by a greenlet."""
    pool = engine.sync_engine.pool
    if isinstance(pool, QueuePool) and pool.checkedin():
        with suppress(NoneReadyError):
            return pool.connect()
    return await engine.raw_connection()


async def _end(pooled: PoolProxiedConnection) -> None:
    """End the transaction, and give the connection back if it can be used again."""
    connection: Any = pooled.driver_connection
    try:
        await connection.execute(END)
    except BaseException as error:
        await asyncio.shield(greenlet_spawn(pooled.invalidate))
        if not isinstance(error, Exception):
            raise
        # Nothing was written, and what was read, was read.
    else:
        pooled.close()
