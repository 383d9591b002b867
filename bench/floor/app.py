"""The floor's server: bare Starlette, a driver's pool, a snapshot a request, orjson."""

import asyncio
import time
from collections.abc import AsyncGenerator, Mapping
from contextlib import asynccontextmanager
from typing import Any

import aiosqlite
import asyncpg
import orjson
from sqlalchemy import make_url
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from auth.authenticate import Authenticator
from bench.floor import postgresql, sqlite
from bench.floor.queries import QUERIES, Ask
from bench.floor.statements import SUBJECT


def numbered(statements: Mapping[str, str], mark: str) -> dict[str, tuple[str, bool]]:
    """Return the statements, each with whether it asks by the rule; the numbers have no gaps."""
    found = dict[str, tuple[str, bool]]()
    for name, text in statements.items():
        ruled = f"{mark}2" in text
        found[name] = text, ruled
        for number in range(4, 9) if not ruled else ():
            found[name] = found[name][0].replace(f"{mark}{number}", f"{mark}{number - 2}"), ruled
    return found


class PostgreSQL:
    """Asks PostgreSQL through asyncpg's own pool."""

    subject = SUBJECT
    statements = {
        "admin": numbered(postgresql.ADMIN, "$"),
        "member": numbered(postgresql.MEMBER, "$"),
    }

    def __init__(self, url: str) -> None:
        parsed = make_url(url)
        self._options = {"host": parsed.query["host"], "user": parsed.username}
        self._options["database"] = parsed.database

    async def open(self) -> None:
        self._pool = await asyncpg.create_pool(
            **self._options,
            min_size=10,
            max_size=10,
            server_settings={"jit": "off"},
            reset=_nothing,
        )

    @asynccontextmanager
    async def snapshot(self) -> AsyncGenerator[Any]:
        async with self._pool.acquire() as connection:
            await connection.execute("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")
            try:
                yield connection.fetch
            finally:
                await connection.execute("COMMIT")

    @staticmethod
    def array(values: list[Any]) -> Any:
        return values

    @staticmethod
    def given(_name: str, values: Any) -> Any:
        """Return a statement's own values as the driver takes them."""
        return values


async def _nothing(_connection: Any) -> None:
    """What a connection needs when it comes back to the pool."""


class SQLite:
    """Asks SQLite through ten connections of aiosqlite's."""

    subject = sqlite.SUBJECT
    statements = {"admin": numbered(sqlite.ADMIN, "?"), "member": numbered(sqlite.MEMBER, "?")}

    def __init__(self, url: str) -> None:
        self._path, self._free = make_url(url).database, asyncio.LifoQueue[Any]()

    async def open(self) -> None:
        for _ in range(10):
            connection = await aiosqlite.connect(self._path, isolation_level=None)
            await connection.execute("PRAGMA mmap_size = 1073741824")
            await connection.execute("PRAGMA cache_size = -65536")
            self._free.put_nowait(connection)

    @asynccontextmanager
    async def snapshot(self) -> AsyncGenerator[Any]:
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
    def array(values: list[Any]) -> Any:
        return orjson.dumps(values).decode()

    @classmethod
    def given(cls, name: str, values: Any) -> Any:
        """Return a statement's own values: lists as JSON, those of parents as one."""
        if name == "projects":
            *columns, size = values
            return [cls.array(list(zip(*columns, strict=True))), size]
        return [cls.array(value) if isinstance(value, list) else value for value in values]


def create_floor(url: str, secret: bytes) -> Starlette:
    """Return the application: POST /Q1 to /Q5, with the same token as Freehold's."""
    database: Any = PostgreSQL(url) if url.startswith("postgresql") else SQLite(url)
    authenticator, known = Authenticator(secret), dict[str, Any]()

    async def answer(request: Request) -> Response:
        header = request.headers["authorization"]
        credential = known.get(header)
        if credential is None:
            credential = known[header] = await authenticator.authenticate(header)
        body = orjson.loads(await request.body())
        run, asked = QUERIES[request.path_params["query"]], body.get("arguments", ())
        async with database.snapshot() as fetch:
            rows = await fetch(database.subject, credential.org, credential.account)
            ask = _asking(database, fetch, credential.org, rows)
            data = await run(ask, credential.org, *asked)
        content = orjson.dumps({"data": data}, option=orjson.OPT_UTC_Z)
        return Response(content, media_type="application/json")

    @asynccontextmanager
    async def lifespan(_app: Starlette) -> AsyncGenerator[None]:
        await database.open()
        yield

    return Starlette(routes=[Route("/{query}", answer, methods=["POST"])], lifespan=lifespan)


def _asking(database: Any, fetch: Any, org: int, rows: Any) -> Ask:
    admin = any(row[2] == "admins" for row in rows)
    statements = database.statements["admin" if admin else "member"]
    asker = database.array([rows[0][0], *(row[1] for row in rows)]), time.time_ns() // 1000

    async def ask(name: str, *values: Any) -> Any:
        text, ruled = statements[name]
        given = database.given(name, values)
        return await fetch(text, org, *(asker if ruled else ()), *given)

    return ask
