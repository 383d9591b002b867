"""What can't be undone is done once two looks at the clock agree that it is due."""

import orjson
import pytest
from sqlalchemy import func, select, update
from sqlalchemy.ext.asyncio import AsyncEngine
from structlog.testing import capture_logs

from db import clock
from db.engine import change, snapshot
from db.models import ANSWER
from resolvers.background.duty import APART, LEASE, Duty
from resolvers.background.work import tasks_of, work
from resolvers.deletions import DAY
from tests.factories import Loaded, load
from tests.resolvers.changes import changing
from tests.resolvers.changes.binning import BINNED, delete, paths_of
from tests.resolvers.changes.changing import codes

NEW = {"key": "new", "name": "New", "idempotencyKey": "k"}
WAITS = "due, if another look at the clock agrees"


@pytest.fixture
async def acme(engine: AsyncEngine) -> Loaded:
    return await load(engine, BINNED)


class Clock:
    """A clock that can be set."""

    def __init__(self) -> None:
        self.ahead = 0

    def __call__(self) -> int:
        return clock.now() + self.ahead


async def done(duty: Duty, task: str) -> int:
    return (await work(duty) or {})[task]


async def test_a_clock_ahead_for_a_moment_purges_and_ends_nothing(
    engine: AsyncEngine, acme: Loaded, monkeypatch: pytest.MonkeyPatch
) -> None:
    await delete(engine, "oz", acme.ids["core/site"])
    ticking = Clock()
    duty = Duty(engine, now=ticking)
    await work(duty)
    real = clock.now
    for _ in range(3):
        ticking.ahead += 40 * DAY
        monkeypatch.setattr(clock, "now", lambda: real() + 40 * DAY)
        assert await work(duty) is not None
        monkeypatch.undo()
        ticking.ahead = ticking.ahead - 40 * DAY + APART
        assert await work(duty) is not None
    assert await paths_of(engine, "ada") == ["core/site"]


async def test_what_is_due_is_done_at_the_second_look_and_told_at_the_first(
    engine: AsyncEngine, acme: Loaded, monkeypatch: pytest.MonkeyPatch
) -> None:
    await delete(engine, "oz", acme.ids["core/site"])
    real = clock.now
    monkeypatch.setattr(clock, "now", lambda: real() + 31 * DAY)
    ticking = Clock()
    duty = Duty(engine, now=ticking)
    with capture_logs() as entries:
        assert await done(duty, "deletions overdue") == 0
        ticking.ahead = APART - 60_000_000
        assert await done(duty, "deletions overdue") == 0
        ticking.ahead = APART + 60_000_000
        assert await done(duty, "deletions overdue") == 1
    told = [entry["task"] for entry in entries if entry["event"] == WAITS]
    assert told == ["deletions overdue"]
    assert await paths_of(engine, "ada") == []


async def test_a_lease_of_a_clock_that_was_ahead_is_free(engine: AsyncEngine) -> None:
    ahead = Duty(engine, "ahead", now=lambda: clock.now() + DAY)
    assert await ahead.take()
    assert await Duty(engine, "right").take()
    within = Duty(engine, "within", now=lambda: clock.now() + LEASE // 2)
    assert not await within.take()


async def kept_answers(engine: AsyncEngine) -> int:
    async with snapshot(engine) as connection:
        return await connection.scalar(select(func.count()).where(ANSWER.c.org_id == 1)) or 0


async def age(engine: AsyncEngine, hours: float) -> None:
    async with change(engine) as connection:
        aged = (
            update(ANSWER)
            .where(ANSWER.c.org_id == 1)
            .values(at=ANSWER.c.at - int(hours * 3_600_000_000))
        )
        await connection.execute(aged)


async def make(engine: AsyncEngine, **given: object) -> list[str]:
    return codes(await changing.mutate(engine, "ada", "spaceCreate", {**NEW, **given}, node="key"))


async def test_answers_are_kept_for_two_days(engine: AsyncEngine, acme: Loaded) -> None:
    assert acme
    assert await make(engine) == await make(engine) == []
    await age(engine, 47.9)
    duty = Duty(engine, apart=0)
    assert await done(duty, "answers forgotten") == 0
    assert await make(engine) == []
    await age(engine, 0.2)
    assert await done(duty, "answers forgotten") == 1
    assert await make(engine) == ["KEY_TAKEN", "NAME_TAKEN"]
    assert await done(duty, "answers forgotten") == 0


async def test_the_lifetime_can_be_set(engine: AsyncEngine, acme: Loaded) -> None:
    assert acme
    assert await make(engine) == []
    await age(engine, 1.1)
    found = await work(Duty(engine, apart=0), tasks=tasks_of(1)) or {}
    assert (found["answers forgotten"], await kept_answers(engine)) == (1, 0)


async def test_long_refusals_are_not_kept(engine: AsyncEngine, acme: Loaded) -> None:
    assert acme
    assert await make(engine, key="core", name="Other") == ["KEY_TAKEN"]
    assert await kept_answers(engine) == 1
    many = {"ids": [f"ast_1_{number}" for number in range(900, 1_900)], "idempotencyKey": "many"}
    answer = await changing.bulk(engine, "ada", "assetsDelete", many)
    assert {*map(tuple, map(codes, answer["results"]))} == {("NOT_FOUND",)}
    assert await kept_answers(engine) == 1


@pytest.mark.parametrize(
    "content",
    [{}, {"node_id": 1}, {"errors": [], "items": [], "warnings": [], "of_another_version": 1}, []],
)
async def test_an_answer_of_another_version_is_refused(
    engine: AsyncEngine, acme: Loaded, content: object
) -> None:
    assert acme
    assert await make(engine) == []
    async with change(engine) as connection:
        await connection.execute(
            update(ANSWER)
            .where(ANSWER.c.org_id == 1)
            .values(content=orjson.dumps(content).decode())
        )
    assert await make(engine) == ["IDEMPOTENCY_KEY_REUSED"]
