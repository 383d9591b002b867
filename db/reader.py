"""Two ways to read rows: straight from a driver, in a snapshot, or within a change that is open."""

from abc import ABC, abstractmethod
from collections.abc import Awaitable, Callable, Mapping, Sequence
from functools import lru_cache
from typing import Any, NamedTuple

from sqlalchemy import Dialect, make_url
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from db.engine import DRIVERS
from db.queries import POSTGRESQL, SQLITE, AnySelect
from db.snapshots import SNAPSHOTS
from db.stream import Row, Take, stream
from db.tenancy import check_compiled

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

    def __init__(self, connection: Any, ask: Callable[..., Awaitable[Sequence[Row]]]) -> None:
        self._connection, self._ask = connection, ask

    async def fetch(self, statement: AnySelect, parameters: Mapping[str, Any]) -> Sequence[Row]:
        """Return the statement's rows: one round trip, on SQLite one visit to its thread."""
        prepared = prepare(statement, self.dialect, parameters.get("limit"))
        try:
            return await self._ask(prepared.text, *prepared.arguments(parameters))
        except Exception as error:
            error.add_note(f"[SQL: {prepared.text}]")
            raise


class SQLiteReader(DriverReader):
    """Reads by aiosqlite: booleans are 0 and 1."""

    dialect = SQLITE

    def __init__(self, connection: Any) -> None:
        def ask(text: str, *arguments: Any) -> Awaitable[Sequence[Row]]:
            rows: Awaitable[Sequence[Row]] = connection.execute_fetchall(text, arguments)
            return rows

        super().__init__(connection, ask)


class PostgreSQLReader(DriverReader):
    """Reads by asyncpg."""

    dialect = POSTGRESQL

    def __init__(self, connection: Any) -> None:
        super().__init__(connection, connection.fetch)

    async def stream(self, statement: AnySelect, parameters: Mapping[str, Any], take: Take) -> None:
        """Give the statement's rows to `take` while the database goes on."""
        prepared = prepare(statement, self.dialect, parameters.get("limit"))
        try:
            await stream(self._connection, prepared.text, prepared.arguments(parameters), take)
        except Exception as error:
            error.add_note(f"[SQL: {prepared.text}]")
            raise


class Prepared(NamedTuple):
    """A statement as text, the names of its parameters in order, and the values it brings."""

    text: str
    names: tuple[str, ...]
    own: Mapping[str, Any]

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
    return Prepared(state.statement, tuple(state.positiontup), own)


@lru_cache(PREPARED_STATEMENTS)
def _compiled(statement: AnySelect, dialect: str) -> Any:
    """Compile a statement and check its tenancy, once for the same object."""
    compiled = statement.compile(dialect=DIALECTS[dialect])
    check_compiled(compiled)
    return compiled


READERS: Mapping[str, Callable[[Any], DriverReader]] = {
    POSTGRESQL: PostgreSQLReader,
    SQLITE: SQLiteReader,
}


class read:  # noqa: N801 - called like a function
    """Gives a reader of one snapshot, by a driver's connection out of the engine's pool."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine, self._snapshots = engine, SNAPSHOTS[engine.dialect]

    async def __aenter__(self) -> DriverReader:
        self._pooled = await self._snapshots.begin(self._engine)
        return READERS[self._engine.dialect.name](self._pooled.driver_connection)

    async def __aexit__(self, error_type: type[BaseException] | None, *_: object) -> None:
        await self._snapshots.end(self._pooled, lingers=error_type is None)
