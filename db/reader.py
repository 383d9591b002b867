"""Two ways to read rows: straight from a driver, in a snapshot, or within a change that is open."""

import asyncio
from abc import ABC, abstractmethod
from collections.abc import Awaitable, Callable, Hashable, Mapping, Sequence
from functools import lru_cache
from typing import Any, NamedTuple

from sqlalchemy import Dialect, PoolProxiedConnection, make_url
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from db.budget import Budget, long_columns
from db.lending import POOLS
from db.queries import POSTGRESQL, SQLITE, AnySelect
from db.sqlite import DEADLINE, Deadline
from db.stream import Row, Take, stream
from db.tenancy import check_compiled
from db.urls import DRIVERS

DIALECTS: Mapping[str, Dialect] = {
    name: make_url(f"{driver}://").get_dialect()() for name, driver in DRIVERS.items()
}
PREPARED_STATEMENTS = 2048


class Reader(ABC):
    """Runs statements one at a time; all of them see the database at one moment."""

    dialect: str

    @abstractmethod
    async def fetch(self, statement: AnySelect, parameters: Mapping[str, Any]) -> Sequence[Row]:
        """Return the statement's rows, each a sequence of the columns in their order."""

    async def stream(self, statement: AnySelect, parameters: Mapping[str, Any], take: Take) -> None:
        """Give the statement's rows to `take`, in parts as they come where that is possible."""
        take(await self.fetch(statement, parameters))


class ConnectionReader(Reader):
    """Reads what a connection of SQLAlchemy's sees in its transaction."""

    def __init__(self, connection: AsyncConnection) -> None:
        self.dialect = connection.dialect.name
        self._connection = connection

    async def fetch(self, statement: AnySelect, parameters: Mapping[str, Any]) -> Sequence[Row]:
        """Return the statement's rows."""
        return (await self._connection.execute(statement, parameters)).all()


class DriverReader(Reader):
    """Reads by the driver itself, whose rows come unconverted."""

    def __init__(self, ask: Callable[..., Awaitable[Sequence[Row]]]) -> None:
        self._ask = ask
        self.is_lost = False  # whether the database no longer answers
        self.budget = Budget()

    async def fetch(self, statement: AnySelect, parameters: Mapping[str, Any]) -> Sequence[Row]:
        """Return the statement's rows: one round trip, on SQLite one visit to its thread."""
        prepared = prepare(statement, self.dialect, parameters.get("limit"))
        try:
            if prepared.long:
                return await self._in_parts(prepared, parameters)
            return await self._ask(prepared.text, *prepared.arguments(parameters))
        except Exception as error:
            self.note(error, prepared.text)
            raise

    async def _in_parts(self, prepared: "Prepared", parameters: Mapping[str, Any]) -> Sequence[Row]:
        """Return the rows of a statement with long values, as far as they are within the budget."""
        rows: list[Row] = []
        await self.take_in_parts(prepared, parameters, rows.extend)
        return rows

    @abstractmethod
    async def take_in_parts(
        self, prepared: "Prepared", parameters: Mapping[str, Any], take: Take
    ) -> None:
        """Give rows with long values to `take`, no more at once than are good for the memory."""

    def note(self, error: Exception, text: str) -> None:
        """Note what went wrong with a statement."""
        error.add_note(f"[SQL: {text}]")
        self.is_lost = isinstance(error, TimeoutError)


class SQLiteReader(DriverReader):
    """Reads by aiosqlite: booleans are 0 and 1. A statement that nobody waits for is stopped."""

    dialect = SQLITE

    def __init__(self, pooled: PoolProxiedConnection, seconds: float | None) -> None:
        connection: Any = pooled.driver_connection
        deadline: Deadline = pooled.info[DEADLINE]
        self._connection, self._deadline, self._seconds = connection, deadline, seconds

        async def ask(text: str, *arguments: Any) -> Sequence[Row]:
            deadline.set(seconds)
            try:
                rows: Sequence[Row] = await connection.execute_fetchall(text, arguments)
            except asyncio.CancelledError:
                deadline.stop()
                raise
            return rows

        super().__init__(ask)

    async def take_in_parts(
        self, prepared: "Prepared", parameters: Mapping[str, Any], take: Take
    ) -> None:
        """Give the rows to `take` as a cursor brings them."""
        self._deadline.set(self._seconds)
        try:
            cursor = await self._connection.execute(prepared.text, prepared.arguments(parameters))
            try:
                await self.budget.fetch(cursor.fetchmany, prepared.long, take)
            finally:
                await cursor.close()
        except asyncio.CancelledError:
            self._deadline.stop()
            raise


class PostgreSQLReader(DriverReader):
    """Reads by asyncpg."""

    dialect = POSTGRESQL

    def __init__(self, pooled: PoolProxiedConnection, _seconds: float | None) -> None:
        connection: Any = pooled.driver_connection
        self._connection = connection
        super().__init__(connection.fetch)

    async def take_in_parts(
        self, prepared: "Prepared", parameters: Mapping[str, Any], take: Take
    ) -> None:
        """Give the rows to `take` as a portal brings them."""
        portal = await self._connection.cursor(prepared.text, *prepared.arguments(parameters))
        await self.budget.fetch(portal.fetch, prepared.long, take)

    async def stream(self, statement: AnySelect, parameters: Mapping[str, Any], take: Take) -> None:
        """Give the statement's rows to `take` while the database goes on."""
        prepared = prepare(statement, self.dialect, parameters.get("limit"))
        try:
            if prepared.long:
                await self.take_in_parts(prepared, parameters, take)
                return
            await stream(self._connection, prepared.text, prepared.arguments(parameters), take)
        except Exception as error:
            self.note(error, prepared.text)
            raise


class Prepared(NamedTuple):
    """A statement as text, the names of its parameters in order, and the values it brings.

    `long` are the places of its columns whose values may be long.
    """

    text: str
    names: tuple[str, ...]
    own: Mapping[str, Any]
    long: tuple[int, ...] = ()

    def arguments(self, parameters: Mapping[str, Any]) -> list[Any]:
        """Return the values in the statement's order."""
        own = self.own
        return [parameters[name] if name in parameters else own[name] for name in self.names]


@lru_cache(PREPARED_STATEMENTS)
def prepare(statement: AnySelect, dialect: str, limit: int | None = None) -> Prepared:
    """Return a statement's text, which tells a limit as a literal, and what else it needs."""
    compiled = _compiled(statement, dialect)
    asked = {bound.key: None for bound in compiled.bind_names if bound.required}
    state = compiled.construct_expanded_state({**asked, "limit": limit})
    own = {name: value for name, value in state.parameters.items() if name not in asked}
    return Prepared(state.statement, tuple(state.positiontup), own, long_columns(statement))


@lru_cache(PREPARED_STATEMENTS)
def _compiled(statement: AnySelect, dialect: str) -> Any:
    """Compile a statement and check its tenancy, once for the same object."""
    compiled = statement.compile(dialect=DIALECTS[dialect])
    check_compiled(compiled)
    return compiled


READERS: Mapping[str, Callable[[PoolProxiedConnection, float | None], DriverReader]] = {
    POSTGRESQL: PostgreSQLReader,
    SQLITE: SQLiteReader,
}


class read:  # noqa: N801 - called like a function
    """Gives a reader of one snapshot, by a driver's connection out of the engine's pool.

    Of one viewer, so many read at once; TroubleError where the rest waits for too long.
    """

    def __init__(self, engine: AsyncEngine, viewer: Hashable = None) -> None:
        self._engine, self._lending, self._viewer = engine, POOLS[engine.dialect], viewer

    async def __aenter__(self) -> DriverReader:
        lending = self._lending
        await lending.enter(self._viewer)
        try:
            self._pooled = await lending.snapshots.begin(self._engine)
        except BaseException:  # whatever it is, nobody else would leave
            lending.reads.leave(self._viewer)
            raise
        make = READERS[self._engine.dialect.name]
        self._reader = make(self._pooled, lending.waits.statement)
        return self._reader

    async def __aexit__(self, error_type: type[BaseException] | None, *_: object) -> None:
        self._reader.budget.close()
        try:
            if self._reader.is_lost:
                await self._lending.snapshots.drop(self._pooled)
            else:
                await self._lending.snapshots.end(self._pooled, lingers=error_type is None)
        finally:
            self._lending.reads.leave(self._viewer)
