"""The quick way to read: a driver's own connection out of the pool, in one snapshot.

SQLAlchemy builds and compiles the statements, once each, and pools the connections; rows come
straight from the driver as tuples, unconverted. So SQLite's booleans are 0 and 1.
"""

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from functools import lru_cache
from typing import Any, NamedTuple, Protocol, TypeAlias

from sqlalchemy import Dialect, Select
from sqlalchemy.dialects.postgresql.asyncpg import dialect as postgresql_dialect
from sqlalchemy.dialects.sqlite.aiosqlite import dialect as sqlite_dialect
from sqlalchemy.ext.asyncio import AsyncEngine

from db.queries import POSTGRESQL, SQLITE
from db.tenancy import check_statement

Row: TypeAlias = Sequence[Any]
DIALECTS: Mapping[str, Dialect] = {POSTGRESQL: postgresql_dialect(), SQLITE: sqlite_dialect()}
BEGIN = {POSTGRESQL: "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY", SQLITE: "BEGIN"}


class Prepared(NamedTuple):
    """A statement as text, the names of its parameters in order, and the values it brings."""

    text: str
    names: tuple[str, ...]
    constants: Mapping[str, Any]

    def arguments(self, parameters: Mapping[str, Any]) -> list[Any]:
        """Return the values in the statement's order."""
        return [
            parameters[name] if name in parameters else self.constants[name] for name in self.names
        ]


@lru_cache(2048)
def prepare(statement: Select[Any], dialect: str) -> Prepared:
    """Compile a statement, after the tenant check; the same object is compiled only once."""
    check_statement(statement)
    compiled = statement.compile(
        dialect=DIALECTS[dialect], compile_kwargs={"render_postcompile": True}
    )
    return Prepared(str(compiled), tuple(compiled.positiontup or ()), compiled.params)


class Reader(Protocol):
    """A snapshot, and the statements that see it."""

    dialect: str

    async def fetch(self, statement: Select[Any], parameters: Mapping[str, Any]) -> Sequence[Row]:
        """Return the statement's rows."""
        ...


class PostgreSQLReader:
    """Reads by asyncpg."""

    dialect = POSTGRESQL

    def __init__(self, connection: Any) -> None:
        self._connection = connection

    async def fetch(self, statement: Select[Any], parameters: Mapping[str, Any]) -> Sequence[Row]:
        """Return the statement's rows, in one round trip once it was prepared."""
        prepared = prepare(statement, POSTGRESQL)
        rows: list[Row] = await self._connection.fetch(
            prepared.text, *prepared.arguments(parameters)
        )
        return rows


class SQLiteReader:
    """Reads by aiosqlite, whose thread is asked once a statement."""

    dialect = SQLITE

    def __init__(self, connection: Any) -> None:
        self._connection = connection

    async def fetch(self, statement: Select[Any], parameters: Mapping[str, Any]) -> Sequence[Row]:
        """Return the statement's rows, in one hop to the thread and back."""
        prepared = prepare(statement, SQLITE)
        rows: list[Row] = await self._connection.execute_fetchall(
            prepared.text, prepared.arguments(parameters)
        )
        return rows


READERS = {POSTGRESQL: PostgreSQLReader, SQLITE: SQLiteReader}


@asynccontextmanager
async def read(engine: AsyncEngine) -> AsyncIterator[Reader]:
    """Give a reader whose statements all see the database at one moment."""
    dialect = engine.dialect.name
    pooled = await engine.raw_connection()
    try:
        connection = pooled.driver_connection
        await connection.execute(BEGIN[dialect])
        try:
            yield READERS[dialect](connection)
        finally:
            await connection.execute("ROLLBACK")
    finally:
        pooled.close()
