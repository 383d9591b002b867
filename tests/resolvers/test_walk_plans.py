"""SQLite walks from one space that is seen to the next, and sorts nothing on its way."""

from collections.abc import AsyncIterator, Mapping
from itertools import product

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from auth.credential import Credential
from db import clock
from db.engine import open_engine
from engine.page import MOST_OF_SHORT, Order, Orders, Page, Value
from resolvers import assets, projects
from resolvers.context import Reading
from resolvers.pagination import Listed, Walked
from tests.databases import SQLiteFiles
from tests.factories import Manifest, address, asker, load
from tests.resolvers.plans import Explainer

ACME = Manifest().user("ada", admin=True).user("ben").space("core").project("core/p")
BETWEEN: Mapping[type[Value], Value] = {str: "m", int: 5}
LISTS = (
    (projects.of_org, projects.ORDERS_IN_ORG),
    (Walked(assets.IN_SPACES), assets.ORDERS_IN_ORG),
)
NAMES = "id", "name", "level"
NEXT_SEEN = "SEARCH space USING INDEX ix_space_order (org_id=? AND sort=?)"
NEXT_SPACE = "SEARCH space USING INDEX ix_space_order (org_id=?"


@pytest.fixture
async def sqlite(sqlite_files: SQLiteFiles) -> AsyncIterator[AsyncEngine]:
    with sqlite_files.fresh() as url:
        engine = open_engine(url)
        await load(engine, ACME)
        yield engine
        await engine.dispose()


def page_of(orders: Orders, *, size: int, descending: bool, backward: bool, end: str) -> Page:
    """Return a page in the order of the tree, from an end of the list or from amid it."""
    name, columns = next(iter(orders.items()))
    order = Order(name, tuple(columns), tuple(columns.values()), descending)
    at = tuple(BETWEEN[type_] for type_ in order.types)
    after, before = (at if end == which else None for which in ("after", "before"))
    return Page(size, backward, order, after, before, (), peek=True)


PAGES = [
    pytest.param(listed, page_of(orders, size=size, descending=down, backward=back, end=end))
    for (listed, orders), size, (down, back), end in product(
        LISTS,
        (20, MOST_OF_SHORT + 1),
        product((False, True), repeat=2),
        ("", "after", "before"),
    )
]


async def plan_of(engine: AsyncEngine, user: str, listed: Listed, page: Page) -> str:
    async with asker(engine, Credential(address(user), "acme")) as (connection, subject):
        explainer = Explainer(connection)
        reading = Reading(explainer, subject, now=clock.now())
        await listed.rows(reading, [(subject.org.id,)] if subject.org else [], page, NAMES)
    return explainer.plan


@pytest.mark.parametrize(("listed", "page"), PAGES)
async def test_a_walk_sorts_nothing_and_meets_only_what_is_seen(
    sqlite: AsyncEngine, listed: Listed, page: Page
) -> None:
    plan = await plan_of(sqlite, "ben", listed, page)
    walks = 2 if page.shape.short else 1  # one of them through the spaces near
    assert plan.count(NEXT_SEEN) == plan.count(NEXT_SPACE) == walks
    assert "RIGHT PART" not in plan
    assert plan.count("FOR ORDER BY") == walks - 1  # of what was found by either


@pytest.mark.parametrize(("listed", "page"), PAGES)
async def test_an_admins_walk_meets_every_space_and_sorts_nothing(
    sqlite: AsyncEngine, listed: Listed, page: Page
) -> None:
    plan = await plan_of(sqlite, "ada", listed, page)
    assert plan.count(NEXT_SPACE) == 1
    assert "ORDER BY" not in plan
