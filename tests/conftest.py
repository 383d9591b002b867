"""Fixtures that every test may use: above all a fresh, migrated database of each kind."""

import tempfile
from collections.abc import AsyncIterator, Callable, Iterator
from functools import partial
from pathlib import Path
from typing import TypeAlias

import pytest
from _pytest.terminal import TerminalReporter
from sqlalchemy.ext.asyncio import AsyncEngine

from db.engine import open_engine
from tests.databases import SQLiteFiles
from tests.postgresql import PostgreSQLDatabases, postgresql_server

TOLD = "told"
Tell: TypeAlias = Callable[[str], None]


@pytest.fixture
def tell(record_property: Callable[[str, object], None]) -> Tell:
    """Tells in the summary of a run what a test compared, whichever process it ran in."""
    return partial(record_property, TOLD)


def pytest_terminal_summary(terminalreporter: TerminalReporter) -> None:
    reports = [report for found in terminalreporter.stats.values() for report in found]
    told = {
        (report.nodeid, text): None
        for report in reports
        for name, text in getattr(report, "user_properties", ())
        if name == TOLD
    }
    if told:
        terminalreporter.section("what was compared")
    for nodeid, text in told:
        terminalreporter.line(f"{nodeid}: {text}")


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
