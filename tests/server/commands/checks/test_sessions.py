"""What a role or a database sets for its sessions is found, where it matters."""

from collections.abc import AsyncIterator

import pytest
from sqlalchemy import make_url
from sqlalchemy.ext.asyncio import AsyncEngine

from db.engine import open_engine, write
from server.commands.checks.finding import Finding, State
from server.commands.checks.sessions import check_sessions
from tests.postgresql import PostgreSQLDatabases


@pytest.fixture
async def engine(postgresql_databases: PostgreSQLDatabases) -> AsyncIterator[AsyncEngine]:
    with postgresql_databases.fresh() as url:
        engine = open_engine(url)
        yield engine
        await engine.dispose()


async def found(engine: AsyncEngine) -> list[Finding]:
    async with write(engine) as connection:
        return await check_sessions(connection)


async def set_for_all(engine: AsyncEngine, name: str, value: str) -> None:
    database = make_url(engine.url).database
    async with write(engine) as connection:
        await connection.exec_driver_sql(f"ALTER DATABASE \"{database}\" SET {name} = '{value}'")
    await engine.dispose()


async def test_where_nothing_is_set_all_is_well(engine: AsyncEngine) -> None:
    assert [(each.state, each.found) for each in await found(engine)] == [
        (State.OK, "none that matter")
    ]


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("session_replication_role", "replica"),
        ("search_path", "elsewhere"),
        ("idle_session_timeout", "1min"),
        ("synchronous_commit", "off"),
        ("enable_indexscan", "off"),
    ],
)
async def test_what_does_harm_is_found_with_its_remedy(
    engine: AsyncEngine, name: str, value: str
) -> None:
    await set_for_all(engine, name, value)
    wrong = [each for each in await found(engine) if each.state is State.WRONG]
    assert name in wrong[0].found
    assert value in wrong[0].found
    assert "RESET" in wrong[0].remedy


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("default_transaction_isolation", "serializable"),
        ("statement_timeout", "1s"),
        ("lock_timeout", "1s"),
        ("idle_in_transaction_session_timeout", "1s"),
    ],
)
async def test_what_freehold_sets_itself_is_told_and_does_no_harm(
    engine: AsyncEngine, name: str, value: str
) -> None:
    await set_for_all(engine, name, value)
    (told,) = await found(engine)
    assert (told.state, told.found) == (State.OK, f"{name}: Freehold sets its own.")


async def test_a_user_who_may_make_no_temporary_tables_is_found(
    postgresql_databases: PostgreSQLDatabases,
) -> None:
    with postgresql_databases.fresh() as url:
        name = make_url(url).database
        admin = open_engine(url)
        async with write(admin) as connection:
            await connection.exec_driver_sql(f'REVOKE TEMP ON DATABASE "{name}" FROM PUBLIC')
            await connection.exec_driver_sql(f"CREATE ROLE plain_{name} LOGIN")
        plain = make_url(url).set(username=f"plain_{name}")
        engine = open_engine(plain.render_as_string(hide_password=False))
        wrong = [each for each in await found(engine) if each.state is State.WRONG]
        await engine.dispose()
        async with write(admin) as connection:
            await connection.exec_driver_sql(f"DROP ROLE plain_{name}")
        await admin.dispose()
    assert [each.found for each in wrong] == [
        "The user may make no temporary tables, which dry runs need."
    ]
