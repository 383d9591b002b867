"""The Org to page through, stored once for the tests that only read it."""

from collections.abc import AsyncIterator, Iterator
from typing import NamedTuple

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from db.engine import open_engine
from tests.databases import SQLiteFiles, run
from tests.factories import Loaded
from tests.postgresql import PostgreSQLDatabases
from tests.resolvers.lists import Asker, store


class Stored(NamedTuple):
    """Where the Org is, and what is in it."""

    url: str
    loaded: Loaded


async def store_at(url: str) -> Loaded:
    engine = open_engine(url)
    loaded = await store(engine)
    await engine.dispose()
    return loaded


@pytest.fixture(scope="session", params=["sqlite", "postgresql"])
def stored(request: pytest.FixtureRequest) -> Iterator[Stored]:
    """The Org in a database that tests only read; each test that uses it runs on both kinds."""
    name = {"sqlite": "sqlite_files", "postgresql": "postgresql_databases"}[request.param]
    source: SQLiteFiles | PostgreSQLDatabases = request.getfixturevalue(name)
    with source.fresh() as url:
        yield Stored(url, run(store_at(url)))


@pytest.fixture
async def standing(stored: Stored) -> AsyncIterator[AsyncEngine]:
    """An engine on the database of the Org that is only read."""
    engine = open_engine(stored.url)
    yield engine
    await engine.dispose()


@pytest.fixture
def ada(standing: AsyncEngine, stored: Stored) -> Asker:
    """An admin."""
    return Asker(standing, stored.loaded, "ada")


@pytest.fixture
def ben(standing: AsyncEngine, stored: Stored) -> Asker:
    """A member who sees some of it."""
    return Asker(standing, stored.loaded, "ben")
