"""How an engine lends its connections: to reads and to changes, each to so many at once.

One pool of connections serves both. As neither gets more than its part, neither waits for the
other, however many of the other wait.
"""

import asyncio
import time
from collections.abc import AsyncGenerator, Hashable
from contextlib import asynccontextmanager
from weakref import WeakKeyDictionary

from sqlalchemy import Dialect
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from db.backend import Backend, Waits
from db.errors import Kind, is_crowded, trouble_of
from db.gate import Gate
from db.snapshots import Snapshots

SECONDS_BETWEEN_TRIES = 0.05


class Lending:
    """Lets reads and changes in.

    Changes of one Org come one after another, as they would wait for its lock anyway; on SQLite
    those of all Orgs do. The reads of one viewer fill at most half of what there is for reads.
    """

    def __init__(self, backend: Backend, waits: Waits, connections: int) -> None:
        writers = backend.writers or max(1, connections * 2 // 5)
        readers = max(1, connections - writers)
        self.backend, self.waits = backend, waits
        self.reads = Gate(readers, of_one=(readers + 1) // 2)
        self.changes = Gate(writers, of_one=1)
        most = connections // 2 if backend.lingering else 0
        self.snapshots = Snapshots(backend, most=most, wait=waits.wait)

    @asynccontextmanager
    async def changing(self, org: Hashable) -> AsyncGenerator[None]:
        """Let a change of the Org in when its turn has come; None is of no Org, or of all."""
        await self.changes.enter(org, self.waits.wait)
        try:
            yield
        finally:
            self.changes.leave(org)

    @asynccontextmanager
    async def reading(self, viewer: Hashable) -> AsyncGenerator[None]:
        """Let a read in when there is room for it."""
        await self.enter(viewer)
        try:
            yield
        finally:
            self.reads.leave(viewer)

    async def enter(self, viewer: Hashable) -> None:
        """Let a read of the viewer in; whoever calls it calls `reads.leave` once it is over."""
        if not self.reads.try_enter(viewer):
            await self.reads.enter(viewer, self.waits.wait)

    @asynccontextmanager
    async def dropping(self, connection: AsyncConnection) -> AsyncGenerator[None]:
        """Drop the connection if it is lost meanwhile, as nothing on it would come to an end."""
        try:
            yield
        except BaseException as error:
            if is_lost(error):
                self.backend.suspect()
                await connection.invalidate()
            raise

    async def begin_change(self, connection: AsyncConnection) -> None:
        """Set what the change needs, in its transaction, and look whether it would be kept."""
        pooled = await connection.get_raw_connection()
        await self.backend.begin_change(connection)
        self.backend.check(pooled.info)

    async def check(self, connection: AsyncConnection) -> None:
        """Look whether what was committed is where it will be looked for."""
        self.backend.check((await connection.get_raw_connection()).info)

    @asynccontextmanager
    async def connected(self, engine: AsyncEngine) -> AsyncGenerator[AsyncConnection]:
        """Give a connection that leads to the database."""
        until = time.monotonic() + self.waits.wait
        while True:
            async with closing(await self._connect(engine, until)) as connection:
                if await self.backend.lives(await connection.get_raw_connection()):
                    yield connection
                    return
                self.backend.suspect()
                await connection.invalidate()

    async def _connect(self, engine: AsyncEngine, until: float) -> AsyncConnection:
        """Connect; where the server has no connection left, wait for one of our own."""
        while True:
            try:
                return await engine.connect()
            except Exception as error:
                if not is_crowded(error) or time.monotonic() >= until:
                    raise
            await asyncio.sleep(SECONDS_BETWEEN_TRIES)


@asynccontextmanager
async def closing(connection: AsyncConnection) -> AsyncGenerator[AsyncConnection]:
    """Give a connection back whatever happens, and be it that whoever has it is cancelled."""
    try:
        yield connection
    finally:
        await asyncio.shield(asyncio.create_task(connection.close()))


def is_lost(error: BaseException) -> bool:
    """Return whether a connection is to be given up: it doesn't answer, or takes no changes."""
    trouble = trouble_of(error)
    silent = isinstance(error, TimeoutError)
    return silent or (trouble is not None and trouble.kind is Kind.READ_ONLY)


POOLS: WeakKeyDictionary[Dialect, Lending] = WeakKeyDictionary()  # an engine's, by its dialect
