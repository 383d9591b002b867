"""A way to PostgreSQL that can lose connections without a word, as the network in between does."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager, suppress

from sqlalchemy import URL, make_url

PART = 65_536


class Proxy:
    """Passes bytes on, except of connections that it was told to lose: these stay open, silent."""

    def __init__(self, url: str) -> None:
        self._target = make_url(url)
        self._tasks = set[asyncio.Task[None]]()
        self._lost = asyncio.Event()
        self.stands_still = False  # whether connections made now are silent, too
        self.port = 0

    @property
    def url(self) -> str:
        """The URL that leads through it."""
        through: URL = self._target.set(host="127.0.0.1", port=self.port, query={})
        return through.render_as_string(hide_password=False)

    def lose(self) -> None:
        """Lose all connections that are open now; those that come later are passed on."""
        self._lost.set()
        self._lost = asyncio.Event()

    async def take(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Take a connection."""
        task = asyncio.current_task()
        assert task
        self._tasks.add(task)
        try:
            await self._take(reader, writer)
        finally:
            writer.transport.abort()
            self._tasks.discard(task)

    async def _take(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        lost = self._lost
        if self.stands_still:
            await asyncio.Event().wait()
        there, back = await self._connect()
        try:
            async with asyncio.TaskGroup() as group:
                group.create_task(_pass(reader, back, lost))
                group.create_task(_pass(there, writer, lost))
        finally:
            back.transport.abort()

    async def close(self) -> None:
        """End all that goes through it."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await asyncio.sleep(0)  # in which what was aborted is closed

    async def _connect(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        folder = self._target.query.get("host")
        if isinstance(folder, str) and folder.startswith("/"):
            return await asyncio.open_unix_connection(f"{folder}/.s.PGSQL.5432")
        return await asyncio.open_connection(self._target.host, self._target.port or 5432)


async def _pass(
    reader: asyncio.StreamReader, writer: asyncio.StreamWriter, lost: asyncio.Event
) -> None:
    with suppress(OSError):
        while part := await reader.read(PART):
            if lost.is_set():
                await asyncio.Event().wait()
            writer.write(part)
            await writer.drain()
    if lost.is_set():
        await asyncio.Event().wait()
    writer.close()


@asynccontextmanager
async def through_a_proxy(url: str) -> AsyncGenerator[Proxy]:
    """Give a proxy to the server of the URL."""
    proxy = Proxy(url)

    async def take(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(asyncio.CancelledError):
            await proxy.take(reader, writer)

    server = await asyncio.start_server(take, "127.0.0.1", 0)
    proxy.port = server.sockets[0].getsockname()[1]
    try:
        yield proxy
    finally:
        server.close()
        await proxy.close()
