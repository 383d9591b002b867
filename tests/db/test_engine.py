"""Engines are opened from a URL, with the driver and the settings that the rest relies on."""

from pathlib import Path
from urllib.parse import unquote

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError, IntegrityError
from sqlalchemy.ext.asyncio import AsyncEngine

from db.engine import (
    open_engine,
    snapshot,
    write,
)
from db.snapshots import NoneReadyError
from db.urls import DatabaseUrlError, database_url

FORMS = "use sqlite:///path.db or postgresql://user@host/name."


@pytest.mark.parametrize(
    ("given", "used"),
    [
        ("sqlite:///a.db", "sqlite+aiosqlite:///a.db"),
        ("sqlite:////var/lib/a.db", "sqlite+aiosqlite:////var/lib/a.db"),
        ("sqlite+pysqlite:///a.db", "sqlite+aiosqlite:///a.db"),
        ("postgresql://ada@host/name", "postgresql+asyncpg://ada@host/name"),
        ("postgres://ada@host:5433/name", "postgresql+asyncpg://ada@host:5433/name"),
        ("postgresql+psycopg://ada@host/name", "postgresql+asyncpg://ada@host/name"),
        ("postgresql:///name?host=/run", "postgresql+asyncpg:///name?host=%2Frun"),
    ],
)
def test_a_url_says_the_database_and_we_choose_the_driver(given: str, used: str) -> None:
    assert database_url(given).render_as_string() == used


@pytest.mark.parametrize(
    "given",
    ["", "a.db", "postgresql", "postgresql://ada@host:port/name", "postgresql://ada:secret"],
)
def test_what_is_no_url_is_refused_with_the_forms_that_are(given: str) -> None:
    with pytest.raises(DatabaseUrlError) as refused:
        database_url(given)
    assert str(refused.value) == f"The database URL can't be read: {FORMS}"


@pytest.mark.parametrize(
    ("given", "shown"),
    [
        ("sqlite://", "sqlite://"),
        ("sqlite:///", "sqlite:///"),
        ("sqlite:///:memory:", "sqlite:///%3Amemory%3A"),
        ("sqlite:///file:a.db?uri=true", "sqlite:///file%3Aa.db?uri=true"),
        ("mysql://ada@host/name", "mysql://ada@host/name"),
        ("mysql://ada:secret@host/name", "mysql://ada:***@host/name"),
        ("http://ada:secret@host/", "http://ada:***@host/"),
    ],
)
def test_another_kind_of_database_is_refused_without_its_password(given: str, shown: str) -> None:
    with pytest.raises(DatabaseUrlError) as refused:
        database_url(given)
    assert str(refused.value) == f"The database URL {shown!r} won't do: {FORMS}"


HOSTS = ("@host/name", "@host:5433/name?ssl=require", "@127.0.0.1/name")
SECRETS = ("se@cret", "@cret", "cret@", "se@cr/et", "se@cr?et", "s@e@cret", "se@cr:et", "se@cr#et")


@pytest.mark.parametrize("host", HOSTS)
@pytest.mark.parametrize("secret", SECRETS)
@pytest.mark.parametrize("scheme", ["postgresql", "postgres", "postgresql+asyncpg"])
def test_an_unescaped_at_in_a_password_is_refused_and_nothing_of_it_is_shown(
    scheme: str, secret: str, host: str
) -> None:
    with pytest.raises(DatabaseUrlError, match="percent-encoded: @ is %40") as refused:
        database_url(f"{scheme}://ada:{secret}{host}")
    assert "cret" not in str(refused.value)
    assert "et@" not in str(refused.value)


@pytest.mark.parametrize("secret", ["se%40cret", "se%2Fcret", "se%3Fcret", "%25"])
def test_an_escaped_password_is_taken(secret: str) -> None:
    url = database_url(f"postgresql://ada:{secret}@host/name")
    assert (url.password, url.host) == (unquote(secret), "host")


@pytest.mark.parametrize(
    "given",
    [
        "sqlite:///x.db?mode=ro",
        "sqlite:///what?.db",
        "sqlite:////a/b?immutable=1",
        "sqlite:///x.db?",
    ],
)
def test_a_file_of_sqlite_takes_no_parameters(given: str) -> None:
    with pytest.raises(DatabaseUrlError, match="takes no parameters"):
        database_url(given)


async def test_a_question_mark_can_be_in_a_name(tmp_path: Path) -> None:
    engine = open_engine(f"sqlite:///{tmp_path}/what%3F.db")
    async with engine.connect():
        pass
    await engine.dispose()
    assert files(tmp_path) == ["what?.db"]


async def test_an_engine_does_not_show_its_password() -> None:
    engine = open_engine("postgresql://ada:secret@127.0.0.1:1/name")
    assert "secret" not in repr(engine)
    with pytest.raises(OSError, match=r"127\.0\.0\.1") as refused:
        await engine.connect()
    assert "secret" not in str(refused.value)
    await engine.dispose()


async def test_the_folder_of_a_file_is_made(tmp_path: Path) -> None:
    engine = open_engine(f"sqlite:///{tmp_path}/in/a/folder/x.db")
    assert files(tmp_path) == []
    await run(engine, "CREATE TABLE made (x)")
    await engine.dispose()
    assert files(tmp_path) == ["in/a/folder/x.db"]


@pytest.mark.parametrize(
    ("setting", "value"),
    [
        ("journal_mode", "wal"),
        ("synchronous", 2),
        ("foreign_keys", 1),
        ("cache_size", -65_536),
        ("mmap_size", 2**30),
        ("busy_timeout", 500),
    ],
)
async def test_sqlite_is_set_as_the_rest_relies_on(
    tmp_path: Path, setting: str, value: object
) -> None:
    engine = open_engine(f"sqlite:///{tmp_path}/x.db")
    async with engine.connect() as first, engine.connect() as second:
        assert await first.scalar(text(f"PRAGMA {setting}")) == value
        assert await second.scalar(text(f"PRAGMA {setting}")) == value
    await engine.dispose()


@pytest.mark.parametrize(
    ("setting", "value"),
    [("application_name", "freehold"), ("jit", "off"), ("random_page_cost", "1.1")],
)
async def test_postgresql_is_set_as_the_rest_relies_on(
    postgresql_url: str, setting: str, value: str
) -> None:
    engine = open_engine(postgresql_url)
    async with engine.connect() as connection:
        assert await connection.scalar(text(f"SHOW {setting}")) == value
    await engine.dispose()


async def test_a_snapshot_of_postgresql_refuses_writes(postgresql_url: str) -> None:
    engine = open_engine(postgresql_url)
    async with snapshot(engine) as connection:
        isolation = await connection.scalar(text("SHOW transaction_isolation"))
        with pytest.raises(DBAPIError, match="read-only transaction"):
            await connection.execute(text("CREATE TABLE made (x integer)"))
    await engine.dispose()
    assert isolation == "repeatable read"


async def test_connections_are_as_many_as_were_asked_for(database_url: str) -> None:
    engine = open_engine(database_url, connections=2)
    async with engine.connect(), engine.connect():
        assert engine.pool.status() == (
            "Pool size: 2  Connections in pool: 0 "
            "Current Overflow: 0 Current Checked out connections: 2"
        )
    await engine.dispose()


async def test_only_a_connection_that_is_ready_is_given_without_waiting(
    engine: AsyncEngine,
) -> None:
    pool = engine.sync_engine.pool
    with pytest.raises(NoneReadyError):
        pool.connect()
    async with engine.connect():
        pass
    pool.connect().close()
    assert "Connections in pool: 1" in pool.status()


async def test_a_row_of_an_org_that_is_not_there_is_refused(engine: AsyncEngine) -> None:
    columns = "(org_id, id, key, name, folded, sort, created_at, updated_at)"
    made = f"INSERT INTO space {columns} VALUES (7, 1, 'core', 'Core', 'core', 'core', 0, 0)"
    with pytest.raises(IntegrityError, match=r"(?i)foreign key"):
        await run(engine, made)


async def test_a_change_is_kept_whole_or_not_at_all(engine: AsyncEngine) -> None:
    made = "INSERT INTO account (email, name, created_at) VALUES ('ada@example.org', 'Ada', 0)"
    with pytest.raises(IntegrityError, match=r"(?i)unique"):
        await run(engine, made, made)
    assert await accounts(engine) == 0
    await run(engine, made)
    assert await accounts(engine) == 1


def files(folder: Path) -> list[str]:
    found = (path for path in folder.rglob("*") if path.is_file())
    return [path.relative_to(folder).as_posix() for path in found]


async def run(engine: AsyncEngine, *statements: str) -> None:
    async with write(engine) as connection:
        for statement in statements:
            await connection.execute(text(statement))


async def accounts(engine: AsyncEngine) -> object:
    async with snapshot(engine) as connection:
        return await connection.scalar(text("SELECT count(*) FROM account"))
