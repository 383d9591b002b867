"""A database that can't be used now is told from a statement that is at fault."""

from pathlib import Path

import pytest
from sqlalchemy import make_url
from sqlalchemy.exc import DBAPIError, SQLAlchemyError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

from db.engine import change, open_engine
from db.errors import is_unavailable

KILL = "SELECT pg_terminate_backend(pg_backend_pid())"
AN_ACCOUNT = "INSERT INTO account (id, name, created_at) VALUES (1, 'Ada', 0)"


async def error_of(engine: AsyncEngine, *statements: str) -> Exception:
    """Return what comes of the statements, the last of which fails."""
    try:
        async with engine.connect() as connection:
            for statement in statements:
                await connection.exec_driver_sql(statement)
    except (SQLAlchemyError, OSError) as error:
        return error
    finally:
        await engine.dispose()
    raise AssertionError("nothing went wrong")


@pytest.mark.parametrize(
    ("statement", "unavailable"),
    [
        ("SELECT * FROM nowhere", True),
        ("SELECT nothing FROM account", False),
        ("SELEC", False),
        ("SELECT 1 FROM account WHERE", False),
        ("SELECT no_function(1)", False),
        ("INSERT INTO account (id) VALUES (1)", False),
        (f"{AN_ACCOUNT}, (1, 'Ada', 0)", False),
        ("INSERT INTO event (org_id, revision) VALUES (1, 1)", False),
    ],
)
async def test_a_missing_table_is_a_database_not_set_up_and_the_rest_are_faults(
    engine: AsyncEngine, statement: str, unavailable: bool
) -> None:
    error = await error_of(engine, statement)
    assert isinstance(error, DBAPIError)
    assert error.orig is not None
    assert is_unavailable(error) is unavailable
    assert is_unavailable(error.orig.__cause__ or error.orig) is unavailable


@pytest.mark.parametrize(
    "wrong", [{"database": "nowhere"}, {"username": "nobody"}, {"host": "127.0.0.1", "port": 1}]
)
async def test_a_server_that_lets_us_in_nowhere_is_unavailable(
    postgresql_url: str, wrong: dict[str, str | int]
) -> None:
    url = make_url(postgresql_url)
    if "host" in wrong:
        url = url.set(query={})
    wrong_url = url.set(**wrong).render_as_string(hide_password=False)  # type: ignore[arg-type]
    assert is_unavailable(await error_of(open_engine(wrong_url), "SELECT 1"))


async def test_a_connection_that_is_cut_is_unavailable(postgresql_url: str) -> None:
    assert is_unavailable(await error_of(open_engine(postgresql_url), KILL))


async def test_what_is_cancelled_by_an_operator_is_unavailable(postgresql_url: str) -> None:
    statements = ("SET statement_timeout = 1", "SELECT pg_sleep(60)")
    assert is_unavailable(await error_of(open_engine(postgresql_url), *statements))


@pytest.mark.parametrize("statement", ["SELECT 1 / 0", "SELECT CAST('x' AS integer)"])
async def test_a_wrong_value_is_a_fault(postgresql_url: str, statement: str) -> None:
    assert not is_unavailable(await error_of(open_engine(postgresql_url), statement))


async def test_a_file_that_is_no_database_is_unavailable(tmp_path: Path) -> None:
    tmp_path.joinpath("x.db").write_bytes(b"something else " * 100)
    error = await error_of(open_engine(f"sqlite:///{tmp_path}/x.db"), "SELECT 1")
    assert is_unavailable(error)


async def test_a_file_that_can_not_be_opened_is_unavailable(tmp_path: Path) -> None:
    tmp_path.joinpath("x.db").mkdir()
    assert is_unavailable(await error_of(open_engine(f"sqlite:///{tmp_path}/x.db"), "SELECT 1"))


async def test_a_file_that_another_writes_for_too_long_is_unavailable(sqlite_url: str) -> None:
    writer, hasty = open_engine(sqlite_url), impatient(sqlite_url)
    async with change(writer):
        error = await error_of(hasty, "BEGIN IMMEDIATE")
    await writer.dispose()
    assert is_unavailable(error)


def impatient(url: str) -> AsyncEngine:
    """Return an engine that waits for no other writer."""
    driven = make_url(url).set(drivername="sqlite+aiosqlite")
    return create_async_engine(driven, connect_args={"timeout": 0})


async def test_a_value_that_the_driver_of_sqlite_can_not_pass_is_a_fault(sqlite_url: str) -> None:
    engine = open_engine(sqlite_url)
    with pytest.raises(DBAPIError) as refused:
        async with engine.connect() as connection:
            await connection.exec_driver_sql("SELECT ?", (object(),))
    await engine.dispose()
    assert not is_unavailable(refused.value)


@pytest.mark.parametrize(
    ("error", "unavailable"),
    [
        (ConnectionRefusedError(), True),
        (TimeoutError(), True),
        (PoolTimeout(), True),
        (ValueError(), False),
        (LookupError(), False),
        (SQLAlchemyError(), False),
    ],
)
def test_errors_that_no_statement_made(error: Exception, unavailable: bool) -> None:
    assert is_unavailable(error) is unavailable
