"""A plan lives until what it is about is touched: what else happens in the Org leaves it alone."""

# pyright: reportUnknownArgumentType=false

from collections.abc import Mapping
from typing import Any

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from tests.factories import Loaded, load
from tests.resolvers.changes.changing import CHANGED, answered, codes

TRIED = "plan { token gained lost changed } errors { message }"
DONE = "errors { code message }"
IDS = ("id", "node", "principal", "into", "space", "project", "group", "heir")

GRANT = ("grantSet", {"node": "core", "principal": "group:crew", "level": "FULL"})
MOVE = ("projectMove", {"id": "core/site", "into": "lab"})
DELETE = ("spaceDelete", {"id": "core"})
LEAVE = ("memberDeactivate", {"id": "user:pip"})
COPY = ("assetCopy", {"id": "core/site/home", "into": "core/docs"})
JOIN = ("groupMembersAdd", {"group": "group:crew", "members": ["user:ria"]})


@pytest.fixture
async def acme(engine: AsyncEngine) -> Loaded:
    manifest = (
        CHANGED.copy()
        .group("crew", "nan")
        .group("night", "fay")
        .space("far")
        .project("far/off")
        .project("lab/bench")
        .asset("core/site/home")
        .asset("core/docs/page")
        .asset("far/off/file")
        .grant("group:crew", "READ", on="lab/bench")
    )
    return await load(engine, manifest)


def named(acme: Loaded, given: Mapping[str, Any]) -> dict[str, Any]:
    many = {"members": [acme.ids[one] for one in given["members"]]} if "members" in given else {}
    return {k: acme.ids[v] if k in IDS else v for k, v in given.items()} | many


def set_on(node: str, who: str, level: str = "READ") -> tuple[str, dict[str, Any]]:
    return "grantSet", {"node": node, "principal": who, "level": level}


UNRELATED = {
    "another space": ("spaceUpdate", {"id": "far", "name": "Farther", "description": "Off"}),
    "a new space": ("spaceCreate", {"key": "new", "name": "New"}),
    "an asset elsewhere": ("assetUpdate", {"id": "far/off/file", "metadata": {"a": 1}}),
    "a grant elsewhere": set_on("far", "user:dan", "OWNER"),
    "the Org's name": ("orgUpdate", {"name": "Another"}),
    "another's name": ("memberUpdate", {"id": "user:fay", "name": "F"}),
    "a new group": ("groupCreate", {"key": "new", "name": "New"}),
}


@pytest.mark.parametrize("other", UNRELATED.values(), ids=UNRELATED)
@pytest.mark.parametrize("plan", [GRANT, MOVE, DELETE, LEAVE, COPY, JOIN], ids=lambda one: one[0])
async def test_what_has_nothing_to_do_with_a_plan_leaves_it_alive(
    engine: AsyncEngine, acme: Loaded, plan: tuple[str, Any], other: tuple[str, Any]
) -> None:
    assert await followed(engine, acme, plan, other) == []


@pytest.mark.parametrize(
    ("plan", "other"),
    [
        (GRANT, set_on("core", "user:dan")),
        (GRANT, ("groupMembersAdd", {"group": "group:crew", "members": ["user:ria"]})),
        (GRANT, ("groupMembersAdd", {"group": "group:night", "members": ["user:nan"]})),
        (GRANT, ("projectCreate", {"space": "core", "key": "new", "name": "New"})),
        (GRANT, set_on("core/docs", "user:nan")),
        (GRANT, ("projectMove", {"id": "core/docs", "into": "far"})),
        (GRANT, ("groupUpdate", {"id": "group:crew", "name": "Other"})),
        (MOVE, set_on("core", "user:dan")),
        (MOVE, set_on("lab", "user:dan")),
        (MOVE, ("assetDelete", {"id": "core/site/home"})),
        (MOVE, ("projectUpdate", {"id": "core/site", "name": "Other"})),
        (DELETE, set_on("core/docs", "user:nan")),
        (DELETE, ("assetUpdate", {"id": "core/docs/page", "metadata": {}})),
        (DELETE, ("memberDeactivate", {"id": "user:ria"})),
        (DELETE, ("groupMembersAdd", {"group": "group:admins", "members": ["user:nan"]})),
        (LEAVE, set_on("far", "user:pip")),
        (LEAVE, ("groupMembersAdd", {"group": "group:night", "members": ["user:pip"]})),
        (LEAVE, ("grantRevoke", {"node": "core/site", "principal": "user:pip"})),
        (COPY, set_on("core/docs", "user:nan")),
        (COPY, set_on("core", "user:dan")),
        (JOIN, set_on("lab/bench", "group:crew", "FULL")),
        (JOIN, ("memberUpdate", {"id": "user:ria", "name": "R"})),
    ],
    ids=str,
)
async def test_what_touches_what_a_plan_is_about_ends_it(
    engine: AsyncEngine, acme: Loaded, plan: tuple[str, Any], other: tuple[str, Any]
) -> None:
    assert await followed(engine, acme, plan, other) == ["PLAN_OUTDATED"]


async def followed(
    engine: AsyncEngine, acme: Loaded, plan: tuple[str, Any], other: tuple[str, Any]
) -> list[str]:
    """Plan a change, make another, and return what the planned one is refused for."""
    (name, given), (between, more) = plan, other
    given = named(acme, given)
    tried = await answered(engine, "ada", name, {**given, "dryRun": True}, payload=TRIED)
    assert tried["errors"] == []
    done = await answered(engine, "ada", between, named(acme, more), payload=DONE)
    assert done["errors"] == []
    late = {**given, "planToken": tried["plan"]["token"]}
    return codes(await answered(engine, "ada", name, late, payload=DONE))


@pytest.mark.parametrize("token", ["", "x", "-1-1-", "-1-99999999999999999999-ab", "é-1-1-a"])
async def test_a_token_that_is_none_is_of_no_plan(
    engine: AsyncEngine, acme: Loaded, token: str
) -> None:
    given = {**named(acme, DELETE[1]), "planToken": token}
    answer = await answered(engine, "ada", "spaceDelete", given, payload=DONE)
    assert codes(answer) == ["PLAN_OUTDATED"]
