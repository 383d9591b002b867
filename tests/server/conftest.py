"""Fixtures of the HTTP surface: a server with two small Orgs on each database, and its log."""

import logging
from collections.abc import AsyncGenerator, Iterator
from contextlib import asynccontextmanager
from functools import partial

import pytest
import structlog
from starlette.applications import Starlette
from starlette.routing import Route
from starlette.testclient import TestClient

from auth.authenticate import Authenticator
from db.engine import open_engine
from engine.executor import Executor
from resolvers.context import reading
from schema.documents import Documents
from schema.operation import Operations
from server.app import create_app
from server.logs import configure_logs
from server.view import GraphQLView
from tests.databases import SQLiteFiles, run
from tests.postgresql import PostgreSQLDatabases
from tests.schema.faulty import faulty_schema
from tests.server.asking import SECRET, Client, Log, settings_for, store_orgs

NEXT = "{ org { key spaces { nodes { key } } } }"


@pytest.fixture(scope="session", params=["sqlite", "postgresql"])
def served(request: pytest.FixtureRequest) -> Iterator[Client]:
    """A server that all tests share which change nothing."""
    name = {"sqlite": "sqlite_files", "postgresql": "postgresql_databases"}[request.param]
    source: SQLiteFiles | PostgreSQLDatabases = request.getfixturevalue(name)
    with source.fresh() as url:
        orgs = run(store_orgs(url))
        with TestClient(create_app(settings_for(url))) as http:
            yield Client(http, orgs)


@pytest.fixture
def client(served: Client) -> Iterator[Client]:
    """The shared server, which must answer the next request whatever the test sent."""
    yield served
    response = served.ask(NEXT)
    assert response.status_code == 200
    assert response.json()["data"] == {
        "org": {"key": "acme", "spaces": {"nodes": [{"key": "core"}, {"key": "lab"}]}}
    }


@pytest.fixture
def postgresql_url(postgresql_databases: PostgreSQLDatabases) -> Iterator[str]:
    """The URL of a fresh, migrated PostgreSQL database."""
    with postgresql_databases.fresh() as url:
        yield url


@pytest.fixture
def sqlite_url(sqlite_files: SQLiteFiles) -> Iterator[str]:
    """The URL of a fresh, migrated SQLite database."""
    with sqlite_files.fresh() as url:
        yield url


@pytest.fixture
def faulty(database_url: str) -> Iterator[Client]:
    """A server whose schema has fields that raise, in front of a real database."""
    orgs = run(store_orgs(database_url))
    engine = open_engine(database_url)
    operations = Operations(Executor(faulty_schema()), Documents(), partial(reading, engine))
    view = GraphQLView(operations, Authenticator(SECRET.encode()), max_bytes=1024)

    @asynccontextmanager
    async def lifespan(_app: Starlette) -> AsyncGenerator[None]:
        yield
        await engine.dispose()

    app = Starlette(routes=[Route("/graphql", view)], lifespan=lifespan)
    with TestClient(app) as http:
        yield Client(http, orgs)


@pytest.fixture
def log() -> Iterator[Log]:
    """The log as `freehold serve` writes it."""
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    stream = Log()
    configure_logs(stream)
    structlog.configure(cache_logger_on_first_use=False)  # or it would outlast the test
    yield stream
    structlog.reset_defaults()
    root.handlers[:] = handlers
    root.setLevel(level)
