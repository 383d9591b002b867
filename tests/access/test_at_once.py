"""Many members judged at once, as sets, are told as they are one node after the other, in SQL."""

import itertools
from collections.abc import Iterator
from dataclasses import replace
from typing import Any
from unittest.mock import patch

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy.ext.asyncio import AsyncEngine

from tests.access.asking import Asker
from tests.access.model import Org, User
from tests.access.orgs import orgs
from tests.access.storing import store
from tests.access.test_generated import GENERATED
from tests.factories import Loaded

ORGS = 5
HELD = "edges { cursor node { level member { key } } } pageInfo { hasNextPage hasPreviousPage }"
TEXT = f"""
query(
  $ids: [ID!]!, $first: Int, $last: Int, $after: String, $before: String
  $by: HolderOrder, $minimum: Permission, $filter: HolderFilter
) {{ nodes(ids: $ids) {{ id ...S ...P ...A }} }}
fragment S on Space {{ whoHasAccess(%(page)s) {{ totalCount {HELD} }} }}
fragment P on Project {{ whoHasAccess(%(page)s) {{ totalCount {HELD} }} }}
fragment A on Asset {{ whoHasAccess(%(page)s) {{ totalCount {HELD} }} }}
""" % {
    "page": "first: $first, last: $last, after: $after, before: $before, orderBy: $by, "
    "minimum: $minimum, filter: $filter"
}
ACCESSIBLE = """
query($first: Int, $last: Int, $after: String, $before: String, $minimum: Permission, $under: ID) {
  org { users { nodes { canAccess(
    first: $first, last: $last, after: $after, before: $before, minimum: $minimum, under: $under
  ) {
    totalCount edges { cursor node { kind level node { id } } }
    pageInfo { hasNextPage hasPreviousPage }
  } } } }
}"""
PAGES = st.fixed_dictionaries(
    {
        "by": st.fixed_dictionaries(
            {
                "field": st.sampled_from(["NAME", "LEVEL"]),
                "direction": st.sampled_from(["ASC", "DESC"]),
            }
        ),
        "minimum": st.sampled_from([None, "NONE", "READ", "FULL", "OWNER"]),
        "filter": st.sampled_from([None, {"nameContains": "U1"}, {"nameContains": ""}]),
    }
)
SIZES = st.sampled_from([{"first": 0}, {"first": 1}, {"first": 3}, {"last": 1}, {"last": 2}])


@pytest.fixture
def numbers() -> Iterator[int]:
    """Numbers for the Orgs, of which one database holds all."""
    return itertools.count()


@given(org=orgs(), asked=st.tuples(PAGES, SIZES), chance=st.randoms(use_true_random=False))
@settings(GENERATED, max_examples=ORGS)
async def test_pages_and_numbers_of_who_has_access_are_those_of_one_node(
    engine: AsyncEngine,
    numbers: Iterator[int],
    org: Org,
    asked: tuple[dict[str, Any], dict[str, int]],
    chance: Any,
) -> None:
    page, size = asked
    loaded = await store(engine, org, f"org-{next(numbers)}")
    for user in org.users:
        asker = Asker(engine, loaded, user.key)
        whole = await both(asker, loaded, page)
        held = [one["whoHasAccess"]["edges"] for one in whole if one and "whoHasAccess" in one]
        cursors: list[str | None] = [None, *(edge["cursor"] for edges in held for edge in edges)]
        bounds = {"after": chance.choice(cursors), "before": chance.choice(cursors)}
        await both(asker, loaded, {**page, **size, **bounds})


@given(org=orgs(), minimum=PAGES, size=SIZES)
@settings(GENERATED, max_examples=ORGS)
async def test_what_many_members_have_access_to_is_what_each_has(
    engine: AsyncEngine,
    numbers: Iterator[int],
    org: Org,
    minimum: dict[str, Any],
    size: dict[str, int],
) -> None:
    org = replace(org, users=(*org.users, User("boss", admin=True)))
    loaded = await store(engine, org, f"org-{next(numbers)}")
    given = {"minimum": minimum["minimum"]}
    active = [user.key for user in org.users if user.active]
    for user in (active[0], "boss"):
        asker = Asker(engine, loaded, user)
        whole = (await alike(asker, ACCESSIBLE, given))["org"]["users"]["nodes"]
        found = [edge["cursor"] for one in whole for edge in one["canAccess"]["edges"]]
        for name in ("after", "before"):
            cursor = found[len(found) // 2] if found else None
            await alike(asker, ACCESSIBLE, {**given, **size, name: cursor})
        for id_ in list(loaded.nodes.values())[::5]:
            await alike(asker, ACCESSIBLE, {**given, "under": id_})


async def both(asker: Asker, loaded: Loaded, page: dict[str, Any]) -> Any:
    """Return what is answered of all nodes, judged at once and by a statement alike."""
    return (await alike(asker, TEXT, {**page, "ids": list(loaded.nodes.values())}))["nodes"]


async def alike(asker: Asker, text: str, variables: dict[str, Any]) -> Any:
    """Return what is answered for many at once, which is what is answered for few."""
    with patch("db.queries.FEW", 1_000):
        one_by_one = await asker.ask(text, variables)
    with patch("db.queries.FEW", 0):
        at_once = await asker.ask(text, variables)
    assert at_once == one_by_one
    return at_once
