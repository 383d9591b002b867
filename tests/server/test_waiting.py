"""Changes that wait keep nobody else from anything: reads, other Orgs, and `/readyz`."""

import asyncio
import time
from collections.abc import AsyncGenerator, AsyncIterator, Sequence
from contextlib import asynccontextmanager

import httpx2
import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from db.engine import change, open_engine
from db.reader import Reader, read
from db.revision import lock
from server.app import create_app
from tests.conftest import Tell
from tests.server.asking import Orgs, settings_for, store_orgs, token_for

pytestmark = pytest.mark.usefixtures("log")

WAITING = 50
SECONDS = 4  # that the others hold what is waited for, and for which a change waits
RENAME = "mutation ($i: SpaceUpdateInput!) { spaceUpdate(input: $i) { errors { code } } }"
READ = "{ org { key spaces { nodes { key } } } }"


class Api:
    """Asks an application within this process, as the admins of both Orgs."""

    def __init__(self, http: httpx2.AsyncClient, orgs: Orgs) -> None:
        self._http, self._orgs = http, orgs
        self._tokens = {
            "acme": token_for(orgs.accounts["ada"], orgs.acme.org_id),
            "umbra": token_for(orgs.accounts["fay"], orgs.umbra.org_id),
        }

    async def ask(self, org: str, query: str, variables: object = None) -> httpx2.Response:
        """Ask something as the admin of an Org."""
        body = {"query": query, "variables": variables}
        bearer = {"Authorization": f"Bearer {self._tokens[org]}"}
        return await self._http.post("/graphql", json=body, headers=bearer)

    async def describe(self, org: str, space: str, text: str) -> httpx2.Response:
        """Change the description of a space."""
        ids = self._orgs.acme.ids if org == "acme" else self._orgs.umbra.ids
        return await self.ask(org, RENAME, {"i": {"id": ids[space], "description": text}})

    async def get(self, path: str) -> httpx2.Response:
        """Ask for something beside the API."""
        return await self._http.get(path)


@asynccontextmanager
async def served(url: str, **settings: object) -> AsyncGenerator[Api]:
    """Serve a database that has the two Orgs then, within this process and loop."""
    orgs = await store_orgs(url)
    own = {"operations_at_once": WAITING}  # of one viewer, who stands for many
    app = create_app(settings_for(url, **{**own, **settings}))
    transport = httpx2.ASGITransport(app=app)
    async with (
        app.router.lifespan_context(app),
        httpx2.AsyncClient(transport=transport, base_url="http://test", timeout=60) as http,
    ):
        yield Api(http, orgs)


@pytest.fixture
async def api(database_url: str) -> AsyncIterator[Api]:
    async with served(database_url, wait_seconds=SECONDS) as api:
        yield api


@asynccontextmanager
async def held(engine: AsyncEngine) -> AsyncGenerator[None]:
    """Hold the lock of acme, as another process does: on SQLite that of the whole database."""
    async with change(engine) as connection:
        await lock(connection, 1)
        yield


def codes(answers: Sequence[httpx2.Response]) -> set[tuple[int, str]]:
    """Return the answers' statuses and codes, each once."""
    return {(each.status_code, each.json()["errors"][0]["extensions"]["code"]) for each in answers}


async def timed(count: int, api: Api, org: str) -> float:
    """Read so often, and return how long the slowest took."""
    slowest = 0.0
    for _ in range(count):
        began = time.monotonic()
        answer = await api.ask(org, READ)
        slowest = max(slowest, time.monotonic() - began)
        assert answer.status_code == 200
        assert answer.json()["data"]["org"]["key"] == org
    return slowest


async def test_reads_and_readiness_wait_for_no_change(
    api: Api, engine: AsyncEngine, tell: Tell
) -> None:
    async with held(engine):
        waiting = [
            asyncio.create_task(api.describe("acme", "core", str(n))) for n in range(WAITING)
        ]
        await asyncio.sleep(0.3)
        slowest = max(await timed(20, api, "acme"), await timed(20, api, "umbra"))
        began = time.monotonic()
        ready = await api.get("/readyz")
        asked = time.monotonic() - began
        assert not any(task.done() for task in waiting)
        answers = await asyncio.gather(*waiting)
    tell(
        f"with {WAITING} changes waiting, a read took at most {slowest:.3f} s, /readyz {asked:.3f}"
    )
    assert (ready.status_code, ready.json()) == (200, {"status": "ready"})
    assert slowest < SECONDS / 2
    assert asked < SECONDS / 2
    assert codes(answers) == {(503, "BUSY")}
    assert {answer.headers["retry-after"] for answer in answers} == {"5"}
    assert (await api.describe("acme", "core", "at last")).json()["data"] == {
        "spaceUpdate": {"errors": []}
    }


async def test_changes_of_other_orgs_wait_for_nobody_on_postgresql(
    postgresql_url: str, tell: Tell
) -> None:
    other = open_engine(postgresql_url)
    async with served(postgresql_url, wait_seconds=SECONDS) as api:
        async with held(other):
            waiting = [
                asyncio.create_task(api.describe("acme", "core", str(n))) for n in range(WAITING)
            ]
            await asyncio.sleep(0.3)
            began = time.monotonic()
            answer = await api.describe("umbra", "vault", "quick")
            seconds = time.monotonic() - began
            assert not any(task.done() for task in waiting)
        answers = await asyncio.gather(*waiting)
    await other.dispose()
    tell(f"beside {WAITING} waiting changes, one of another Org took {seconds:.3f} s")
    assert answer.json()["data"] == {"spaceUpdate": {"errors": []}}
    assert seconds < SECONDS / 2
    assert {each.status_code for each in answers} == {200}


async def test_changes_that_get_their_turn_in_time_are_all_made(
    database_url: str, engine: AsyncEngine
) -> None:
    async with served(database_url, wait_seconds=60, statement_seconds=60) as api:
        async with held(engine):
            waiting = [
                asyncio.create_task(api.describe("acme", "core", str(n))) for n in range(WAITING)
            ]
            await asyncio.sleep(0.3)
        answers = await asyncio.gather(*waiting)
    assert [each.json() for each in answers if each.status_code != 200] == []


async def test_a_viewer_who_reads_a_lot_leaves_connections_to_others(
    engine: AsyncEngine, tell: Tell
) -> None:
    over, inside = asyncio.Event(), list[Reader]()

    async def linger() -> None:
        async with read(engine, "greedy") as reader:
            inside.append(reader)
            await over.wait()

    greedy = [asyncio.create_task(linger()) for _ in range(WAITING)]
    async with asyncio.timeout(20):
        while len(inside) < 3:  # noqa: ASYNC110 - as many as they get at once on both
            await asyncio.sleep(0.01)
    began = time.monotonic()
    async with asyncio.timeout(20), read(engine, "modest"):
        pass
    tell(
        f"beside {WAITING} reads of one viewer, {len(inside)} at once, another's waited"
        f" {time.monotonic() - began:.3f} s"
    )
    assert 0 < len(inside) < 10 / 2 + 1
    over.set()
    await asyncio.gather(*greedy)
    assert len(inside) == WAITING
