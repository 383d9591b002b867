"""The demo Org in GraphiQL: an admin, a space owner and a guest each see what is theirs."""

import json
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import NamedTuple

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from auth.authenticate import issue_token
from auth.check import check
from auth.credential import Credential
from auth.levels import Permission
from auth.secret import load_secret
from db import clock
from db.engine import open_engine
from db.ids import parse_id
from resolvers.manifest.load import load_manifest
from server.app import create_app
from server.demo import DEMO_ORG, demo_lines
from server.settings import Settings
from tests.browser.driving import Browser, open_graphiql, run_example, run_query
from tests.browser.serving import serving
from tests.databases import SQLiteFiles
from tests.factories import asker

pytestmark = pytest.mark.browser

SCREENSHOTS = Path(__file__).parents[2] / "build" / "screenshots"
TREE = """query Tree {
  org {
    spaces(first: 12) {
      totalCount
      nodes {
        id
        name
        effectivePermission
        projects(first: 3) {
          nodes {
            id
            name
            effectivePermission
          }
        }
      }
    }
    projects {
      totalCount
    }
  }
}"""


class Link(NamedTuple):
    """What a link to GraphiQL is made of."""

    base_url: str
    token: str


class Person(NamedTuple):
    """An account of the demo, its name, and how many spaces and projects it sees."""

    account: int
    name: str
    spaces: int
    projects: int


GUEST = 3  # owns no space
PEOPLE = (
    Person(1, "Maren Okonkwo", 1000, 11_000),
    Person(2, "Tadeusz Lindqvist", 159, 1_329),
    Person(3, "Inés Varga", 10, 74),
)


@pytest.fixture
async def engine(sqlite_files: SQLiteFiles) -> AsyncIterator[AsyncEngine]:
    """A database with the demo in it, as `make serve` leaves it."""
    with sqlite_files.fresh() as url:
        engine = open_engine(url)
        await load_manifest(engine, demo_lines())
        yield engine
        await engine.dispose()


@pytest.fixture
async def links(engine: AsyncEngine, dist: Path, tmp_path: Path) -> AsyncIterator[list[Link]]:
    """What opens GraphiQL for each account, of which there is none with the number 0."""
    assert dist
    url = engine.url.set(drivername="sqlite").render_as_string()
    settings = Settings(database_url=url, secret_file=tmp_path / "secret.key")
    secret, hour = load_secret(settings.secret_file), timedelta(hours=1)
    tokens = [issue_token(secret, account_id=n, org_id=1, lifetime=hour) for n in range(1, 4)]
    async with serving(create_app(settings)) as base_url:
        yield [Link(base_url, ""), *(Link(base_url, token) for token in tokens)]


@pytest.mark.parametrize("person", PEOPLE, ids=lambda person: person.name)
async def test_each_person_sees_their_tree(
    engine: AsyncEngine, links: list[Link], browser: Browser, person: Person
) -> None:
    account = person.account
    page = await browser.context.new_page()
    await page.set_viewport_size({"width": 1440, "height": 900})
    await open_graphiql(page, *links[account])
    org = json.loads(await run_query(page, TREE))["data"]["org"]
    await page.screenshot(path=SCREENSHOTS / f"demo-{account}.png")

    totals = (org["spaces"]["totalCount"], org["projects"]["totalCount"])
    assert totals == (person.spaces, person.projects)
    assert await page.get_by_text(person.name).first.is_visible()
    shown = [
        *org["spaces"]["nodes"],
        *(p for s in org["spaces"]["nodes"] for p in s["projects"]["nodes"]),
    ]
    assert await judged(engine, account, [node["id"] for node in shown]) == [
        node["effectivePermission"] for node in shown
    ]
    browser.assert_all_local()
    browser.assert_quiet()


async def test_an_admin_makes_a_space_and_tries_what_deleting_one_would_do(
    links: list[Link], browser: Browser
) -> None:
    page = await browser.context.new_page()
    await open_graphiql(page, *links[1])
    made = json.loads(await run_example(page, "CreateSpace"))["data"]["spaceCreate"]
    assert (made["node"]["name"], made["errors"]) == ("Frost Lab", [])
    assert made["revision"] >= 2  # the end of grants that had expired may be in the log already
    tried = json.loads(await run_example(page, "TryDelete"))["data"]["spaceDelete"]
    assert tried["errors"] == []
    assert tried["plan"]["lost"] == sum(count["pairs"] for count in tried["plan"]["counts"]) > 0
    browser.assert_all_local()
    browser.assert_quiet()


@pytest.mark.parametrize("person", PEOPLE, ids=lambda person: person.name)
async def test_the_examples_are_about_what_the_asker_sees(
    links: list[Link], browser: Browser, person: Person
) -> None:
    page = await browser.context.new_page()
    await open_graphiql(page, *links[person.account])
    why = json.loads(await run_example(page, "Why"))["data"]["node"]
    assert why["access"]["level"] != "NONE"
    assert why["whoHasAccess"]["totalCount"] >= 1
    tried = json.loads(await run_example(page, "TryDelete"))["data"]["spaceDelete"]
    owns = person.account != GUEST
    assert [error["code"] for error in tried["errors"]] == ([] if owns else ["FORBIDDEN"])
    browser.assert_quiet()


async def judged(engine: AsyncEngine, account: int, ids: list[str]) -> list[str]:
    """Return the permissions on the nodes, by the check of one node at a time."""
    found: list[Permission] = []
    async with asker(engine, Credential(account, DEMO_ORG)) as (connection, subject):
        for public_id in ids:
            node = parse_id(public_id)
            assert node is not None
            found.append(await check(connection, subject, node, now=clock.now()))
    return [level.name for level in found]
