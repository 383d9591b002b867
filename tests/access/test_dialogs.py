"""Nothing that a person can use is missing where a node's grants are listed: in made-up Orgs."""

import itertools
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from sqlalchemy.ext.asyncio import AsyncEngine

from tests.access.asking import Asker
from tests.access.model import Org, User
from tests.access.orgs import orgs
from tests.access.storing import store
from tests.access.test_generated import GENERATED

ORGS = 40
HOLDERS = "whoHasAccess"
ADMIN = User("boss", admin=True)
GRANTS = "principal { ... on Node { id } } level"
DIALOG = f"""
  grants(first: 40) {{ totalCount nodes {{ {GRANTS} from {{ id }} }} edges {{ inherited }} }}
  whoHasAccess(first: 40) {{ nodes {{ member {{ id }} level }} }}
"""
DIALOGS = f"""query($ids: [ID!]!) {{ nodes(ids: $ids) {{
  id ... on Space {{ {DIALOG} }} ... on Project {{ {DIALOG} }}
}} }}"""
WHY = f"access(for: $who) {{ level source reachedBy {{ {GRANTS} on {{ id }} }} }}"
REASONS = f"""query($ids: [ID!]!, $who: ID!) {{ nodes(ids: $ids) {{
  id ... on Space {{ {WHY} }} ... on Project {{ {WHY} }}
}} }}"""


@pytest.fixture
def numbers() -> Iterator[int]:
    """Numbers for the Orgs, of which one database holds all."""
    return itertools.count()


@given(org=orgs())
@settings(GENERATED, max_examples=ORGS)
async def test_whatever_gives_somebody_a_level_is_listed(
    engine: AsyncEngine, numbers: Iterator[int], org: Org
) -> None:
    org = replace(org, users=(*org.users, ADMIN))
    loaded = await store(engine, org, f"org-{next(numbers)}")
    asker, nodes = Asker(engine, loaded, ADMIN.key), list(loaded.nodes.values())
    dialogs = {one["id"]: one for one in await found(asker, DIALOGS, nodes) if "grants" in one}
    for user in org.users:
        who = loaded.ids[f"user:{user.key}"]
        for one in await found(asker, REASONS, list(dialogs), who=who):
            holders, by_default = nodes_of(dialogs, one, HOLDERS), loaded.ids["shared"] == one["id"]
            levels = {each["member"]["id"]: each["level"] for each in holders}
            assert one["access"]["level"] == levels.get(who, "NONE")
            check(one["access"], nodes_of(dialogs, one, "grants"), by_default=by_default)


async def found(asker: Asker, text: str, ids: list[str], **more: str) -> list[Any]:
    """Return the nodes that are there."""
    return [node for node in (await asker.ask(text, {"ids": ids, **more}))["nodes"] if node]


def nodes_of(dialogs: dict[str, Any], node: Any, name: str) -> list[Any]:
    nodes: list[Any] = dialogs[node["id"]][name]["nodes"]
    return nodes


def check(access: Any, listed: list[Any], *, by_default: bool) -> None:
    """Assert that the grants that reach the level are among those that the node lists."""
    reached = {key(one, "on") for one in access["reachedBy"]}
    assert reached <= {key(one, "from") for one in listed}
    if access["level"] != "NONE" and access["source"] != "ADMIN" and not by_default:
        assert reached != set()


def key(grant: Any, on: str) -> tuple[str, str, str]:
    return grant["principal"]["id"], grant["level"], grant[on]["id"]
