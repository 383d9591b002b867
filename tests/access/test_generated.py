"""The rule is one truth: made-up Orgs, asked by every user in every way the server has."""

import itertools
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy.ext.asyncio import AsyncEngine

from db import clock
from tests.access.asking import Asker, everyones_levels, looked_up
from tests.access.expecting import (
    expected_answer,
    expected_levels,
    expected_lookups,
    expected_pairs,
)
from tests.access.forms import formed
from tests.access.model import Org
from tests.access.orgs import orgs
from tests.access.reference import View
from tests.access.storing import store
from tests.access.walking import Walk, expected_pages, walked, walks
from tests.factories import Loaded

PAIRS = 10_000  # of an Org and a user, that the full form compares on each database
ORGS, ORGS_IN_FULL = 60, 3_000
GENERATED = settings(
    derandomize=True,
    database=None,
    deadline=None,
    # One database serves all Orgs of a test; storing one and asking takes its time.
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)


@dataclass
class Compared:
    """What was compared so far; each Org has a number of its own."""

    pairs: int = 0
    numbers: Iterator[int] = field(default_factory=itertools.count)


@st.composite
def walked_orgs(draw: st.DrawFn) -> tuple[Org, list[Walk]]:
    """Make up an Org, and for each of its users a way through one of its lists."""
    org = draw(orgs())
    return org, [draw(walks(org)) for _ in org.users]


async def compare(engine: AsyncEngine, made: tuple[Org, list[Walk]], compared: Compared) -> None:
    """Store the Org and compare what its users are answered with the reference, to the last row."""
    org, ways = made
    number = next(compared.numbers)
    loaded = await store(engine, org, f"org-{number}")
    with formed(number):
        await compare_users(engine, org, loaded, ways, compared)
    views = {user.key: View(org, user.key, now=clock.now()) for user in org.users}
    assert await everyones_levels(engine, loaded) == expected_pairs(views, loaded)
    for admin in [user.key for user in org.users if user.admin and user.active][:1]:
        asker = Asker(engine, loaded, admin, compiles=bool(number % 2))
        assert await looked_up(asker) == expected_lookups(views, loaded)


async def compare_users(
    engine: AsyncEngine, org: Org, loaded: Loaded, ways: list[Walk], compared: Compared
) -> None:
    """Compare what the users of a stored Org are answered."""
    for user, walk in zip(org.users, ways, strict=True):
        view = View(org, user.key, now=clock.now())
        asker = Asker(engine, loaded, user.key, walk.compiles)
        assert await asker.answered() == expected_answer(view, loaded)
        assert await asker.checked() == expected_levels(view, loaded)
        assert await walked(asker, walk) == expected_pages(view, loaded, walk)
        compared.pairs += 1


@pytest.fixture
def compared() -> Compared:
    return Compared()


@pytest.fixture
def full(tell: Callable[[str], None]) -> Iterator[Compared]:
    """What the full form compared, which is told at its end."""
    compared = Compared()
    yield compared
    tell(f"{compared.pairs} pairs of an Org and a user")
    assert compared.pairs >= PAIRS


@given(made=walked_orgs())
@settings(GENERATED, max_examples=ORGS)
async def test_every_user_of_an_org_sees_what_the_rule_says(
    engine: AsyncEngine, compared: Compared, made: tuple[Org, list[Walk]]
) -> None:
    await compare(engine, made, compared)


@pytest.mark.full
@given(made=walked_orgs())
@settings(GENERATED, max_examples=ORGS_IN_FULL)
async def test_every_user_of_thousands_of_orgs_sees_what_the_rule_says(
    engine: AsyncEngine, full: Compared, made: tuple[Org, list[Walk]]
) -> None:
    await compare(engine, made, full)
