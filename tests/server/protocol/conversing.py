"""A server of connections alone, in front of a small application, and raw clients of it."""

import asyncio
import socket
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field, replace
from typing import Any

from server.protocol.bounds import Bounds, Config
from server.protocol.connection import Connection
from server.protocol.cycle import CANCELS
from server.protocol.server import Server

GET = b"GET / HTTP/1.1\r\nHost: here\r\n\r\n"
CLOSED = b""


@dataclass
class Small:
    """An application that answers at once, late, or at length, as the path asks."""

    answered: int = 0
    cancelled: int = 0
    broken_off: int = 0
    begun: asyncio.Event = field(default_factory=asyncio.Event)
    go_on: asyncio.Event = field(default_factory=asyncio.Event)

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """Answer a request, or follow the start and stop."""
        if scope["type"] == "lifespan":
            await self._live(receive, send)
            return
        body = await self._body(receive) if scope["method"] == "POST" else b""
        if body is None:
            self.broken_off += 1
            return
        try:
            await self._do(scope)
        except asyncio.CancelledError:
            self.cancelled += 1
            raise
        self.answered += 1
        content = b"x" * 32 * 2**20 if scope["path"] == "/long" else b"%d" % len(body)
        headers = [(b"content-length", b"%d" % len(content))]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": content})

    async def _do(self, scope: Any) -> None:
        if scope["path"] in ("/late", "/query"):
            scope["extensions"][CANCELS](scope["path"] == "/query")
            self.begun.set()
            await self.go_on.wait()

    async def _body(self, receive: Any) -> bytes | None:
        body, more = b"", True
        while more:
            message = await receive()
            if message["type"] == "http.disconnect":
                return None
            body, more = body + message["body"], message["more_body"]
        return body

    async def _live(self, receive: Any, send: Any) -> None:
        for word in ("startup", "shutdown"):
            assert (await receive())["type"] == f"lifespan.{word}"
            await send({"type": f"lifespan.{word}.complete"})


@dataclass
class Talk:
    """A server, its application and its clients."""

    server: Server
    small: Small
    port: int
    writers: list[asyncio.StreamWriter] = field(default_factory=list)

    async def open(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        """Connect."""
        reader, writer = await asyncio.open_connection("127.0.0.1", self.port)
        self.writers.append(writer)
        return reader, writer

    async def say(self, data: bytes) -> bytes:
        """Send this on a connection of its own; return all that is answered until it is closed."""
        reader, writer = await self.open()
        writer.write(data)
        found = await asyncio.wait_for(reader.read(), 20)
        writer.close()
        return found


@asynccontextmanager
async def talking(**bounds: Any) -> AsyncGenerator[Talk]:
    """Serve within these bounds, until the end of the block."""
    small = Small()
    config = Config(
        small, http=Connection, ws="none", log_config=None, access_log=False, server_header=False
    )
    config.bounds = replace(Bounds(lead_seconds=0, drain_seconds=0.5), **bounds)
    server = Server(config)
    with socket.create_server(("127.0.0.1", 0)) as listener:
        # Without signals, which uvicorn's public way takes over.
        serving = asyncio.create_task(
            server._serve([listener])  # noqa: SLF001 # pyright: ignore[reportPrivateUsage]
        )
        while not server.started:  # noqa: ASYNC110 - uvicorn has no event for it
            await asyncio.sleep(0.01)
        talk = Talk(server, small, listener.getsockname()[1])
        yield talk
        for writer in talk.writers:
            writer.close()
            with suppress(ConnectionError):
                await writer.wait_closed()
        server.should_exit = True
        await serving
