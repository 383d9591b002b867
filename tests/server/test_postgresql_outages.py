"""A PostgreSQL database that goes away: 503 while it is gone, and nothing to do once it is back."""

import socket
from collections.abc import Callable, Generator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from itertools import count
from typing import Any
from unittest.mock import patch

import pytest
from sqlalchemy import make_url

from db.engine import open_engine
from db.queries import AnySelect
from db.reader import DriverReader
from db.version import LACKS_A_TABLE
from tests.databases import run
from tests.server.asking import Log, store_orgs
from tests.server.outage import (
    EMPTY,
    NOT_READY,
    NOT_YET,
    TREE,
    assert_ready,
    assert_recovered,
    assert_told_unavailable,
    assert_unavailable,
    migrate_and_store,
    server,
)


async def administer(url: str, *statements: str) -> None:
    """Execute statements on the server that the URL's database lies on, from another database."""
    other = make_url(url).set(database="postgres").render_as_string(hide_password=False)
    engine = open_engine(other)
    async with engine.execution_options(isolation_level="AUTOCOMMIT").connect() as connection:
        for statement in statements:
            await connection.exec_driver_sql(statement)
    await engine.dispose()


def terminate(url: str) -> None:
    """End all connections to the URL's database, and wait until they have ended."""
    name = make_url(url).database
    found = f"SELECT pid FROM pg_stat_activity WHERE datname = '{name}'"
    run(administer(url, f"SELECT pg_terminate_backend(pid, 10000) FROM ({found}) found"))


def rename(url: str, *, to: str) -> str:
    """Rename the URL's database and return its new URL."""
    terminate(url)
    run(administer(url, f'ALTER DATABASE "{make_url(url).database}" RENAME TO "{to}"'))
    return make_url(url).set(database=to).render_as_string(hide_password=False)


def test_a_postgresql_server_that_does_not_listen_is_unavailable(log: Log) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    with server(f"postgresql://freehold@127.0.0.1:{port}/freehold", NOT_YET) as client:
        assert_unavailable(client, log, "ConnectionRefusedError")
        assert_ready(client, NOT_READY)


def test_a_postgresql_database_that_vanishes_is_unavailable_until_it_is_back(
    postgresql_url: str, log: Log
) -> None:
    orgs = run(store_orgs(postgresql_url))
    name = str(make_url(postgresql_url).database)
    with server(postgresql_url, orgs) as client:
        assert_recovered(client)
        renamed = rename(postgresql_url, to=f"{name}_renamed")
        assert_unavailable(client, log, "does not exist")
        assert_ready(client, NOT_READY)
        rename(renamed, to=name)
        assert_recovered(client)


def test_a_postgresql_database_that_was_not_migrated_is_unavailable_until_it_is(
    postgresql_url: str, log: Log
) -> None:
    engine = open_engine(postgresql_url)

    async def empty() -> None:
        async with engine.begin() as connection:
            await connection.exec_driver_sql("DROP SCHEMA public CASCADE")
            await connection.exec_driver_sql("CREATE SCHEMA public")
        await engine.dispose()

    run(empty())
    with server(postgresql_url, NOT_YET) as client:
        assert_unavailable(client, log, 'relation "account" does not exist', LACKS_A_TABLE)
        assert_ready(client, EMPTY)
        orgs = run(migrate_and_store(postgresql_url))
        assert_recovered(replace(client, orgs=orgs))


def test_connections_that_end_between_two_requests_are_not_noticed(postgresql_url: str) -> None:
    orgs = run(store_orgs(postgresql_url))
    with server(postgresql_url, orgs) as client:
        assert_recovered(client)
        terminate(postgresql_url)
        assert_recovered(client)


@pytest.mark.parametrize("compiles", [True, False])
@pytest.mark.parametrize("place", [1, 2, 3])
def test_a_connection_that_ends_in_the_middle_of_a_request_is_unavailable_once(
    postgresql_url: str, log: Log, place: int, compiles: bool
) -> None:
    orgs = run(store_orgs(postgresql_url))
    with server(postgresql_url, orgs, compiles=compiles) as client:
        assert_recovered(client)
        with before_statement(place, partial(terminate, postgresql_url)):
            response = client.ask(TREE, {"text": "core"}, X_Request_Id="mine")
        assert_told_unavailable(response)
        faults = log.entries("fault")
        assert [(fault["request_id"], fault["code"]) for fault in faults] == [
            ("mine", "UNAVAILABLE")
        ]
        assert_recovered(client)


@contextmanager
def before_statement(place: int, work: Callable[[], None]) -> Generator[None]:
    """Do the work before the statement of that place, from 1, is executed."""
    fetch, seen = DriverReader.fetch, count(1)

    async def noted(
        reader: DriverReader, statement: AnySelect, parameters: Mapping[str, Any]
    ) -> Sequence[Any]:
        if next(seen) == place:
            work()
        return await fetch(reader, statement, parameters)

    with patch.object(DriverReader, "fetch", noted):
        yield
