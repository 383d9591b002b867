"""The demo Org in GraphiQL: an admin, a space owner and a guest each see what is theirs."""

import json
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from auth.authenticate import Credential, issue_token
from auth.check import check
from auth.levels import Permission
from auth.secret import load_secret
from auth.subject import load_subject
from db import clock
from db.engine import open_engine, snapshot
from db.ids import parse_id
from resolvers.manifest.load import load_manifest
from server.app import create_app
from server.demo import DEMO_ORG, demo_lines
from server.settings import Settings
from tests.browser.driving import Browser, open_graphiql, run_query
from tests.browser.serving import serving
from tests.databases import SQLiteFiles

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
NAMED = ("Maren Okonkwo", "Tadeusz Lindqvist", "Inés Varga")


@pytest.fixture
async def engine(sqlite_files: SQLiteFiles) -> AsyncIterator[AsyncEngine]:
    """A database with the demo in it, as `make serve` leaves it."""
    with sqlite_files.fresh() as url:
        engine = open_engine(url)
        await load_manifest(engine, demo_lines())
        yield engine
        await engine.dispose()


@pytest.fixture
async def base_url(engine: AsyncEngine, dist: Path, tmp_path: Path) -> AsyncIterator[str]:
    assert dist
    url = engine.url.set(drivername="sqlite").render_as_string()
    settings = Settings(database_url=url, secret_file=tmp_path / "secret.key")
    async with serving(create_app(settings)) as base_url:
        yield base_url


@pytest.mark.parametrize(
    ("account", "spaces", "projects"), [(1, 1000, 11_000), (2, 159, 1_329), (3, 10, 74)]
)
async def test_each_person_sees_their_tree(
    engine: AsyncEngine,
    base_url: str,
    browser: Browser,
    tmp_path: Path,
    account: int,
    spaces: int,
    projects: int,
) -> None:
    token = issue_token(
        load_secret(tmp_path / "secret.key"),
        account_id=account,
        org_id=1,
        lifetime=timedelta(hours=1),
    )
    page = await browser.context.new_page()
    await page.set_viewport_size({"width": 1440, "height": 900})
    await open_graphiql(page, base_url, token)
    org = json.loads(await run_query(page, TREE))["data"]["org"]
    await page.screenshot(path=SCREENSHOTS / f"demo-{account}.png")

    assert (org["spaces"]["totalCount"], org["projects"]["totalCount"]) == (spaces, projects)
    assert await page.get_by_text(NAMED[account - 1]).first.is_visible()
    shown = [
        *org["spaces"]["nodes"],
        *(p for s in org["spaces"]["nodes"] for p in s["projects"]["nodes"]),
    ]
    assert await judged(engine, account, [node["id"] for node in shown]) == [
        node["effectivePermission"] for node in shown
    ]
    browser.assert_all_local()
    browser.assert_quiet()


async def judged(engine: AsyncEngine, account: int, ids: list[str]) -> list[str]:
    """Return the permissions on the nodes, by the check of one node at a time."""
    found: list[Permission] = []
    async with snapshot(engine) as connection:
        subject = await load_subject(connection, Credential(account, DEMO_ORG))
        for public_id in ids:
            node = parse_id(public_id)
            assert node is not None
            found.append(await check(connection, subject, node, now=clock.now()))
    return [level.name for level in found]
