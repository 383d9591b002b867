"""Engines for both databases, and two ways to use one: a snapshot to read, a change to write."""

from collections.abc import AsyncGenerator, Callable, Hashable
from contextlib import asynccontextmanager
from typing import Any

import orjson
from sqlalchemy import Connection, NullPool, event
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine
from sqlalchemy.util.concurrency import in_greenlet

from db.backend import Backend, Waits
from db.conflicts import takes_a_used_number
from db.errors import UnfitError
from db.lending import POOLS, Lending
from db.postgresql import BEHIND_PGBOUNCER, PostgreSQL
from db.snapshots import NoneReadyError
from db.sqlite import SQLite
from db.tenancy import check_tenancy
from db.urls import database_url
from db.version import check_changeable

BACKENDS: dict[str, Callable[..., Backend]] = {"sqlite": SQLite, "postgresql": PostgreSQL}
UNBOUNDED = Waits()
BEHIND = (
    "The database is damaged: its counters lie behind what is in it. Nothing was changed; whoever "
    "runs this server should run `freehold doctor --deep` and restore a backup."
)


def open_engine(text: str, *, connections: int = 10, waits: Waits = UNBOUNDED) -> AsyncEngine:
    """Open an engine for the URL; nothing connects yet. With no connections it keeps none."""
    url = database_url(text)
    backend = BACKENDS[url.get_backend_name()](url, waits)
    pool: dict[str, Any] = {
        "pool_size": connections,
        "max_overflow": 0,
        "pool_use_lifo": True,  # the connection that has just worked has all at hand
        "pool_timeout": waits.wait,
    }
    engine = create_async_engine(
        url.difference_update_query([BEHIND_PGBOUNCER]),
        **(pool if connections else {"poolclass": NullPool}),
        pool_reset_on_return=None,  # whoever begins a transaction ends it
        connect_args=dict(backend.arguments()),
        json_serializer=_json,
        hide_parameters=True,  # errors and their logs tell no values
    )
    event.listen(engine.sync_engine, "do_connect", _refuse_where_nothing_can_wait)
    backend.listen(engine.sync_engine)
    event.listen(engine.sync_engine, "before_cursor_execute", check_tenancy)
    lending = Lending(backend, waits, connections or 1)
    event.listen(engine.sync_engine, "engine_disposed", lending.snapshots.close)
    POOLS[engine.dialect] = lending
    return engine


def _json(value: object) -> str:
    return orjson.dumps(value).decode()


def _refuse_where_nothing_can_wait(*_: object) -> None:
    """Let nothing connect outside of SQLAlchemy's greenlets, where connecting can't be awaited."""
    if not in_greenlet():
        raise NoneReadyError


@asynccontextmanager
async def snapshot(engine: AsyncEngine) -> AsyncGenerator[AsyncConnection, None]:
    """Give a connection on which all statements see the database at one moment."""
    lending = POOLS[engine.dialect]
    reader = engine.execution_options(**lending.backend.snapshot)
    async with (
        lending.reading(None),
        lending.connected(reader) as connection,
        connection.begin(),
        lending.dropping(connection),
    ):
        yield connection


@asynccontextmanager
async def change(
    engine: AsyncEngine, org: Hashable = None
) -> AsyncGenerator[AsyncConnection, None]:
    """Give a connection whose changes are committed at the end, or none of them on an error.

    Whoever changes the same Org comes first or later, but not at once. TroubleError where that
    would take too long, UnfitError where the database isn't at this Freehold's version, or where
    its counters lie behind what is in it.
    """
    async with write(engine, org) as connection:
        await check_changeable(connection)
        try:
            yield connection
        except IntegrityError as error:
            if takes_a_used_number(error):
                raise UnfitError(BEHIND) from error
            raise


@asynccontextmanager
async def write(engine: AsyncEngine, org: Hashable = None) -> AsyncGenerator[AsyncConnection, None]:
    """Give a connection as `change` does, to a database of any version."""
    lending = POOLS[engine.dialect]
    writer = engine.execution_options(**lending.backend.change)
    async with lending.changing(org), lending.connected(writer) as connection:
        async with connection.begin(), lending.dropping(connection):
            await lending.begin_change(connection)
            yield connection
        await lending.check(connection)


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
