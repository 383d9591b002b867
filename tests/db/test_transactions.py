"""Why changes take a lock and reads a snapshot: both protections, and the faults without them.

The canaries show each fault by interleaving two connections step by step. Should one of them fail,
the databases have changed, and with them the reasons for what `db.engine` does.
"""

import asyncio
import sqlite3
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager

import pytest
from sqlalchemy import func, insert, select, update
from sqlalchemy.exc import OperationalError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine

from db.engine import change, open_engine, snapshot
from db.ids import reserve
from db.models import ASSET, GRANT, PROJECT, SPACE
from db.revision import advance
from db.urls import database_url as with_driver
from tests.factories import Manifest, load

AT_ONCE = 25
ACME = (
    Manifest().user("ada").space("core").project("core/site").grant("user:ada", "READ", on="core")
)


@pytest.fixture
async def org_id(engine: AsyncEngine) -> int:
    """An Org with one space, which has one grant; its description counts, from 0."""
    loaded = await load(engine, ACME)
    async with change(engine) as connection:
        await write(connection, loaded.org_id, 0)
    return loaded.org_id


@pytest.fixture
async def plain(database_url: str) -> AsyncIterator[AsyncEngine]:
    """An engine on the same database as the driver and SQLAlchemy have it by themselves."""
    engine = create_async_engine(with_driver(database_url))
    yield engine
    await engine.dispose()


async def read(connection: AsyncConnection, org_id: int) -> int:
    found = await connection.scalar(select(SPACE.c.description).where(SPACE.c.org_id == org_id))
    return int(str(found))


async def write(connection: AsyncConnection, org_id: int, number: int) -> None:
    described = update(SPACE).values(description=str(number))
    await connection.execute(described.where(SPACE.c.org_id == org_id))


async def counted(engine: AsyncEngine, org_id: int) -> int:
    async with snapshot(engine) as connection:
        return await read(connection, org_id)


async def test_of_changes_at_once_none_is_lost(engine: AsyncEngine, org_id: int) -> None:
    async def count_up(at: int) -> None:
        async with change(engine) as connection:
            await advance(connection, org_id, at=at)
            await write(connection, org_id, await read(connection, org_id) + 1)

    await asyncio.gather(*map(count_up, range(AT_ONCE)))
    assert await counted(engine, org_id) == AT_ONCE


async def test_a_second_change_reads_what_the_first_one_wrote(
    engine: AsyncEngine, org_id: int
) -> None:
    first_has_read, seen = asyncio.Event(), list[int]()

    async def first() -> None:
        async with change(engine) as connection:
            await advance(connection, org_id, at=1)
            number = await read(connection, org_id)
            first_has_read.set()
            await write(connection, org_id, number + 1)

    async def second() -> None:
        await first_has_read.wait()
        async with change(engine) as connection:
            await advance(connection, org_id, at=2)
            seen.append(await read(connection, org_id))
            await write(connection, org_id, seen[0] + 1)

    await asyncio.gather(first(), second())
    assert seen == [1]
    assert await counted(engine, org_id) == 2


async def test_a_change_of_sqlite_holds_the_lock_before_its_first_statement(
    sqlite_url: str,
) -> None:
    engine = open_engine(sqlite_url)
    hasty = create_async_engine(with_driver(sqlite_url), connect_args={"timeout": 0})
    async with change(engine), hasty.connect() as other:
        with pytest.raises(OperationalError, match="database is locked"):
            await other.exec_driver_sql("BEGIN IMMEDIATE")
    await hasty.dispose()
    await engine.dispose()


async def test_canary_as_drivers_come_the_second_of_two_changes_wipes_out_the_first(
    plain: AsyncEngine, engine: AsyncEngine, org_id: int
) -> None:
    async with plain.connect() as first, plain.connect() as second:
        one, other = await read(first, org_id), await read(second, org_id)
        await write(first, org_id, one + 1)
        await first.commit()
        await write(second, org_id, other + 1)
        await second.commit()
    assert await counted(engine, org_id) == 1


async def test_canary_without_the_lock_first_postgresql_loses_a_change(
    postgresql_url: str,
) -> None:
    engine = open_engine(postgresql_url)
    org_id = (await load(engine, ACME)).org_id
    async with change(engine) as first:
        await write(first, org_id, 0)
    async with change(engine) as second:
        other = await read(second, org_id)
        async with change(engine) as first:
            await write(first, org_id, await read(first, org_id) + 1)
        await advance(second, org_id, at=2)  # too late: what it read is old
        await write(second, org_id, other + 1)
    assert await counted(engine, org_id) == 1
    await engine.dispose()


async def test_canary_a_deferred_transaction_of_sqlite_fails_when_it_comes_to_write(
    sqlite_url: str,
) -> None:
    engine = open_engine(sqlite_url)
    org_id = (await load(engine, ACME)).org_id
    async with change(engine) as first:
        await write(first, org_id, 0)
    async with snapshot(engine) as second:
        other = await read(second, org_id)
        async with change(engine) as first:
            await write(first, org_id, other + 1)
        with pytest.raises(OperationalError, match="database is locked") as refused:
            await write(second, org_id, other + 1)
    assert getattr(refused.value.orig, "sqlite_errorcode", 0) == sqlite3.SQLITE_BUSY_SNAPSHOT
    assert await counted(engine, org_id) == 1
    await engine.dispose()


async def revoke_and_add(engine: AsyncEngine, org_id: int) -> None:
    """End the grants, and then add an asset that those who had them mustn't see."""
    async with change(engine) as connection:
        await advance(connection, org_id, at=1)
        await connection.execute(update(GRANT).where(GRANT.c.org_id == org_id).values(ended_at=1))
    async with change(engine) as connection:
        await advance(connection, org_id, at=2)
        named = dict.fromkeys(("key", "name", "folded", "sort"), "secret")
        times = dict.fromkeys(("created_at", "updated_at", "placed_at"), 2)
        id_ = await reserve(connection, org_id, 1)
        project = select(func.max(PROJECT.c.id)).where(PROJECT.c.org_id == org_id)
        project_id = await connection.scalar(project)
        row = {"org_id": org_id, "id": id_, "project_id": project_id, "kind": "FILE"}
        await connection.execute(insert(ASSET).values(**row, **named, **times))


async def grants(connection: AsyncConnection, org_id: int) -> object:
    lasting = (GRANT.c.org_id == org_id, GRANT.c.ended_at.is_(None))
    return await connection.scalar(select(func.count()).select_from(GRANT).where(*lasting))


async def assets(connection: AsyncConnection, org_id: int) -> object:
    within = select(func.count()).select_from(ASSET).where(ASSET.c.org_id == org_id)
    return await connection.scalar(within)


async def seen_around_a_change(
    reader: AbstractAsyncContextManager[AsyncConnection], engine: AsyncEngine, org_id: int
) -> dict[str, object]:
    """Read, let another change things, and read on."""
    async with reader as connection:
        before = await grants(connection, org_id)
        await revoke_and_add(engine, org_id)
        after = await grants(connection, org_id)
        return {"grants": (before, after), "assets": await assets(connection, org_id)}


async def test_all_statements_of_a_snapshot_see_one_moment(
    engine: AsyncEngine, org_id: int
) -> None:
    seen = await seen_around_a_change(snapshot(engine), engine, org_id)
    assert seen == {"grants": (1, 1), "assets": 0}


async def test_the_next_snapshot_sees_what_was_changed(engine: AsyncEngine, org_id: int) -> None:
    await revoke_and_add(engine, org_id)
    async with snapshot(engine) as connection:
        assert (await grants(connection, org_id), await assets(connection, org_id)) == (0, 1)


async def test_canary_as_drivers_come_one_read_sees_what_came_after_a_revoke(
    plain: AsyncEngine, engine: AsyncEngine, org_id: int
) -> None:
    seen = await seen_around_a_change(plain.connect(), engine, org_id)
    assert seen == {"grants": (1, 0), "assets": 1}
