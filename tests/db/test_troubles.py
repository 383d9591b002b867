"""Whatever keeps a database from its work is provoked for real, and told for what it is."""

import asyncio
import socket
import sqlite3
import time
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any
from unittest.mock import patch

import pytest
from sqlalchemy import func, literal, make_url, select, text
from sqlalchemy.ext.asyncio import AsyncEngine

from db.backend import Waits
from db.engine import change, open_engine, snapshot
from db.errors import (
    BROKEN_STORAGE,
    BUSY,
    DAMAGED,
    FULL,
    LOCKED,
    NOT_SET_UP,
    READ_ONLY,
    REPLACED,
    TIMEOUT,
    UNOPENABLE,
    UNREACHABLE,
    Trouble,
    trouble_of,
)
from db.queries import AnySelect
from db.reader import read
from db.revision import lock
from tests.conftest import Tell
from tests.proxy import through_a_proxy

SECONDS = 0.3  # that a statement may take
SOON = 5  # seconds, generously
KILL = (
    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
    " WHERE datname = current_database() AND pid <> pg_backend_pid()"
)
AN_ACCOUNT = "INSERT INTO account (id, name, created_at) VALUES (1, 'Ada', 0)"


def endless() -> AnySelect:
    """Return a statement that counts for minutes."""
    first = select(literal(1).label("n")).cte("counted", recursive=True)
    counted = first.union_all(select(first.c.n + 1).where(first.c.n < 2 * 10**9))
    return select(func.count()).select_from(counted)


ENDLESS = endless()
ONE: AnySelect = select(literal(1))


@asynccontextmanager
async def opened(url: str, **options: Any) -> AsyncGenerator[AsyncEngine]:
    engine = open_engine(url, **options)
    try:
        yield engine
    finally:
        await engine.dispose()


async def trouble(work: Any) -> Trouble | None:
    """Return what comes of work that fails."""
    try:
        await work
    except Exception as error:  # noqa: BLE001 - each is to be told
        return trouble_of(error)
    raise AssertionError("nothing went wrong")


async def ask(engine: AsyncEngine, statement: AnySelect = ONE) -> None:
    async with read(engine, "viewer") as reader:
        await reader.fetch(statement, {})


async def run(engine: AsyncEngine, *statements: str) -> None:
    async with change(engine) as connection:
        for statement in statements:
            await connection.exec_driver_sql(statement)


async def test_a_statement_that_takes_too_long_is_stopped(database_url: str, tell: Tell) -> None:
    async with opened(database_url, connections=4, waits=Waits(5, SECONDS)) as engine:
        began = time.monotonic()
        assert await trouble(ask(engine, ENDLESS)) == TIMEOUT
        seconds = time.monotonic() - began
        await ask(engine)
    tell(f"a statement was stopped after {seconds:.2f} s of {SECONDS}")
    assert SECONDS <= seconds < SOON


async def test_a_statement_of_a_change_is_stopped_too(database_url: str) -> None:
    async with opened(database_url, connections=4, waits=Waits(5, SECONDS)) as engine:

        async def count() -> None:
            async with change(engine) as connection:
                await connection.execute(text(AN_ACCOUNT))
                await connection.execute(ENDLESS)

        assert await trouble(count()) == TIMEOUT
        async with snapshot(engine) as connection:
            assert await connection.scalar(text("SELECT count(*) FROM account")) == 0


async def test_a_read_that_nobody_waits_for_is_stopped_and_leaves_its_connection(
    database_url: str, tell: Tell
) -> None:
    async with opened(database_url, connections=2) as engine:  # of which one reads
        await ask(engine)
        task = asyncio.create_task(ask(engine, ENDLESS))
        await asyncio.sleep(0.5)
        began = time.monotonic()
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        async with asyncio.timeout(60):
            await ask(engine)
        seconds = time.monotonic() - began
    tell(f"another reads {seconds:.3f} s after a read was cancelled")
    assert seconds < SOON


async def test_whoever_waits_for_the_lock_of_another_process_is_told_busy(
    database_url: str, org_id: int, engine: AsyncEngine
) -> None:
    async with opened(database_url, connections=4, waits=Waits(SECONDS, 5)) as other:

        async def wait() -> None:
            async with change(other, org_id) as connection:
                await lock(connection, org_id)

        async with change(engine) as connection:
            await lock(connection, org_id)
            assert await trouble(wait()) == LOCKED
        await wait()


async def test_whoever_waits_in_vain_for_a_connection_is_told_busy(database_url: str) -> None:
    async with opened(database_url, connections=2, waits=Waits(SECONDS, 5)) as engine:
        async with read(engine, "viewer"):
            assert await trouble(ask(engine)) == BUSY
        await ask(engine)


@pytest.mark.parametrize(
    ("state", "expected"),
    [
        ("08006", UNREACHABLE),
        ("25006", READ_ONLY),
        ("25P03", UNREACHABLE),
        ("25P04", TIMEOUT),
        ("28000", UNREACHABLE),
        ("3D000", UNREACHABLE),
        ("40001", LOCKED),
        ("40P01", LOCKED),
        ("42P01", NOT_SET_UP),
        ("53100", FULL),
        ("53200", UNREACHABLE),
        ("53300", BUSY),
        ("53400", UNREACHABLE),
        ("55P03", LOCKED),
        ("57014", TIMEOUT),
        ("57P01", UNREACHABLE),
        ("57P02", UNREACHABLE),
        ("57P03", UNREACHABLE),
        ("57P05", UNREACHABLE),
        ("58030", BROKEN_STORAGE),
        ("58P01", UNREACHABLE),
        ("XX001", DAMAGED),
        ("XX002", DAMAGED),
        ("23505", None),
        ("22012", None),
        ("42601", None),
    ],
)
async def test_each_state_of_postgresql_is_told(
    postgresql_url: str, state: str, expected: Trouble | None
) -> None:
    raised = f"DO $$ BEGIN RAISE EXCEPTION 'as told' USING ERRCODE = '{state}'; END $$"
    async with opened(postgresql_url) as engine:
        assert await trouble(run(engine, raised)) == expected


async def test_a_connection_that_is_cut_in_the_middle_of_a_read_is_out_of_reach(
    postgresql_url: str,
) -> None:
    async with opened(postgresql_url) as engine, opened(postgresql_url) as other:
        task = asyncio.create_task(trouble(ask(engine, select(func.pg_sleep(60)))))
        await asyncio.sleep(0.5)
        await run(other, KILL)
        assert await task == UNREACHABLE
        await ask(engine)


async def test_a_transaction_that_stood_still_for_too_long_is_out_of_reach(
    postgresql_url: str,
) -> None:
    async def stand_still(engine: AsyncEngine) -> None:
        async with change(engine) as connection:
            await connection.exec_driver_sql("SET idle_in_transaction_session_timeout = 50")
            await asyncio.sleep(0.5)
            await connection.exec_driver_sql("SELECT 1")

    async with opened(postgresql_url) as engine:
        assert await trouble(stand_still(engine)) == UNREACHABLE
        await run(engine, "SELECT 1")


async def test_a_server_without_a_connection_left_gives_one_of_our_own(
    postgresql_url: str,
) -> None:
    role = f"few_{make_url(postgresql_url).database}"
    grants = f"GRANT SELECT ON ALL TABLES IN SCHEMA public TO {role}"
    async with opened(postgresql_url) as admin:
        await run(admin, f"CREATE ROLE {role} LOGIN CONNECTION LIMIT 1", grants)
        theirs = make_url(postgresql_url).set(username=role).render_as_string(hide_password=False)
        async with (
            opened(theirs, connections=8, waits=Waits(SECONDS, 5)) as engine,
            read(engine, "one"),
        ):
            assert await trouble(ask(engine)) == BUSY
        async with opened(theirs, connections=8, waits=Waits(30, 5)) as engine:
            async with read(engine, "one"):
                waiting = asyncio.create_task(ask(engine))
                await asyncio.sleep(0.3)
                assert not waiting.done()
            await waiting
        await run(admin, f"DROP OWNED BY {role}", f"DROP ROLE {role}")


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("default_transaction_isolation", "serializable"),
        ("statement_timeout", "1"),
        ("lock_timeout", "1"),
        ("idle_in_transaction_session_timeout", "1"),
    ],
)
async def test_what_a_database_sets_for_all_is_not_for_us(
    postgresql_url: str, name: str, value: str
) -> None:
    database = make_url(postgresql_url).database
    wanted = "SELECT current_setting('transaction_isolation')"
    async with opened(postgresql_url) as engine:
        await run(engine, f"ALTER DATABASE \"{database}\" SET {name} = '{value}'")
    async with opened(postgresql_url) as engine:
        async with change(engine) as connection:
            assert await connection.scalar(text(wanted)) == "read committed"
            await asyncio.sleep(0.05)
            await connection.exec_driver_sql("SELECT pg_sleep(0.05)")
        async with snapshot(engine) as connection:
            assert await connection.scalar(text(wanted)) == "repeatable read"
        async with read(engine) as reader:
            (row,) = await reader.fetch(select(func.current_setting("transaction_isolation")), {})
            assert row[0] == "repeatable read"


@pytest.mark.parametrize("only_reads", [False, True])
async def test_a_connection_has_a_lifetime(postgresql_url: str, only_reads: bool) -> None:
    asked = select(func.pg_backend_pid())
    short = "LIFETIME_READ_ONLY" if only_reads else "LIFETIME"
    lifetimes: dict[str, Any] = {"LIFETIME": 900, "LIFETIME_READ_ONLY": 0.05, short: 0.5}
    seen = list[int]()
    async with opened(postgresql_url) as engine:
        with (
            patch.multiple("db.postgresql", **lifetimes),
            patch("db.postgresql._only_reads", return_value=only_reads),
        ):
            for seconds in (0, 0, 0.6, 0):
                await asyncio.sleep(seconds)
                async with read(engine) as reader:
                    seen.append((await reader.fetch(asked, {}))[0][0])
    assert seen[0] == seen[1] != seen[2] == seen[3]


async def test_a_peer_that_is_gone_is_noticed_by_the_socket(postgresql_url: str) -> None:
    async with through_a_proxy(postgresql_url) as proxy, opened(proxy.url) as engine:
        connection = await engine.raw_connection()
        transport = getattr(connection.driver_connection, "_transport", None)
        found: Any = transport.get_extra_info("socket") if transport else None
        assert found.getsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE)
        assert found.getsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT) == 10_000
        assert found.getsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPIDLE) == 5
        connection.close()


async def test_a_full_file_of_sqlite_is_full(sqlite_url: str) -> None:
    async with opened(sqlite_url) as engine:
        full = "INSERT INTO account (id, name, created_at) VALUES (2, zeroblob(10000000), 0)"
        await run(engine, AN_ACCOUNT)
        assert await trouble(run(engine, "PRAGMA max_page_count = 1", full)) == FULL
        async with snapshot(engine) as connection:
            assert await connection.scalar(text("SELECT count(*) FROM account")) == 1


async def test_a_file_of_sqlite_that_takes_no_changes_is_read_only(sqlite_url: str) -> None:
    async with opened(sqlite_url) as engine:
        assert await trouble(run(engine, "PRAGMA query_only = 1", AN_ACCOUNT)) == READ_ONLY


async def test_a_file_of_sqlite_that_cannot_be_opened_is_called_so(tmp_path: Path) -> None:
    async with opened(f"sqlite:///{tmp_path}") as engine:
        assert await trouble(ask(engine)) == UNOPENABLE


async def test_a_damaged_file_of_sqlite_is_damaged(sqlite_url: str) -> None:
    damage(Path(str(make_url(sqlite_url).database)))
    async with opened(sqlite_url) as engine:
        assert await trouble(ask(engine, select(text("count(*) FROM account")))) == DAMAGED


@pytest.mark.parametrize("other", ["replaced", "removed", "moved", "log"])
async def test_nothing_is_acknowledged_into_a_file_that_is_not_at_its_path(
    sqlite_url: str, other: str
) -> None:
    path = Path(str(make_url(sqlite_url).database))
    async with opened(sqlite_url) as engine:
        await run(engine, AN_ACCOUNT)
        lose(path, other)
        assert await trouble(run(engine, AN_ACCOUNT.replace("(1,", "(2,"))) == REPLACED
        assert await trouble(ask(engine)) == REPLACED


async def test_a_file_that_is_replaced_in_the_middle_of_a_change_acknowledges_nothing(
    sqlite_url: str,
) -> None:
    path = Path(str(make_url(sqlite_url).database))

    async def work(engine: AsyncEngine) -> None:
        async with change(engine) as connection:
            await connection.exec_driver_sql(AN_ACCOUNT)
            lose(path, "replaced")

    async with opened(sqlite_url) as engine:
        assert await trouble(work(engine)) == REPLACED


async def test_a_file_that_is_back_at_its_path_is_used_again(sqlite_url: str) -> None:
    path = Path(str(make_url(sqlite_url).database))
    async with opened(sqlite_url) as engine:
        await run(engine, AN_ACCOUNT)
        lose(path, "moved")
        assert await trouble(ask(engine)) == REPLACED
        bring_back(path)
        await ask(engine)


def damage(path: Path) -> None:
    """Overwrite all but the first page."""
    with path.open("r+b") as file:
        file.seek(4096)
        file.write(b"\xff" * (path.stat().st_size - 4096))


def bring_back(path: Path) -> None:
    """Undo `lose(path, "moved")`."""
    Path(f"{path}-away").rename(path)


def lose(path: Path, other: str) -> None:
    """Do to a file what nobody should while it is open."""
    if other == "replaced":
        copy = Path(f"{path}-copy")
        with sqlite3.connect(path) as source, sqlite3.connect(copy) as target:
            source.backup(target)
        source.close()
        target.close()
        copy.rename(path)
    elif other == "moved":
        path.rename(f"{path}-away")
    else:
        Path(f"{path}-wal" if other == "log" else path).unlink()


async def test_a_file_and_its_folder_are_made_for_their_owner_alone(tmp_path: Path) -> None:
    folder = tmp_path / "in" / "here"
    async with opened(f"sqlite:///{folder}/x.db") as engine, engine.begin() as connection:
        await connection.exec_driver_sql("CREATE TABLE made (x)")
        files = sorted(folder.iterdir())
        assert [file.name for file in files] == ["x.db", "x.db-shm", "x.db-wal"]
        assert {file.stat().st_mode & 0o777 for file in files} == {0o600}
        assert {each.stat().st_mode & 0o777 for each in (folder, folder.parent)} == {0o700}
