"""Rows straight from the drivers: one snapshot, broken connections replaced, faults told."""

import asyncio

import pytest
from sqlalchemy import Integer, bindparam, column, insert, literal, select
from sqlalchemy.ext.asyncio import AsyncEngine

from db.engine import change, open_engine
from db.models import ORG, SPACE
from db.queries import AnySelect
from db.reader import ConnectionReader, prepare, read
from db.tenancy import TenancyError

KEYS = select(ORG.c.key).where(ORG.c.key == bindparam("key"))
A_NEW_ORG = (
    "INSERT INTO org (id, key, name, revision, next_id, created_at, updated_at)"
    " VALUES (7, 'acme', 'Acme', 0, 1, 0, 0)"
)
NOTHING: AnySelect = select(column("nothing", Integer())).select_from(
    select(literal(1).label("one")).subquery()
)
KILL_OTHERS = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid()"


async def add_an_org(engine: AsyncEngine) -> None:
    async with change(engine) as connection:
        await connection.exec_driver_sql(A_NEW_ORG)


async def test_all_statements_see_one_moment(engine: AsyncEngine) -> None:
    async with read(engine) as reader:
        assert list(await reader.fetch(KEYS, {"key": "acme"})) == []
        await add_an_org(engine)
        assert list(await reader.fetch(KEYS, {"key": "acme"})) == []
    async with read(engine) as reader:
        assert [tuple(row) for row in await reader.fetch(KEYS, {"key": "acme"})] == [("acme",)]


async def test_both_readers_give_the_same_rows(engine: AsyncEngine) -> None:
    await add_an_org(engine)
    async with read(engine) as reader, change(engine) as connection:
        quick = await reader.fetch(KEYS, {"key": "acme"})
        within = await ConnectionReader(connection).fetch(KEYS, {"key": "acme"})
    assert [tuple(row) for row in quick] == [tuple(row) for row in within] == [("acme",)]


async def test_a_snapshot_of_postgresql_can_not_be_written_to(postgresql_url: str) -> None:
    engine = open_engine(postgresql_url)
    made = insert(ORG).values(id=7, key="acme", name="", revision=0, next_id=1)
    stored = made.values(created_at=0, updated_at=0).returning(ORG.c.id).cte("made")
    with pytest.raises(Exception, match="read-only"):
        async with read(engine) as reader:
            await reader.fetch(select(stored.c.id), {})
    await engine.dispose()


def test_a_statement_is_compiled_once_and_its_limit_is_a_literal(engine: AsyncEngine) -> None:
    limited = KEYS.limit(bindparam("limit", type_=Integer(), literal_execute=True))
    dialect = engine.dialect.name
    assert prepare(limited, dialect, 5) is prepare(limited, dialect, 5)
    assert "LIMIT 5" in prepare(limited, dialect, 5).text
    assert "limit" not in prepare(limited, dialect, 6).names


def test_a_statement_that_names_no_org_is_refused(engine: AsyncEngine) -> None:
    with pytest.raises(TenancyError, match="space"):
        prepare(select(SPACE.c.name), engine.dialect.name)


async def test_a_fault_tells_its_statement_and_the_snapshot_ends(engine: AsyncEngine) -> None:
    for _ in range(12):  # more than there are connections
        with pytest.raises(Exception, match="nothing") as fault:
            async with read(engine) as reader:
                await reader.fetch(NOTHING, {})
        assert fault.value.__notes__[0].startswith("[SQL: SELECT nothing")
    async with read(engine) as reader:
        assert list(await reader.fetch(KEYS, {"key": "acme"})) == []


async def test_connections_that_broke_in_the_pool_are_replaced(postgresql_url: str) -> None:
    engine, other = open_engine(postgresql_url, connections=4), open_engine(postgresql_url)
    async with read(engine), read(engine), read(engine):
        pass
    async with other.connect() as connection:
        await connection.exec_driver_sql(f"{KILL_OTHERS} AND datname = current_database()")
    async with read(engine) as reader:
        assert list(await reader.fetch(KEYS, {"key": "acme"})) == []
    await engine.dispose()
    await other.dispose()


async def test_who_is_cancelled_gives_its_connection_back(engine: AsyncEngine) -> None:
    began = asyncio.Barrier(7)

    async def wait_in_a_snapshot() -> None:
        async with read(engine):
            await began.wait()
            await asyncio.Event().wait()

    for _ in range(2):  # more in all than reads may have at once
        tasks = [asyncio.create_task(wait_in_a_snapshot()) for _ in range(6)]
        await began.wait()
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
    async with read(engine) as reader:
        assert list(await reader.fetch(KEYS, {"key": "acme"})) == []
