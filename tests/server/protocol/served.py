"""A server of a small application whose connections are bounded tightly, and raw clients of it."""

import asyncio
import socket
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from typing import Any

from server.protocol.bounds import Bounds, Config
from server.protocol.connection import Connection
from server.protocol.cycle import CANCELS
from server.protocol.server import Server

TIGHT = Bounds(
    connections=5,
    header_seconds=0.6,
    body_seconds=0.6,
    idle_seconds=0.6,
    answer_seconds=0.6,
    lead_seconds=0.4,
    drain_seconds=0.6,
)
PIECE = b"x" * 65_536


@dataclass
class App:
    """Answers 204; `/echo` the body's length, `/slow` after a second, `/large` with 64 MiB.

    `/left` wants to be cancelled with its client. `noted` is what came of requests.
    """

    noted: list[str] = field(default_factory=list[str])

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] != "http":
            return
        path = scope["path"]
        try:
            await self._answer(path, scope, receive, send)
        except asyncio.CancelledError:
            self.noted.append(f"cancelled {path}")
            raise
        self.noted.append(f"answered {path}")

    async def _answer(self, path: str, scope: Any, receive: Any, send: Any) -> None:
        if path == "/large":
            await _begin(send, 200)
            for _ in range(1024):
                await send({"type": "http.response.body", "body": PIECE, "more_body": True})
            await send({"type": "http.response.body", "body": b""})
            return
        if path == "/left":
            scope["extensions"][CANCELS](True)
        if path in ("/left", "/slow", "/slower"):
            await asyncio.sleep(30 if path == "/slower" else 1)
        length = await _length(receive) if path == "/echo" else 0
        body = str(length).encode() if path == "/echo" else b""
        await _begin(send, 200, (b"content-length", str(len(body)).encode()))
        await send({"type": "http.response.body", "body": body})


async def _begin(send: Any, status: int, *headers: tuple[bytes, bytes]) -> None:
    await send({"type": "http.response.start", "status": status, "headers": headers})


async def _length(receive: Any) -> int:
    length = 0
    while True:
        message = await receive()
        length += len(message.get("body", b""))
        if not message.get("more_body", False):
            return length


@dataclass
class Served:
    """A running server and its application."""

    port: int
    app: App
    server: Server

    @asynccontextmanager
    async def client(self) -> AsyncGenerator["Client"]:
        """Connect."""
        reader, writer = await asyncio.open_connection("127.0.0.1", self.port)
        try:
            yield Client(reader, writer)
        finally:
            writer.close()
            with suppress(OSError):
                await writer.wait_closed()

    async def emptied(self) -> None:
        """Wait until no connection is left."""
        async with asyncio.timeout(10):
            while self.server.server_state.connections:
                await asyncio.sleep(0.05)

    async def ask(self, text: bytes) -> bytes:
        """Send a text on a connection of its own, and return all that comes before its end."""
        async with self.client() as client:
            await client.send(text)
            return await client.rest()


@dataclass
class Client:
    """A raw connection."""

    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter

    async def send(self, data: bytes) -> None:
        """Send, as far as the server still takes it."""
        with suppress(OSError):
            self.writer.write(data)
            await self.writer.drain()

    async def rest(self, seconds: float = 10) -> bytes:
        """Return all that comes until the server ends the connection."""
        async with asyncio.timeout(seconds):
            return await self.reader.read(-1)

    async def head(self, seconds: float = 10) -> bytes:
        """Return the next head of a response."""
        async with asyncio.timeout(seconds):
            return await self.reader.readuntil(b"\r\n\r\n")


@asynccontextmanager
async def serving(bounds: Bounds = TIGHT) -> AsyncGenerator[Served]:
    """Serve the application on a free port."""
    app = App()
    config = Config(app, http=Connection, ws="none", log_config=None, lifespan="off")
    config.bounds = bounds
    server = Server(config)
    with socket.create_server(("127.0.0.1", 0)) as listener:
        running = asyncio.create_task(server.serve(sockets=[listener]))
        try:
            yield Served(listener.getsockname()[1], app, server)
        finally:
            server.should_exit = True
            await running
