"""Migrations lead to exactly what the models say, and back, on both databases."""

from collections.abc import Callable
from typing import TypeVar

import pytest
from sqlalchemy import Connection, inspect, make_url, select, text
from sqlalchemy.ext.asyncio import AsyncEngine

from db.engine import open_engine
from db.errors import UnfitError
from db.migrate import differences, migrate
from db.models import TOUCH
from db.version import current_version, newest_version
from tests.databases import downgrade

AN_ORG = """
INSERT INTO org (id, key, name, revision, next_id, retention_days, created_at, updated_at)
VALUES (1, 'acme', 'Acme', 5, 8, 30, 0, 0)
"""
AN_EVENT = """
INSERT INTO event (org_id, revision, at, actor, through, action, object_id, path)
VALUES (1, 5, 0, 'system', 'test', 'space.rename', 'spc_1_7', 'core')
"""
T = TypeVar("T")


async def test_a_migrated_database_is_what_the_models_say(engine: AsyncEngine) -> None:
    assert await differences(engine) == []


async def test_a_migrated_database_is_at_the_newest_version(engine: AsyncEngine) -> None:
    assert await current_version(engine) == newest_version()


async def test_migrating_again_changes_nothing(engine: AsyncEngine) -> None:
    before = await tables(engine)
    await migrate(engine)
    assert await tables(engine) == before
    assert await current_version(engine) == newest_version()


async def test_the_way_back_leaves_nothing_and_can_be_gone_again(engine: AsyncEngine) -> None:
    before = await tables(engine)
    await in_one_transaction(engine, downgrade)
    assert await tables(engine) <= {"alembic_version", "sqlite_stat1"}
    assert await current_version(engine) is None
    await migrate(engine)
    assert await tables(engine) == before
    assert await differences(engine) == []
    assert await current_version(engine) == newest_version()


async def test_what_the_models_have_and_the_database_has_not_is_told(engine: AsyncEngine) -> None:
    await in_one_transaction(engine, downgrade)
    missing = {difference[1].name for difference in await differences(engine)}
    assert {"org", "space", "uq_space_key", "ix_asset_order"} <= missing


async def test_events_of_before_are_found_by_what_they_were_of(engine: AsyncEngine) -> None:
    async with engine.begin() as connection:
        await connection.run_sync(downgrade, "0008")
        await connection.execute(text(AN_ORG))
        await connection.execute(text(AN_EVENT))
    await migrate(engine)
    async with engine.begin() as connection:
        rows = await connection.execute(select(TOUCH).where(TOUCH.c.org_id == 1))
        assert [tuple(row) for row in rows] == [(1, "spc_1_7", 5, None, None, None)]


def names(connection: Connection) -> set[str]:
    return set(inspect(connection).get_table_names())


async def tables(engine: AsyncEngine) -> set[str]:
    return await in_one_transaction(engine, names)


async def in_one_transaction(engine: AsyncEngine, work: Callable[[Connection], T]) -> T:
    async with engine.begin() as connection:
        return await connection.run_sync(work)


async def test_a_database_that_cannot_hold_every_text_is_refused(postgresql_url: str) -> None:
    url = make_url(postgresql_url)
    name = f"{url.database}_latin"
    admin = open_engine(postgresql_url).execution_options(isolation_level="AUTOCOMMIT")
    made = f"CREATE DATABASE \"{name}\" ENCODING 'LATIN1' LOCALE 'C' TEMPLATE template0"
    async with admin.connect() as connection:
        await connection.exec_driver_sql(made)
    latin = open_engine(url.set(database=name).render_as_string(hide_password=False))
    with pytest.raises(UnfitError, match="encoding is LATIN1") as refused:
        await migrate(latin)
    assert "ENCODING 'UTF8'" in str(refused.value)
    assert await current_version(latin) is None
    await latin.dispose()
    async with admin.connect() as connection:
        await connection.exec_driver_sql(f'DROP DATABASE "{name}"')
    await admin.dispose()


OLD_ADDRESSES = ("bob@bücher.example", "ada@example.org", "eve@ä.example", "eve@xn--4ca.example")


async def test_addresses_are_brought_into_the_form_that_dns_knows(engine: AsyncEngine) -> None:
    def store(connection: Connection) -> None:
        downgrade(connection, "0013")
        for address in OLD_ADDRESSES:
            values = {"email": address, "name": "Somebody"}
            connection.execute(
                text("INSERT INTO account (email, name, created_at) VALUES (:email, :name, 0)"),
                values,
            )

    await in_one_transaction(engine, store)
    await migrate(engine)
    async with engine.connect() as connection:
        found = await connection.scalars(text("SELECT email FROM account ORDER BY id"))
        assert [*found] == [
            "bob@xn--bcher-kva.example",
            "ada@example.org",
            "eve@ä.example",  # another account has its form
            "eve@xn--4ca.example",
        ]
