"""Fixtures that every test may use: above all a fresh, migrated database of each kind."""

import tempfile
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from db.engine import open_engine
from tests.databases import PostgreSQLDatabases, SQLiteFiles, postgresql_server


@pytest.fixture(scope="session")
def sqlite_files(tmp_path_factory: pytest.TempPathFactory) -> SQLiteFiles:
    return SQLiteFiles(tmp_path_factory.mktemp("sqlite"))


@pytest.fixture(scope="session")
def postgresql_databases() -> Iterator[PostgreSQLDatabases]:
    with (
        tempfile.TemporaryDirectory(prefix="freehold-") as folder,
        postgresql_server(Path(folder)) as url,
    ):
        databases = PostgreSQLDatabases(url)
        yield databases
        databases.close()


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest) -> Iterator[str]:
    """The URL of a fresh, migrated database; each test that uses it runs on both kinds."""
    name = {"sqlite": "sqlite_files", "postgresql": "postgresql_databases"}[request.param]
    source: SQLiteFiles | PostgreSQLDatabases = request.getfixturevalue(name)
    with source.fresh() as url:
        yield url


@pytest.fixture
async def engine(database_url: str) -> AsyncIterator[AsyncEngine]:
    engine = open_engine(database_url)
    yield engine
    await engine.dispose()
