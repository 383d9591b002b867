"""The transactions of reads, on connections out of an engine's pool: how they begin and end.

On PostgreSQL a read that is over leaves its transaction open for a moment. The next read ends it
and begins its own in one round trip.
"""

import asyncio
import time
from contextlib import suppress

from sqlalchemy import PoolProxiedConnection, QueuePool
from sqlalchemy.ext.asyncio import AsyncEngine
from sqlalchemy.util.concurrency import await_only, greenlet_spawn

from db.backend import Backend
from db.errors import TroubleError, is_crowded

END = "COMMIT"
LINGERING = 0.02  # seconds
WORKED = "worked"  # the mark of a connection on which a transaction began
SECONDS_BETWEEN_TRIES = 0.05


class NoneReadyError(Exception):
    """The pool has no open connection to give at once."""


class Snapshots:
    """The snapshots of one engine; `most` may linger, out of the pool, when their reads are over.

    A timer ends those that no read takes.
    """

    def __init__(self, backend: Backend, *, most: int, wait: float) -> None:
        self._backend, self._most, self._wait = backend, most, wait
        self._over: list[tuple[PoolProxiedConnection, float]] = []  # since when; the oldest first
        self._ending = dict[asyncio.Task[None], PoolProxiedConnection]()
        self._timer: asyncio.TimerHandle | None = None

    async def begin(self, engine: AsyncEngine) -> PoolProxiedConnection:
        """Begin on a connection that has worked if one has; one that broke since is replaced."""
        while True:
            pooled, begin = await self._taken(engine)
            info = pooled.info
            worked = WORKED in info
            try:
                await self._backend.execute(pooled.driver_connection, begin)
                self._backend.check(info)
            except BaseException as error:
                await self._drop(pooled, error)
                if worked and isinstance(error, Exception) and not isinstance(error, TroubleError):
                    continue
                raise
            info[WORKED] = True
            return pooled

    async def end(self, pooled: PoolProxiedConnection, *, lingers: bool) -> None:
        """End a read, or leave that to the next one where it `lingers` and there is room."""
        if not lingers or len(self._over) >= self._most:
            await self._end(pooled)
            return
        loop = asyncio.get_running_loop()
        self._over.append((pooled, loop.time()))
        if self._timer is None:
            self._timer = loop.call_later(LINGERING, self._sweep)

    async def drop(self, pooled: PoolProxiedConnection) -> None:
        """Give up a connection whose database doesn't answer, and suspect all others."""
        self._backend.suspect()
        await asyncio.shield(greenlet_spawn(pooled.invalidate))

    def close(self, _engine: object) -> None:
        """Close what lingers; called where the engine is disposed of, in its greenlet."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        while self._over:
            self._over.pop()[0].invalidate()
        ending = dict(self._ending)
        for task in ending:
            task.cancel()  # which closes its connection, unless the task hadn't begun
        if ending:
            await_only(asyncio.wait(ending))
        for pooled in ending.values():
            if pooled.is_valid:
                pooled.invalidate()

    async def _taken(self, engine: AsyncEngine) -> tuple[PoolProxiedConnection, str]:
        """Take a connection; return it and what begins a transaction on it."""
        while self._over:
            pooled = self._over.pop()[0]
            if self._backend.is_fit(pooled):
                return pooled, f"{END}; {self._backend.read}"
            await asyncio.shield(greenlet_spawn(pooled.invalidate))
        return await self._connected(engine), self._backend.read

    async def _connected(self, engine: AsyncEngine) -> PoolProxiedConnection:
        """Take one out of the pool; where the server has none left, wait for one of our own."""
        until = time.monotonic() + self._wait
        while True:
            try:
                return await _ready(engine)
            except Exception as error:
                if not is_crowded(error) or time.monotonic() >= until:
                    raise
            await asyncio.sleep(SECONDS_BETWEEN_TRIES)

    async def _drop(self, pooled: PoolProxiedConnection, error: BaseException) -> None:
        if isinstance(error, TimeoutError):
            self._backend.suspect()
        await asyncio.shield(greenlet_spawn(pooled.invalidate))

    async def _end(self, pooled: PoolProxiedConnection) -> None:
        """End the transaction, and give the connection back if it can be used again."""
        try:
            await self._backend.execute(pooled.driver_connection, END)
        except BaseException as error:
            await self._drop(pooled, error)
            if not isinstance(error, Exception):
                raise
            # Nothing was written, and what was read, was read.
        else:
            pooled.close()

    def _sweep(self) -> None:
        loop, self._timer = asyncio.get_running_loop(), None
        while self._over and self._over[0][1] <= loop.time() - LINGERING:
            pooled, _ = self._over.pop(0)
            task = loop.create_task(self._end(pooled))
            self._ending[task] = pooled
            task.add_done_callback(self._ending.pop)
        if self._over:
            self._timer = loop.call_later(LINGERING, self._sweep)


async def _ready(engine: AsyncEngine) -> PoolProxiedConnection:
    """Take a connection out of the pool; one that lies ready needs no detour by a greenlet."""
    pool = engine.sync_engine.pool
    if isinstance(pool, QueuePool) and pool.checkedin():
        with suppress(NoneReadyError):
            return pool.connect()
    return await engine.raw_connection()
