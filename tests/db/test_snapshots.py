"""A read that is over leaves its end to the next; what no read takes is soon given back."""

import asyncio
import time
from collections.abc import AsyncIterator, Generator
from contextlib import contextmanager
from typing import Any, cast
from unittest.mock import patch

import asyncpg
import pytest
from sqlalchemy import QueuePool, bindparam, func, literal, select, text
from sqlalchemy.ext.asyncio import AsyncEngine

from db.engine import change, open_engine
from db.models import ORG
from db.postgresql import PostgreSQL
from db.queries import AnySelect
from db.reader import read
from db.snapshots import END, LINGERING

FIRST = PostgreSQL.read
NEXT = f"{END}; {FIRST}"
NUMBER: AnySelect = select(literal(1))
ORGS: AnySelect = select(func.count()).select_from(ORG).where(ORG.c.key == bindparam("key"))
A_NEW_ORG = (
    "INSERT INTO org (id, key, name, revision, next_id, created_at, updated_at)"
    " VALUES (7, 'acme', 'Acme', 0, 1, 0, 0)"
)
OTHERS = "FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
IN_A_TRANSACTION = f"SELECT count(*) {OTHERS} AND state LIKE 'idle in transaction%'"
CONNECTED = f"SELECT count(*) {OTHERS}"
KILL = f"SELECT pg_terminate_backend(pid) {OTHERS}"


@pytest.fixture
async def engine(postgresql_url: str) -> AsyncIterator[AsyncEngine]:
    engine = open_engine(postgresql_url)
    async with engine.connect():
        pass  # SQLAlchemy asks its first connection what the server is
    yield engine
    await engine.dispose()


@pytest.fixture
async def other(postgresql_url: str) -> AsyncIterator[AsyncEngine]:
    engine = open_engine(postgresql_url)
    yield engine
    await engine.dispose()


@contextmanager
def executed() -> Generator[list[str]]:
    """Give the list of what begins and ends transactions from now on."""
    found, connections = list[str](), cast("Any", asyncpg.Connection)
    execute = connections.execute

    async def noted(connection: Any, query: str, *arguments: Any, **options: Any) -> Any:
        found.append(query)
        return await execute(connection, query, *arguments, **options)

    with patch.object(connections, "execute", noted):
        yield found


async def ask(engine: AsyncEngine) -> None:
    async with read(engine) as reader:
        assert list(map(tuple, await reader.fetch(NUMBER, {}))) == [(1,)]


async def number(engine: AsyncEngine, question: str) -> int:
    async with engine.connect() as connection:
        return int(await connection.scalar(text(question)) or 0)


def taken(engine: AsyncEngine) -> int:
    pool = engine.sync_engine.pool
    assert isinstance(pool, QueuePool)
    return pool.checkedout()


async def until_given_back(engine: AsyncEngine) -> None:
    async with asyncio.timeout(10):
        while taken(engine):  # noqa: ASYNC110 - the pool tells nobody
            await asyncio.sleep(0.01)


async def test_the_next_read_ends_the_last_one_in_its_own_first_round_trip(
    engine: AsyncEngine,
) -> None:
    with patch("db.snapshots.LINGERING", 60), executed() as asked:
        await ask(engine)
        await ask(engine)
        await ask(engine)
    assert asked == [FIRST, NEXT, NEXT]


async def test_the_next_read_sees_what_was_written_in_between(
    engine: AsyncEngine, other: AsyncEngine
) -> None:
    for expected in (0, 1):
        async with read(engine) as reader:
            rows = await reader.fetch(ORGS, {"key": "acme"})
            assert list(map(tuple, rows)) == [(expected,)]
        if not expected:
            async with change(other) as connection:
                await connection.exec_driver_sql(A_NEW_ORG)


async def test_what_no_read_takes_is_ended_and_given_back(
    engine: AsyncEngine, other: AsyncEngine
) -> None:
    with executed() as asked:
        await ask(engine)
        assert taken(engine) == 1
        await until_given_back(engine)
    assert asked == [FIRST, END]
    assert await number(other, IN_A_TRANSACTION) == 0
    assert await number(other, CONNECTED) == 1


async def test_a_read_that_failed_is_ended_at_once(engine: AsyncEngine) -> None:
    with pytest.raises(LookupError):
        async with read(engine):
            raise LookupError
    assert taken(engine) == 0


async def test_half_of_the_connections_are_left_to_others(postgresql_url: str) -> None:
    engine = open_engine(postgresql_url, connections=5)
    async with read(engine), read(engine), read(engine):
        pass
    assert taken(engine) == 2
    async with change(engine), change(engine):
        await ask(engine)
    await engine.dispose()


async def test_with_one_connection_nothing_lingers(postgresql_url: str) -> None:
    engine = open_engine(postgresql_url, connections=1)
    await ask(engine)
    assert taken(engine) == 0
    await engine.dispose()


async def test_a_connection_that_breaks_meanwhile_is_replaced(
    engine: AsyncEngine, other: AsyncEngine
) -> None:
    with patch("db.snapshots.LINGERING", 60):
        await ask(engine)
        await number(other, KILL)
        await ask(engine)


async def test_one_that_breaks_and_that_no_read_takes_is_thrown_away(
    engine: AsyncEngine, other: AsyncEngine
) -> None:
    await ask(engine)
    await number(other, KILL)
    await until_given_back(engine)
    await ask(engine)


@pytest.mark.parametrize("seconds", [0, 0.021])
async def test_an_engine_that_is_disposed_of_leaves_no_connection(
    engine: AsyncEngine, other: AsyncEngine, seconds: float
) -> None:
    async with read(engine), read(engine), read(engine):
        pass
    await asyncio.sleep(seconds)  # by then some are being ended
    await engine.dispose()
    async with asyncio.timeout(10):
        while await number(other, CONNECTED):  # noqa: ASYNC110 - the server tells nobody
            await asyncio.sleep(0.01)
    await ask(engine)  # by a pool of its own


async def test_one_that_is_disposed_of_before_an_end_has_begun_leaves_no_connection(
    engine: AsyncEngine, other: AsyncEngine
) -> None:
    await ask(engine)
    time.sleep(2 * LINGERING)  # noqa: ASYNC251 - so that nothing runs meanwhile
    for _ in range(2):
        await asyncio.sleep(0)  # the timer runs, and the task that it makes hasn't begun
    await engine.dispose()
    async with asyncio.timeout(10):
        while await number(other, CONNECTED):  # noqa: ASYNC110 - the server tells nobody
            await asyncio.sleep(0.01)


async def test_on_sqlite_a_read_is_ended_at_once(sqlite_url: str) -> None:
    engine = open_engine(sqlite_url)
    await ask(engine)
    assert taken(engine) == 0
    await engine.dispose()
