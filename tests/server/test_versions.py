"""A database of another version: nothing is changed on it, and it is said what to do."""

import asyncio
import re
from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy import select, text
from sqlalchemy.ext.asyncio import AsyncEngine
from starlette.testclient import TestClient
from structlog.testing import capture_logs

from db.engine import change, snapshot, write
from db.errors import UnfitError
from db.models import ORG
from db.version import database_problem, newest_version
from resolvers.manifest.load import load_manifest
from server.app import create_app
from server.background import in_background
from tests.databases import run
from tests.factories import Manifest
from tests.server.asking import Client, messages, settings_for, shown, store_orgs
from tests.server.commands.running import execute
from tests.server.test_background import logged

NEWER, OLDER = "9999", "0009"
NEWER_SAID = (
    "The database is at version 9999, which this Freehold doesn't know: "
    "a newer one has migrated it. Install that one."
)
OLDER_SAID = f"The database is at version 0009, not {newest_version()}: run `freehold migrate`."
UNTOLD_SAID = (
    "The database doesn't tell its version, as its table alembic_version is empty: restore a "
    "backup. Or, if no other Freehold has migrated it, INSERT INTO alembic_version VALUES "
    f"('{newest_version()}')."
)
SET = "UPDATE alembic_version SET version_num = "
UNREADABLE = f"UPDATE installation SET readable_from = '{NEWER}'"
OTHERS = [
    pytest.param([f"{SET}'{NEWER}'", UNREADABLE], NEWER_SAID, id="newer"),
    pytest.param([f"{SET}'{OLDER}'"], OLDER_SAID, id="older"),
    pytest.param(["DELETE FROM alembic_version"], UNTOLD_SAID, id="none"),
]
READ = "{ org { key } }"
CHANGE = """mutation($key: String!) {
  spaceCreate(input: { key: $key, name: $key }) { errors { code } revision }
}"""


@pytest.fixture
def client(database_url: str) -> Iterator[Client]:
    """A server that is running already when its database changes."""
    orgs = run(store_orgs(database_url))
    with TestClient(create_app(settings_for(database_url))) as http:
        yield Client(http, orgs)


def make_space(client: Client, key: str) -> Any:
    return client.ask(CHANGE, {"key": key})


@pytest.mark.parametrize(("statements", "said"), OTHERS)
def test_a_running_server_refuses_changes_of_another_version(
    client: Client, database_url: str, statements: list[str], said: str
) -> None:
    assert make_space(client, "first").json()["data"]["spaceCreate"]["errors"] == []
    run(execute(database_url, *statements))
    response = make_space(client, "second")
    assert shown(response)[::2] == (503, ["UNAVAILABLE"])
    assert messages(response) == [said]
    ready = client.send("GET", "/readyz")
    assert (ready.status_code, ready.json()["problem"]) == (503, said)


@pytest.mark.parametrize(("statements", "said"), OTHERS)
@pytest.mark.parametrize("change_first", [True, False])
def test_a_server_that_starts_there_does_neither(
    database_url: str, statements: list[str], said: str, *, change_first: bool
) -> None:
    orgs = run(store_orgs(database_url))
    run(execute(database_url, *statements))
    with TestClient(create_app(settings_for(database_url))) as http:
        client = Client(http, orgs)
        response = make_space(client, "first") if change_first else client.ask(READ)
    assert shown(response)[::2] == (503, ["UNAVAILABLE"])
    assert messages(response) == [said]


def test_a_newer_database_is_read_if_it_says_that_it_can_be(
    client: Client, database_url: str
) -> None:
    statement = f"UPDATE installation SET readable_from = '{newest_version()}'"
    run(execute(database_url, f"{SET}'{NEWER}'", statement))
    assert client.ask(READ).json()["data"] == {"org": {"key": "acme"}}
    assert shown(make_space(client, "first"))[::2] == (503, ["UNAVAILABLE"])


def test_a_server_goes_on_once_its_own_version_is_back(client: Client, database_url: str) -> None:
    run(execute(database_url, f"{SET}'{NEWER}'"))
    assert make_space(client, "first").status_code == 503
    run(execute(database_url, f"{SET}'{newest_version()}'"))
    answer = make_space(client, "first").json()["data"]["spaceCreate"]
    assert (answer["errors"], answer["revision"]) == ([], 2)  # nothing was kept of the first


@pytest.mark.parametrize(("statements", "said"), OTHERS)
async def test_nothing_else_changes_it_either(
    engine: AsyncEngine, statements: list[str], said: str
) -> None:
    await load_manifest(engine, Manifest("acme").lines())
    async with write(engine) as connection:
        for statement in statements:
            await connection.execute(text(statement))
    with pytest.raises(UnfitError, match=re.escape(said)):
        await load_manifest(engine, Manifest("umbra").lines())
    with capture_logs() as entries:
        async with in_background(engine, 0.001):
            await logged(entries, "background work waits for the database")
    assert entries[0]["problem"] == said
    async with snapshot(engine) as connection:
        assert (await connection.scalars(select(ORG.c.key))).all() == ["acme"]


async def test_a_migration_waits_for_changes_and_changes_for_it(engine: AsyncEngine) -> None:
    """So that none is made of one version and kept in another."""
    if engine.dialect.name != "postgresql":
        pytest.skip("SQLite's changes lock the whole database")
    held = "SELECT version_num FROM alembic_version FOR UPDATE"

    async def change_something() -> None:
        async with change(engine) as connection:
            await connection.execute(text("SELECT 1"))

    async with write(engine) as migration:
        await migration.execute(text(held))
        changing = asyncio.create_task(change_something())
        await asyncio.sleep(0.2)
        assert not changing.done()
        await migration.execute(text(f"{SET}'{NEWER}'"))
    with pytest.raises(UnfitError, match="9999"):
        await changing
    assert await database_problem(engine) == NEWER_SAID
