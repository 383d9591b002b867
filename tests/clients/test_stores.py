"""What Relay, Apollo Client and urql keep after each step of a tour is what the server says."""

import asyncio
from pathlib import Path

import orjson
import pytest
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncEngine

from db.engine import snapshot
from db.models import ACCOUNT
from server.app import create_app
from tests.browser.serving import serving
from tests.conftest import Tell
from tests.factories import Manifest, load
from tests.server.asking import settings_for, token_for

FOLDER = Path(__file__).parent
COMPARED = 200  # readings at least, or the tour has lost its way
PEOPLE = ("ada", "bea")
KNOWN = {
    "lab": "lab",
    "site": "core/site1",
    "home": "core/site1/home",
    "crew": "group:crew",
    "ada": "user:ada",
    "bea": "user:bea",
    "cai": "user:cai",
}


def orchard() -> Manifest:
    """Make up an Org with a list of each kind that has several pages."""
    made = Manifest().user("ada", admin=True).user("bea").user("cai").user("dan")
    made.group("crew", "bea", "cai").group("idle").space("core").space("lab").space("yard")
    for number in range(7):
        made.project(f"core/site{number}").asset(f"core/site{number}/home", text="Hello.")
    return made.grant("group:crew", "READ", on="core", propagate=True).grant(
        "user:bea", "FULL", on="core/site1"
    )


async def accounts_of(engine: AsyncEngine) -> dict[str, int]:
    """Return the ids of the accounts by the keys of their users."""
    async with snapshot(engine) as connection:
        rows = await connection.execute(select(ACCOUNT.c.email, ACCOUNT.c.id))
        return {email.partition("@")[0]: id_ for email, id_ in rows}


@pytest.mark.parametrize("client", ["relay", "apollo", "urql"])
async def test_a_store_is_what_the_server_says(
    engine: AsyncEngine, database_url: str, node: str, client: str, tell: Tell
) -> None:
    acme, accounts = await load(engine, orchard()), await accounts_of(engine)
    async with serving(create_app(settings_for(database_url))) as url:
        given = {
            "url": f"{url}/graphql",
            "tokens": {name: token_for(accounts[name], acme.org_id) for name in PEOPLE},
            "ids": {name: acme.ids[path] for name, path in KNOWN.items()} | {"org": acme.id},
        }
        running = await asyncio.create_subprocess_exec(
            *(node, "tour.js", client, orjson.dumps(given).decode()),
            cwd=FOLDER,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
        )
        told, complaints = await running.communicate()
    assert (running.returncode, complaints.decode()) == (0, "")
    found = orjson.loads(told)
    assert found["differences"] == []
    tell(f"{found['compared']} readings in {found['steps']} changes")
    assert found["compared"] > COMPARED
