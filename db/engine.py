"""Engines for both databases, and two ways to use one: a snapshot to read, a change to write."""

from collections.abc import AsyncGenerator, Callable, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import orjson
from sqlalchemy import URL, Connection, event, make_url
from sqlalchemy.exc import ArgumentError, DisconnectionError, IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine
from sqlalchemy.util.concurrency import in_greenlet

from db.conflicts import violates_a_primary_key
from db.errors import UnfitError
from db.snapshots import SNAPSHOTS, NoneReadyError, Snapshots
from db.tenancy import check_tenancy
from db.version import check_changeable

DRIVERS = {
    "sqlite": "sqlite+aiosqlite",
    "postgresql": "postgresql+asyncpg",
    "postgres": "postgresql+asyncpg",
}
# One snapshot a read. SQLite's is fixed by the first statement after an explicit BEGIN.
READ: dict[str, dict[str, Any]] = {
    "sqlite": {"begin": "BEGIN"},
    "postgresql": {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True},
}
# SQLite's write lock is taken by BEGIN; on PostgreSQL `db.revision.advance` locks the Org's row.
WRITE: dict[str, dict[str, Any]] = {"sqlite": {"begin": "BEGIN IMMEDIATE"}, "postgresql": {}}
SQLITE_SETTINGS = (
    "PRAGMA journal_mode = WAL",
    "PRAGMA synchronous = FULL",  # an acknowledged change survives a power cut
    "PRAGMA foreign_keys = ON",
    "PRAGMA cache_size = -65536",  # KiB
    "PRAGMA mmap_size = 1073741824",
)
# Compiling just in time costs more than it gives on statements this short. As a rule, what they
# read by an index lies in memory; taking it for four times as dear, PostgreSQL sorts all spaces.
PLANNING: Mapping[str, str] = {"jit": "off", "random_page_cost": "1.1"}
BEHIND = (
    "The database is damaged: its counters lie behind what is in it. Nothing was changed; whoever "
    "runs this server should run `freehold doctor --deep` and restore a backup."
)
SECONDS_TO_CONNECT = 5
SECONDS_TO_WAIT_FOR_A_WRITER = 30


class DatabaseUrlError(ValueError):
    """The database's URL can't be used; the message says which forms can."""


def database_url(text: str) -> URL:
    """Read `sqlite:///path.db` or `postgresql://user@host/name` and choose the driver."""
    try:
        url = make_url(text)
    except (ArgumentError, ValueError):  # the latter quotes what it takes for the port
        raise DatabaseUrlError(_forms("The database URL can't be read")) from None
    scheme = url.drivername.partition("+")[0]
    if scheme not in DRIVERS or (scheme == "sqlite" and not _names_a_file(url)):
        raise DatabaseUrlError(_forms(f"The database URL {url.render_as_string()!r} won't do"))
    return url.set(drivername=DRIVERS[scheme])


def _names_a_file(url: URL) -> bool:
    return url.database not in (None, "", ":memory:") and "uri" not in url.query


def _forms(problem: str) -> str:
    return f"{problem}: use sqlite:///path.db or postgresql://user@host/name."


def open_engine(text: str, *, connections: int = 10) -> AsyncEngine:
    """Open an engine for the URL; nothing connects yet."""
    url = database_url(text)
    sqlite = url.get_backend_name() == "sqlite"
    engine = create_async_engine(
        url,
        pool_size=connections,
        max_overflow=0,
        pool_use_lifo=True,  # the connection that has just worked has all at hand
        pool_reset_on_return=None,  # whoever begins a transaction ends it
        connect_args=_sqlite_arguments(url) if sqlite else _postgresql_arguments(),
        json_serializer=_json,
        hide_parameters=True,  # errors and their logs tell no values
    )
    if sqlite:
        event.listen(engine.sync_engine, "connect", _prepare_sqlite)
        event.listen(engine.sync_engine, "begin", _begin_sqlite)
    else:
        event.listen(engine.sync_engine, "checkout", _refuse_closed)
    event.listen(engine.sync_engine, "do_connect", _refuse_where_nothing_can_wait)
    event.listen(engine.sync_engine, "before_cursor_execute", check_tenancy)
    snapshots = Snapshots(engine.dialect.name, most=0 if sqlite else connections // 2)
    event.listen(engine.sync_engine, "engine_disposed", snapshots.close)
    SNAPSHOTS[engine.dialect] = snapshots
    return engine


def _json(value: object) -> str:
    return orjson.dumps(value).decode()


def _sqlite_arguments(url: URL) -> dict[str, Any]:
    Path(url.database or "").parent.mkdir(parents=True, exist_ok=True)
    return {"timeout": SECONDS_TO_WAIT_FOR_A_WRITER}


def _postgresql_arguments() -> dict[str, Any]:
    settings = {"application_name": "freehold", **PLANNING}
    return {"timeout": SECONDS_TO_CONNECT, "server_settings": settings}


def _refuse_closed(connection: Any, _record: object, _proxy: object) -> None:
    """Make the pool open another connection in place of one that the server has closed."""
    if connection.driver_connection.is_closed():
        raise DisconnectionError


def _refuse_where_nothing_can_wait(*_: object) -> None:
    """Let nothing connect outside of SQLAlchemy's greenlets, where connecting can't be awaited."""
    if not in_greenlet():
        raise NoneReadyError


def _prepare_sqlite(connection: Any, _record: object) -> None:
    connection.isolation_level = None  # the driver begins nothing by itself
    cursor = connection.cursor()
    try:
        for setting in SQLITE_SETTINGS:
            cursor.execute(setting)
        cursor.close()
    except BaseException:  # whatever it is, nobody else would close it
        connection.close()
        raise


def _begin_sqlite(connection: Connection) -> None:
    connection.exec_driver_sql(connection.get_execution_options().get("begin", "BEGIN"))


@asynccontextmanager
async def snapshot(engine: AsyncEngine) -> AsyncGenerator[AsyncConnection, None]:
    """Give a connection on which all statements see the database at one moment."""
    reader = engine.execution_options(**READ[engine.dialect.name])
    async with reader.connect() as connection, connection.begin():
        yield connection


@asynccontextmanager
async def change(engine: AsyncEngine) -> AsyncGenerator[AsyncConnection, None]:
    """Give a connection whose changes are committed at the end, or none of them on an error.

    UnfitError where the database isn't at this Freehold's version, or where its counters lie behind
    what is in it.
    """
    async with write(engine) as connection:
        await check_changeable(connection)
        try:
            yield connection
        except IntegrityError as error:
            if violates_a_primary_key(error):
                raise UnfitError(BEHIND) from error
            raise


@asynccontextmanager
async def write(engine: AsyncEngine) -> AsyncGenerator[AsyncConnection, None]:
    """Give a connection as `change` does, to a database of any version."""
    writer = engine.execution_options(**WRITE[engine.dialect.name])
    async with writer.connect() as connection, connection.begin():
        yield connection


def noting(engine: AsyncEngine, note: Callable[[], None]) -> AsyncEngine:
    """Return an engine on the same pool that notes each statement run by it but BEGIN.

    What is read by a driver itself is run by no engine.
    """
    noting = engine.execution_options()

    def each(_connection: Connection, _cursor: object, statement: str, *_: Any) -> None:
        if not statement.startswith("BEGIN"):
            note()

    event.listen(noting.sync_engine, "before_cursor_execute", each)
    return noting
