"""The duty: one process has it at a time, keeps it while it renews it, and loses it otherwise."""

import asyncio

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from resolvers.background.duty import LEASE, Duty


class Clock:
    """A clock that is set by hand."""

    def __init__(self) -> None:
        self.time = 1_000

    def __call__(self) -> int:
        return self.time


@pytest.fixture
def clock() -> Clock:
    return Clock()


def duties(engine: AsyncEngine, clock: Clock, number: int) -> list[Duty]:
    return [Duty(engine, f"process {each}", now=clock) for each in range(number)]


async def test_of_many_that_want_it_one_gets_it(engine: AsyncEngine, clock: Clock) -> None:
    all_ = duties(engine, clock, 8)
    taken = await asyncio.gather(*(duty.take() for duty in all_))
    assert sorted(taken) == [False] * 7 + [True]
    clock.time += LEASE
    again = await asyncio.gather(*(duty.take() for duty in all_))
    assert sorted(again) == [False] * 7 + [True]


async def test_it_is_anothers_once_it_has_run_out(engine: AsyncEngine, clock: Clock) -> None:
    first, second = duties(engine, clock, 2)
    assert await first.take()
    clock.time += LEASE - 1
    assert not await second.take()
    clock.time += 1
    assert await second.take()
    assert not await first.keep()
    assert not await first.take()
    assert await second.keep()


async def test_whoever_renews_it_keeps_it(engine: AsyncEngine, clock: Clock) -> None:
    first, second = duties(engine, clock, 2)
    assert await first.take()
    for _ in range(3):
        clock.time += LEASE - 1
        assert await first.keep()
    clock.time += LEASE - 1
    assert not await second.take()
    assert await first.take()


async def test_whoever_is_late_keeps_it_where_nobody_else_took_it(
    engine: AsyncEngine, clock: Clock
) -> None:
    (first,) = duties(engine, clock, 1)
    assert await first.take()
    clock.time += 10 * LEASE
    assert await first.keep()


async def test_what_is_left_is_free_at_once(engine: AsyncEngine, clock: Clock) -> None:
    first, second = duties(engine, clock, 2)
    assert await first.take()
    await second.release()  # which isn't its own
    assert not await second.take()
    await first.release()
    assert await second.take()
    assert not await first.keep()


def test_every_process_has_a_name_of_its_own() -> None:
    holder = Duty.__dataclass_fields__["holder"].default_factory
    assert callable(holder)
    assert len({holder() for _ in range(100)}) == 100
