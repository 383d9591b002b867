"""The floor's databases: ten connections of a driver's own, and a snapshot a request."""

# asyncpg brings no types.
# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false

import asyncio
from abc import ABC, abstractmethod
from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import Any, ClassVar, TypeAlias

import aiosqlite
import asyncpg
import orjson
from sqlalchemy import make_url

from bench.floor import postgresql, sqlite
from bench.floor.statements import SUBJECT, Statement, numbered
from db.postgresql import PLANNING
from db.postgresql import PostgreSQL as Backend

Fetch: TypeAlias = Callable[..., Awaitable[Any]]
CONNECTIONS = 10


class Database(ABC):
    """What the six queries need of a database, with its statements by the asker's kind."""

    subject: ClassVar[str]
    statements: ClassVar[Mapping[str, Mapping[str, Statement]]]

    @abstractmethod
    async def open(self) -> None:
        """Connect, in the loop that asks."""

    @abstractmethod
    async def close(self) -> None:
        """Close the connections, none of which is in use."""

    @abstractmethod
    def snapshot(self) -> AbstractAsyncContextManager[Fetch]:
        """Give what runs statements (the text, then its values) in one snapshot."""

    @staticmethod
    @abstractmethod
    def array(values: Sequence[Any]) -> Any:
        """Return numbers as one value."""

    @staticmethod
    @abstractmethod
    def given(name: str, values: Sequence[Any]) -> Sequence[Any]:
        """Return a statement's own values as the driver takes them."""


class PostgreSQL(Database):
    """Asks PostgreSQL through asyncpg's own pool."""

    subject = SUBJECT
    statements: ClassVar = {
        "admin": numbered(postgresql.ADMIN, "$"),
        "member": numbered(postgresql.MEMBER, "$"),
    }

    def __init__(self, url: str) -> None:
        self._url = url

    async def open(self) -> None:
        """Fill the pool."""
        self._pool: Any = await asyncpg.create_pool(
            self._url,
            min_size=CONNECTIONS,
            max_size=CONNECTIONS,
            server_settings=dict(PLANNING),
            reset=_nothing,
        )

    async def close(self) -> None:
        """Close the pool."""
        await self._pool.close()

    @asynccontextmanager
    async def snapshot(self) -> AsyncGenerator[Fetch]:
        """Give what runs statements in a transaction like Freehold's."""
        async with self._pool.acquire() as connection:
            await connection.execute(Backend.read)
            try:
                yield connection.fetch
            finally:
                await connection.execute("COMMIT")

    @staticmethod
    def array(values: Sequence[Any]) -> Any:
        """Return the numbers, which the driver takes as they are."""
        return values

    @staticmethod
    def given(name: str, values: Sequence[Any]) -> Sequence[Any]:  # noqa: ARG004 - as of SQLite
        """Return the values, which the driver takes as they are."""
        return values


async def _nothing(_connection: object) -> None:
    """What a connection needs when it comes back to the pool."""


class SQLite(Database):
    """Asks SQLite through connections of aiosqlite's."""

    subject = sqlite.SUBJECT
    statements: ClassVar = {
        "admin": numbered(sqlite.ADMIN, "?"),
        "member": numbered(sqlite.MEMBER, "?"),
    }

    def __init__(self, url: str) -> None:
        self._path = make_url(url).database or ""
        self._free = asyncio.LifoQueue[aiosqlite.Connection]()

    async def open(self) -> None:
        """Open the connections, set as Freehold's."""
        for _ in range(CONNECTIONS):
            connection = await aiosqlite.connect(self._path, isolation_level=None)
            await connection.execute("PRAGMA mmap_size = 1073741824")
            await connection.execute("PRAGMA cache_size = -65536")
            self._free.put_nowait(connection)

    async def close(self) -> None:
        """Close the connections."""
        while not self._free.empty():
            await self._free.get_nowait().close()

    @asynccontextmanager
    async def snapshot(self) -> AsyncGenerator[Fetch]:
        """Give what runs statements in a transaction."""
        connection = await self._free.get()
        await connection.execute("BEGIN")

        async def fetch(text: str, *values: Any) -> Any:
            return await connection.execute_fetchall(text, values)

        try:
            yield fetch
        finally:
            await connection.execute("COMMIT")
            self._free.put_nowait(connection)

    @staticmethod
    def array(values: Sequence[Any]) -> Any:
        """Return the numbers as JSON."""
        return orjson.dumps(values).decode()

    @staticmethod
    def given(name: str, values: Sequence[Any]) -> Sequence[Any]:
        """Return the values: lists as JSON, those of parents as one."""
        if name == "projects":
            *columns, size = values
            return [SQLite.array(list(zip(*columns, strict=True))), size]
        return [value if isinstance(value, int) else SQLite.array(value) for value in values]


def floor_database(url: str) -> Database:
    """Return the database of the URL; nothing connects yet."""
    return PostgreSQL(url) if url.startswith("postgresql") else SQLite(url)
