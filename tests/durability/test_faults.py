"""A database that fails while clients change an Org: what was acknowledged is there, and whole.

Every answer is typed, and whoever asks again under the same key gets the one answer.
"""

import asyncio
import sqlite3
import time
from collections.abc import Awaitable, Callable
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import make_url
from sqlalchemy.ext.asyncio import AsyncEngine

from db.engine import open_engine, write
from tests.conftest import Tell
from tests.databases import SQLiteFiles
from tests.durability.asking import Api, asking
from tests.durability.chores import World
from tests.durability.clients import clients
from tests.durability.orgs import acme, store
from tests.durability.serving import served
from tests.durability.storage import read
from tests.durability.telling import check_repeated, check_told, summary
from tests.durability.wholeness import check_whole
from tests.postgresql import PostgreSQLDatabases
from tests.proxy import Proxy, through_a_proxy

CHANGES = 20  # between one fault and the next
REPEATED = 100
TIMES = [3, pytest.param(50, marks=[pytest.mark.full])]
BOUND = 30  # seconds, within which changes are made again
KILL = """
SELECT pg_terminate_backend(pid) FROM pg_stat_activity
WHERE datname = current_database() AND pid <> pg_backend_pid() AND application_name = 'freehold'
"""
SET_READ_ONLY = 'ALTER DATABASE "{}" SET default_transaction_read_only = {}'
Fault = Callable[[int], Awaitable[None]]


async def endure(
    engine: AsyncEngine, url: str, folder: Path, *, fault: Fault, times: int
) -> tuple[Api, str]:
    """Have clients work while a fault comes so often; look at all of it afterwards.

    Return the way to the server, and what happened in one line.
    """
    through = make_url(engine.url).render_as_string(hide_password=False)
    org, tokens = await store(through, acme())
    over, slowest = asyncio.Event(), 0.0
    async with served(url, folder) as server, asking(server, tokens) as api:
        began = time.monotonic()
        async with asyncio.TaskGroup() as group:
            for client in clients(api, World(org)):
                group.create_task(client.work(over.is_set))
            for number in range(times):
                await api.ledger.grown_by(CHANGES)
                await fault(number)
                ended = time.monotonic()
                await api.ledger.grown_by(CHANGES)
                slowest = max(slowest, time.monotonic() - ended)
            over.set()
        told = summary(api.ledger, time.monotonic() - began)
        await check_repeated(api, [asked for asked, _ in api.ledger.answers[-REPEATED:]])
    stored = await read(engine, org.org_id)
    check_whole(stored)
    check_told(stored, api.ledger, org)
    expected = {"UNAVAILABLE", "READ_ONLY"}
    assert [entry for entry in server.faults if entry.get("code") not in expected] == []
    assert slowest < BOUND
    again = f"{len(api.ledger.again)} asked again, {dict(api.ledger.troubles)}"
    return api, f"{times} times; {told}; {again}; {CHANGES} changes after at most {slowest:.1f} s"


async def run(url: str, *statements: str) -> None:
    engine = open_engine(url)
    async with write(engine) as connection:
        for statement in statements:
            await connection.exec_driver_sql(statement)
    await engine.dispose()


@pytest.mark.parametrize("times", TIMES)
async def test_connections_that_are_cut(
    postgresql_databases: PostgreSQLDatabases, tmp_path: Path, tell: Tell, times: int
) -> None:
    with postgresql_databases.fresh() as url:
        engine = open_engine(url)

        async def cut(_number: int) -> None:
            await run(url, KILL)

        _, told = await endure(engine, url, tmp_path, fault=cut, times=times)
        await engine.dispose()
    tell(f"connections cut {told}")


@pytest.mark.parametrize("times", [1, pytest.param(10, marks=[pytest.mark.full])])
async def test_connections_that_are_lost_without_a_word(
    postgresql_databases: PostgreSQLDatabases, tmp_path: Path, tell: Tell, times: int
) -> None:
    with postgresql_databases.fresh() as url:
        engine = open_engine(url)
        async with through_a_proxy(url) as proxy:
            lose = losing(proxy)
            _, told = await endure(engine, proxy.url, tmp_path, fault=lose, times=times)
            await run(url, KILL)  # what the proxy lost would hold the database
        await engine.dispose()
    tell(f"connections lost {told}")


def losing(proxy: Proxy) -> Fault:
    """Return the fault that loses all connections."""

    async def lose(_number: int) -> None:
        proxy.lose()

    return lose


@pytest.mark.parametrize("times", [1, pytest.param(10, marks=[pytest.mark.full])])
async def test_a_server_that_is_read_only_for_a_moment(
    postgresql_databases: PostgreSQLDatabases, tmp_path: Path, tell: Tell, times: int
) -> None:
    with postgresql_databases.fresh() as url:
        engine, name = open_engine(url), make_url(url).database

        async def fail_over(_number: int) -> None:
            await run(url, SET_READ_ONLY.format(name, "on"), KILL)
            await asyncio.sleep(1)
            engine = open_engine(url)
            async with engine.connect() as connection:
                await connection.exec_driver_sql("SET transaction_read_only = off")
                await connection.exec_driver_sql(SET_READ_ONLY.format(name, "off"))
                await connection.commit()
            await engine.dispose()

        api, told = await endure(engine, url, tmp_path, fault=fail_over, times=times)
        await engine.dispose()
    tell(f"read-only for a second {told}")
    assert api.ledger.troubles["READ_ONLY"]


@pytest.mark.parametrize("times", TIMES)
async def test_a_file_that_is_moved_away_and_back(
    sqlite_files: SQLiteFiles, tmp_path: Path, tell: Tell, times: int
) -> None:
    with sqlite_files.fresh() as url:
        engine, path = open_engine(url), Path(str(make_url(url).database))

        async def move(_number: int) -> None:
            away(path)
            await asyncio.sleep(0.3)
            back(path)

        api, told = await endure(engine, url, tmp_path, fault=move, times=times)
        await engine.dispose()
    tell(f"a file moved away {told}")
    assert api.ledger.troubles["UNAVAILABLE"]


@pytest.mark.parametrize("times", TIMES)
async def test_another_process_that_writes_for_long(
    sqlite_files: SQLiteFiles, tmp_path: Path, tell: Tell, times: int
) -> None:
    with sqlite_files.fresh() as url:
        engine, path = open_engine(url), Path(str(make_url(url).database))

        async def hold(_number: int) -> None:
            await asyncio.to_thread(write_for, path, 1.0)

        _, told = await endure(engine, url, tmp_path, fault=hold, times=times)
        await engine.dispose()
    tell(f"the lock held for a second {told}")


def away(path: Path) -> None:
    """Move a file away, and something else into its place."""
    path.rename(f"{path}.away")
    path.write_bytes(b"")


def back(path: Path) -> None:
    """Move it back."""
    Path(f"{path}.away").replace(path)


def write_for(path: Path, seconds: float) -> None:
    """Hold the write lock."""
    with closing(sqlite3.connect(path, timeout=30, isolation_level=None)) as connection:
        connection.execute("BEGIN IMMEDIATE")
        time.sleep(seconds)
        connection.execute("COMMIT")
