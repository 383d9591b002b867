"""A database that vanishes without a word or stands still: nobody hangs, and soon all is well."""

import asyncio
import time
from collections.abc import AsyncIterator

import pytest

from tests.conftest import Tell
from tests.proxy import Proxy, through_a_proxy
from tests.server.test_postgresql_outages import administer, terminate
from tests.server.test_waiting import READ, Api, served

pytestmark = pytest.mark.usefixtures("log")

BOUND = 30  # seconds
TYPED = {"UNAVAILABLE", "BUSY", "TIMEOUT", "READ_ONLY"}
AT_ONCE = 8


@pytest.fixture
async def proxy(postgresql_url: str) -> AsyncIterator[Proxy]:
    async with through_a_proxy(postgresql_url) as proxy:
        yield proxy


async def warm(api: Api) -> None:
    """Have the pool filled."""
    asked = [api.ask("acme", READ) for _ in range(AT_ONCE)]
    changed = [api.describe("umbra", "vault", str(n)) for n in range(2)]
    answers = await asyncio.gather(*asked, *changed)
    assert {each.status_code for each in answers} == {200}


async def tried(api: Api, number: int) -> bool:
    """Ask for something, and return whether it was done; if not, the answer says why."""
    if number % 3:
        answer = await api.ask("acme", READ)
    else:
        answer = await api.describe("acme", "core", str(number))
    if answer.status_code == 200:
        assert "errors" not in answer.json()
        return True
    (error,) = answer.json()["errors"]
    assert error["extensions"]["code"] in TYPED
    return False


async def until_all_works(api: Api, began: float) -> tuple[float, float]:
    """Ask until all who ask at once are answered; return when the first and the last were."""
    first = 0.0
    while True:
        done = await asyncio.gather(*(tried(api, number) for number in range(AT_ONCE)))
        seconds = time.monotonic() - began
        first = first or (seconds if any(done) else 0.0)
        if all(done):
            return first, seconds
        assert seconds < 3 * BOUND
        await asyncio.sleep(0.1)


async def test_connections_that_are_lost_are_replaced_within_seconds(
    proxy: Proxy, tell: Tell
) -> None:
    async with served(proxy.url) as api:
        await warm(api)
        proxy.lose()
        began = time.monotonic()
        ready = await api.get("/readyz")
        asked = time.monotonic() - began
        first, last = await until_all_works(api, began)
    tell(f"all connections lost: /readyz {asked:.1f} s, first answers {first:.1f}, all {last:.1f}")
    assert (ready.status_code, ready.json()) == (200, {"status": "ready"})
    assert last < BOUND


async def test_connections_that_are_lost_while_they_are_used_are_replaced_within_seconds(
    proxy: Proxy, tell: Tell
) -> None:
    async with served(proxy.url, statement_seconds=5) as api:
        await warm(api)
        working = [asyncio.create_task(tried(api, number)) for number in range(AT_ONCE)]
        await asyncio.sleep(0.005)
        proxy.lose()
        began = time.monotonic()
        _, last = await until_all_works(api, began)
        await asyncio.gather(*working)
    tell(f"lost while in use: all is answered {last:.1f} s later")
    assert last < BOUND


async def test_a_database_that_stands_still_hangs_nobody(proxy: Proxy, tell: Tell) -> None:
    async with served(proxy.url, wait_seconds=2, statement_seconds=2) as api:
        await warm(api)
        proxy.stands_still = True
        proxy.lose()
        began = time.monotonic()
        asked = asyncio.create_task(api.get("/readyz"))
        answered = await asyncio.gather(*(tried(api, number) for number in range(3 * AT_ONCE)))
        ready = await asked
        seconds = time.monotonic() - began
        proxy.stands_still = False
        back = time.monotonic()
        _, last = await until_all_works(api, back)
    tell(f"standing still: all {3 * AT_ONCE} were told within {seconds:.1f} s; back: {last:.1f}")
    assert not any(answered)
    assert ready.status_code == 503
    assert seconds < BOUND
    assert last < BOUND


async def read_only(url: str, state: str) -> None:
    """Have transactions of the URL's database be read-only, or no longer, and end connections."""
    name = url.rpartition("/")[2].partition("?")[0]
    await administer(url, f'ALTER DATABASE "{name}" SET default_transaction_read_only = {state}')
    if state == "on":
        await asyncio.to_thread(terminate, url)


async def test_a_server_that_is_read_only_for_a_moment_is_asked_again(
    postgresql_url: str, tell: Tell
) -> None:
    async with served(postgresql_url) as api:
        await warm(api)
        await read_only(postgresql_url, "on")
        told = [await api.describe("acme", "core", str(n)) for n in range(6)]
        assert {each.status_code for each in told} == {503}
        assert {e.json()["errors"][0]["extensions"]["code"] for e in told} == {"READ_ONLY"}
        assert (await api.ask("acme", READ)).status_code == 200
        ready = await api.get("/readyz")
        assert ready.status_code == 503
        assert "takes no changes" in ready.json()["problem"]
        await read_only(postgresql_url, "off")
        began = time.monotonic()
        assert (await api.get("/readyz")).status_code == 200
        _, last = await until_all_works(api, began)
    tell(f"read-only for a moment: all is well {last:.1f} s after its end")
    assert last < BOUND
