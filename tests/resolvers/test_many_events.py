"""A long log costs no more than a short one: the same statements, each of them by an index."""

import re
from collections.abc import AsyncIterator, Iterator
from typing import NamedTuple

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from auth.credential import Credential
from db import clock
from db.engine import change, open_engine
from engine.edge import Key
from engine.page import Order, read_page, write_cursor
from resolvers.context import Reading
from resolvers.events import ORDERS, EventRow, of_member, of_org, of_space
from resolvers.pagination import Listed
from tests.counting import counted
from tests.databases import SQLiteFiles, run
from tests.factories import Loaded, Manifest, address, asked_as, asker, load
from tests.factories import run as run_as
from tests.postgresql import PostgreSQLDatabases
from tests.resolvers.conftest import Stored
from tests.resolvers.plans import Explainer

MANY = 100_000
ACME = Manifest().user("ada", admin=True).user("ben").space("core").space("lab").project("lab/p")
# By one of 500 members to one of 20,000 objects, after the import; ada (mem_1_3) is one of them.
FILL = """
WITH RECURSIVE number(n) AS (SELECT 2 UNION ALL SELECT n + 1 FROM number WHERE n <= :many)
INSERT INTO event (org_id, revision, at, actor, through, action, object_id, path, after)
SELECT 1, n, n, 'mem_1_' || (n % 500), 'token', 'space.rename',
  'spc_1_' || (n % 20000), 'core', '{"name":"Core"}'
FROM number
"""
TOUCH = """
INSERT INTO event_touch (org_id, object_id, revision)
SELECT org_id, object_id, revision FROM event WHERE org_id = 1 AND revision > 1
"""


async def fill(engine: AsyncEngine, many: int) -> None:
    """Write many events at once, and let PostgreSQL know of it as it soon would by itself."""
    async with change(engine) as connection:
        await connection.execute(text(FILL), {"many": many})
        await connection.execute(text(TOUCH))
        if engine.dialect.name == "postgresql":
            await connection.execute(text("ANALYZE event, event_touch"))


async def store_at(url: str) -> Loaded:
    engine = open_engine(url)
    acme = await load(engine, ACME)
    await fill(engine, MANY)
    await engine.dispose()
    return acme


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def many(request: pytest.FixtureRequest) -> Iterator[Stored]:
    """The Org with a long log, in a database that tests only read."""
    name = {"sqlite": "sqlite_files", "postgresql": "postgresql_databases"}[request.param]
    source: SQLiteFiles | PostgreSQLDatabases = request.getfixturevalue(name)
    with source.fresh() as url:
        yield Stored(url, run(store_at(url)))


@pytest.fixture
async def long(many: Stored) -> AsyncIterator[AsyncEngine]:
    engine = open_engine(many.url)
    yield engine
    await engine.dispose()


async def plan_of(engine: AsyncEngine, listed: Listed, key: Key, **arguments: object) -> str:
    """Return how the database would find a page of a list for ada."""
    async with asker(engine, Credential(address("ada"), "acme")) as (connection, subject):
        explainer = Explainer(connection)
        reading = Reading(explainer, subject, now=clock.now())
        page = read_page(arguments, ORDERS, descending=True)
        await listed.rows(reading, [key], page, EventRow._fields)
    return explainer.plan


AFTER = write_cursor(Order("REVISION", ("revision",), (int,), descending=True), [50_000])


class Case(NamedTuple):
    """A list, its parent's key and arguments: the index that it goes by, on what columns."""

    listed: Listed
    key: Key
    arguments: dict[str, object]
    by: str
    columns: str


AFTER_OBJECT: dict[str, object] = {"filter": {"object": "spc_1_5"}, "after": AFTER}
KEYS = {
    "pk_event": "event",
    "pk_event_touch": "touch",
}  # primary keys, by the names of their tables
CASES = [
    Case(of_org, (1,), {}, "pk_event", "org_id"),
    Case(of_org, (1,), {"after": AFTER}, "pk_event", "org_id revision"),
    Case(of_org, (1,), {"filter": {"action": "space"}}, "pk_event", "org_id"),
    Case(of_org, (1,), {"filter": {"actor": "mem_1_3"}}, "ix_event_actor", "org_id actor"),
    Case(of_org, (1,), {"filter": {"object": "spc_1_5"}}, "pk_event_touch", "org_id object_id"),
    Case(of_org, (1,), AFTER_OBJECT, "pk_event_touch", "org_id object_id revision"),
    Case(of_space, (5, 4), {}, "pk_event_touch", "org_id object_id"),
    Case(of_member, (3,), {}, "pk_event_touch", "org_id object_id"),
]


@pytest.mark.parametrize("case", CASES)
async def test_a_page_is_a_range_of_an_index(long: AsyncEngine, case: Case) -> None:
    plan = await plan_of(long, case.listed, case.key, **case.arguments)
    assert case.columns.split() in searched(plan, case.by)
    assert "SCAN event" not in plan
    assert "Seq Scan" not in plan
    assert "Sort" not in plan


def searched(plan: str, index: str) -> list[list[str]]:
    """Return the columns on which a plan searches an index; on SQLite a key has no name."""
    key = f"SEARCH {KEYS[index]} USING (?:COVERING )?PRIMARY KEY" if index in KEYS else index
    of_sqlite = re.findall(rf"{key} \((.*)\)", plan)
    of_postgresql = re.findall(rf"using {index} on event.*\n *Index Cond: (.*)", plan)
    return [re.findall(r"(\w+) ?[=<]", found) for found in of_sqlite + of_postgresql]


TEXT = """query($object: ID!, $actor: ID!) { org {
  all: events(first: 3) { nodes { actor { id } object { id } } }
  of: events(filter: { object: $object, actor: $actor }) { totalCount nodes { revision } }
  spaces { nodes { history { totalCount nodes { revision } } } }
} }"""
# The asker; the first events, who made them, and the spaces that they were done to; those of one
# member and object, and their number; the spaces, their histories, and the numbers of these.
STATEMENTS = 1 + 3 + 2 + 3


@pytest.mark.parametrize("compiles", [True, False], ids=["compiled", "standard"])
@pytest.mark.parametrize("number", [10, 1_000])
async def test_the_number_of_statements_is_that_of_the_edges(
    engine: AsyncEngine, number: int, *, compiles: bool
) -> None:
    acme = await load(engine, ACME)
    await fill(engine, number)
    ids = {"object": acme.ids["core"], "actor": acme.ids["user:ada"]}
    with counted() as statements:
        answer = await run_as(
            engine, Credential(address("ada"), "acme"), asked_as(TEXT, ids), compiles=compiles
        )
    assert answer.errors == []
    assert len(statements) == answer.noted["statements"] == STATEMENTS
