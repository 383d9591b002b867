"""Who has access to what, as those who may ask are told, and those who may not."""

from typing import Any

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from tests.factories import Loaded, ask, load
from tests.resolvers.changes.changing import CHANGED

WHO = """query($id: ID!, $minimum: Permission) { node(id: $id) {
  ... on Project { whoHasAccess(minimum: $minimum) { totalCount nodes { member { key } level } } }
} }"""
WHAT = """query($id: ID!, $minimum: Permission, $under: ID) { node(id: $id) {
  ... on Member {
    canAccess(minimum: $minimum, under: $under) { totalCount nodes { node { id } level } }
  }
} }"""


@pytest.fixture
async def acme(engine: AsyncEngine) -> Loaded:
    return await load(engine, CHANGED)


async def who(engine: AsyncEngine, user: str, node: str, minimum: str | None = None) -> Any:
    answer = await ask(engine, user, "acme", WHO, {"id": node, "minimum": minimum})
    assert answer.errors == []
    found = answer.data["node"]["whoHasAccess"]
    assert found["totalCount"] == len(found["nodes"])
    return {one["member"]["key"]: one["level"] for one in found["nodes"]}


async def what(engine: AsyncEngine, user: str, acme: Loaded, member: str, **asked: Any) -> Any:
    given = {"id": acme.ids[f"user:{member}"], **asked}
    answer = await ask(engine, user, "acme", WHAT, given)
    assert answer.errors == []
    found = answer.data["node"]["canAccess"]
    assert found["totalCount"] == len(found["nodes"])
    paths = {id_: path for path, id_ in acme.nodes.items()}
    return {paths[one["node"]["id"]]: one["level"] for one in found["nodes"]}


async def test_a_nodes_owner_is_told_of_all_who_have_access(
    engine: AsyncEngine, acme: Loaded
) -> None:
    site = acme.ids["core/site"]
    everyone = {"ada": "OWNER", "fay": "FULL", "oz": "OWNER", "pip": "OWNER", "ria": "READ"}
    for user in ("ada", "oz", "pip"):
        assert await who(engine, user, site) == everyone
    assert await who(engine, "pip", site, "FULL") == {
        key: level for key, level in everyone.items() if level != "READ"
    }
    assert await who(engine, "ria", site) == {"ria": "READ"}


async def test_anyone_is_told_what_they_have_access_to(engine: AsyncEngine, acme: Loaded) -> None:
    own = {"shared": "READ_EXECUTE", "core/shared": "READ_EXECUTE", "core/site": "OWNER"}
    assert await what(engine, "pip", acme, "pip") == own
    assert await what(engine, "ada", acme, "pip") == own
    assert await what(engine, "pip", acme, "pip", minimum="FULL") == {"core/site": "OWNER"}
    assert await what(engine, "pip", acme, "ria") == {}
    assert await what(engine, "nan", acme, "pip") == {}


@pytest.mark.parametrize(
    ("under", "told"),
    [
        ("core", {"core": "READ", "core/shared": "READ", "core/docs": "READ", "core/site": "READ"}),
        ("core/site", {"core/site": "READ"}),
        ("lab", {}),
    ],
)
async def test_owners_ask_about_anyone_under_what_they_own(
    engine: AsyncEngine, acme: Loaded, under: str, told: dict[str, str]
) -> None:
    for user in ("ada", "oz"):
        assert await what(engine, user, acme, "ria", under=acme.ids[under]) == told
    assert await what(engine, "fay", acme, "ria", under=acme.ids[under]) == {}


@pytest.mark.parametrize("under", ["mem_1_5", "spc_9_1", "nonsense", "spc_1_999", "ast_1_9"])
async def test_there_is_nothing_under_what_isnt_there(
    engine: AsyncEngine, acme: Loaded, under: str
) -> None:
    assert await what(engine, "ada", acme, "oz", under=under) == {}
