"""Fair use: a budget of cost for each viewer and minute, and few operations at once."""

import asyncio
from collections.abc import Callable, Iterator

import pytest
from graphql import GraphQLError
from httpx2 import Response
from starlette.testclient import TestClient

from server.app import create_app
from server.fair_use import VIEWERS, Buckets, FairUse, ThrottledError, Turns
from tests.databases import run
from tests.server.asking import Client, settings_for, shown, store_orgs
from tests.server.queries import STRICT

Serve = Callable[..., Client]
SMALL = "{ viewer { account { name } } }"
LARGE = "{ org { spaces(first: 1000) { nodes { key } } } }"
SET = """mutation ($cost: Int) { orgUpdate(input: { costPerMinute: $cost }) {
  node { costPerMinute } errors { code field } } }"""


@pytest.fixture
def serve(database_url: str) -> Iterator[Serve]:
    orgs, open_clients = run(store_orgs(database_url)), list[TestClient]()

    def start(**settings: int) -> Client:
        http = TestClient(create_app(settings_for(database_url, **settings)))
        open_clients.append(http.__enter__())
        return Client(http, orgs)

    yield start
    for http in open_clients:
        http.__exit__(None, None, None)


def rate(response: Response) -> tuple[int, int]:
    """Return what is left, and the seconds until all is, as the header tells."""
    name, remaining, reset = response.headers["ratelimit"].split(";")
    assert name == '"cost"'
    return int(remaining.removeprefix("r=")), int(reset.removeprefix("t="))


def test_an_answer_tells_what_is_left_of_the_minute(serve: Serve) -> None:
    client = serve(cost_per_minute=60_000)
    first, second = client.ask(LARGE), client.ask(LARGE)
    assert first.headers["ratelimit-policy"] == '"cost";q=60000;w=60'
    cost = first.json()["extensions"]["cost"]
    assert (cost["limit"], cost["limitPerMinute"]) == (250_000, 60_000)
    assert (cost["remaining"], cost["resetSeconds"]) == rate(first)
    assert 58_900 < rate(first)[0] < 59_500
    assert 57_000 < rate(second)[0] < rate(first)[0] - 500
    assert 1 <= rate(first)[1] <= 3


def test_a_viewer_who_has_asked_for_too_much_is_told_when_to_come_back(serve: Serve) -> None:
    client = serve(cost_per_minute=10_000)
    codes = [client.ask(LARGE, Accept=STRICT) for _ in range(12)]
    throttled = next(each for each in codes if each.status_code != 200)
    assert (throttled.status_code, shown(throttled)[2]) == (429, ["THROTTLED"])
    assert 1 <= int(throttled.headers["retry-after"]) <= 60
    assert throttled.json()["errors"][0]["extensions"]["retryAfter"] > 0
    assert client.ask(LARGE).status_code == 429  # for those who take JSON alone, too
    assert client.ask(LARGE, user="pat").status_code == 200  # others have their own


@pytest.mark.parametrize(
    "asked", ["{ no }", "{ __schema { types { name } } }", "{", "# comment\n" * 900 + SMALL]
)
def test_what_is_refused_and_introspection_count_too(serve: Serve, asked: str) -> None:
    client = serve(cost_per_minute=10_000)
    before = rate(client.ask(SMALL))[0]
    client.ask(asked)
    assert rate(client.ask(SMALL))[0] < before


def test_an_operation_larger_than_a_minute_runs_and_is_paid_off_before_the_next() -> None:
    fair_use = FairUse(500, 4)
    assert fair_use.spend("ada", "acme", 1_000) == (500, 0, 120)
    with pytest.raises(ThrottledError) as told:
        fair_use.spend("ada", "acme", 1)
    assert told.value.headers["Retry-After"] == "61"
    assert fair_use.spend("pat", "acme", 1) is not None


def test_no_limit_tells_nothing(serve: Serve) -> None:
    response = serve(cost_per_minute=0).ask(LARGE)
    assert "ratelimit" not in response.headers
    assert set(response.json()["extensions"]["cost"]) == {"cost", "limit"}


def test_an_admin_sets_less_for_the_org_and_never_more(serve: Serve) -> None:
    client = serve(cost_per_minute=100_000)
    for user, cost, expected in (
        ("pat", 20_000, "FORBIDDEN"),
        ("ada", 9_999, "INVALID"),
        ("ada", 0, "INVALID"),
    ):
        payload = client.ask(SET, {"cost": cost}, user=user).json()["data"]["orgUpdate"]
        assert [each["code"] for each in payload["errors"]] == [expected]
    set_to: list[tuple[int | None, int]] = [(20_000, 20_000), (900_000, 100_000), (None, 100_000)]
    for given, limit in set_to:
        payload = client.ask(SET, {"cost": given}).json()["data"]["orgUpdate"]
        assert payload == {"node": {"costPerMinute": given}, "errors": []}
        client.ask(SMALL, user="pat")
        policy = client.ask(SMALL, user="pat").headers["ratelimit-policy"]
        assert policy == f'"cost";q={limit};w=60'


def test_requests_without_a_good_token_are_counted_by_their_address(serve: Serve) -> None:
    client = serve(cost_per_minute=5_000)
    answers = [client.ask(SMALL, Authorization="Bearer nonsense") for _ in range(8)]
    assert [each.status_code for each in answers[:5]] == [401] * 5
    assert {each.status_code for each in answers[6:]} == {429}
    assert int(answers[-1].headers["retry-after"]) >= 1
    assert client.ask(SMALL).status_code == 200  # a good token is its own


def test_a_budget_fills_up_evenly_and_holds_no_more_than_a_minute() -> None:
    now = [0.0]
    buckets = Buckets(clock=lambda: now[0])
    bucket = buckets.of("ada", 600)
    bucket.left -= 300
    assert bucket.balance == (600, 300, 30)
    now[0] = 10
    assert buckets.of("ada", 600).balance == (600, 400, 20)
    now[0] = 1_000
    assert buckets.of("ada", 600).balance == (600, 600, 0)


def test_few_viewers_are_remembered_however_many_ask() -> None:
    buckets = Buckets(most=10)
    for viewer in range(1_000):
        buckets.of(viewer, 600)
    assert len(buckets) == 10
    assert VIEWERS <= 100_000


async def test_operations_of_one_viewer_take_turns_and_others_do_not_wait() -> None:
    turns, running, most = Turns(2), [0], [0]

    async def work() -> None:
        async with turns.turn("ada"):
            running[0] += 1
            most[0] = max(most[0], running[0])
            await asyncio.sleep(0.01)
            running[0] -= 1

    async with turns.turn("ada"), turns.turn("ada"):
        waiting = [asyncio.ensure_future(work()) for _ in range(6)]
        await asyncio.sleep(0.02)
        assert running == [0]
        async with turns.turn("pat"):
            pass
    await asyncio.gather(*waiting)
    assert most == [2]
    assert turns.viewers == 0


async def test_who_waits_in_vain_or_is_one_too_many_is_told_busy() -> None:
    turns = Turns(1, waiting=1, patience=0.05)
    async with turns.turn("ada"):
        first = asyncio.ensure_future(_turn(turns))
        await asyncio.sleep(0.01)
        assert await _turn(turns) == "BUSY"  # one waits already
        assert await first == "BUSY"  # in vain
    assert await _turn(turns) == "done"


async def _turn(turns: Turns) -> object:
    try:
        async with turns.turn("ada"):
            return "done"
    except GraphQLError as error:
        return (error.extensions or {})["code"]
