"""Fixtures of the tests of the database: one kind alone, and an Org to work in."""

from collections.abc import AsyncIterator, Iterator

import pytest
from sqlalchemy import insert
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from db.engine import change, open_engine
from db.models import ORG
from tests.databases import SQLiteFiles
from tests.postgresql import PostgreSQLDatabases


@pytest.fixture
def sqlite_url(sqlite_files: SQLiteFiles) -> Iterator[str]:
    """The URL of a fresh, migrated SQLite database."""
    with sqlite_files.fresh() as url:
        yield url


@pytest.fixture
def postgresql_url(postgresql_databases: PostgreSQLDatabases) -> Iterator[str]:
    """The URL of a fresh, migrated PostgreSQL database."""
    with postgresql_databases.fresh() as url:
        yield url


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def standing_url(request: pytest.FixtureRequest) -> Iterator[str]:
    """The URL of a migrated database that the tests of a module share and leave as it is."""
    name = {"sqlite": "sqlite_files", "postgresql": "postgresql_databases"}[request.param]
    source: SQLiteFiles | PostgreSQLDatabases = request.getfixturevalue(name)
    with source.fresh() as url:
        yield url


@pytest.fixture
async def connection(standing_url: str) -> AsyncIterator[AsyncConnection]:
    """A connection whose changes are taken back; all that it finds is an Org with the id 1."""
    engine = open_engine(standing_url)
    async with engine.connect() as connection:
        org = {"id": 1, "key": "acme", "name": "Acme", "revision": 0, "next_id": 2}
        await connection.execute(insert(ORG).values(**org, created_at=0, updated_at=0))
        yield connection
    await engine.dispose()


@pytest.fixture
async def org_id(engine: AsyncEngine) -> int:
    """The id of an Org in the database of `engine`; it has only its own row."""
    values = {"key": "acme", "name": "Acme", "revision": 0, "next_id": 1}
    async with change(engine) as connection:
        made = insert(ORG).values(**values, created_at=0, updated_at=0)
        found = await connection.scalar(made.returning(ORG.c.id))
    assert isinstance(found, int)
    return found
