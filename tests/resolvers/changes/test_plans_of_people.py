"""Dry runs of changes of people tell exactly what the change then alters, for everyone."""

from collections.abc import Mapping
from typing import Any

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from tests.factories import Loaded
from tests.resolvers.changes.changing import answered, codes, mutate
from tests.resolvers.changes.peopling import PLAN, peopled, planned, stored

# Each change by its mutation, what it is given, and the kinds of node on which it alters levels.
EVERY = {"SPACE", "PROJECT", "ASSET"}
BELOW = {"PROJECT", "ASSET"}
CHANGES: list[tuple[str, dict[str, Any], set[str]]] = [
    ("memberAdd", {"email": "new@a.org", "key": "new", "name": "New"}, BELOW),
    ("memberAdd", {"email": "new@a.org", "key": "new", "name": "New", "admin": True}, EVERY),
    ("memberAdd", {"email": "out@example.org", "key": "out", "name": "Out"}, BELOW),
    ("serviceAccountCreate", {"key": "bot", "name": "Bot"}, BELOW),
    ("memberDeactivate", {"id": "user:oz"}, EVERY),
    ("memberDeactivate", {"id": "user:oz", "heir": "user:ria"}, EVERY),
    ("memberDeactivate", {"id": "user:oz", "heir": "user:fay"}, EVERY),
    ("memberDeactivate", {"id": "user:abe"}, EVERY),
    ("memberReactivate", {"id": "user:dan"}, EVERY),
    ("memberRemove", {"id": "user:oz", "heir": "user:nan"}, EVERY),
    ("memberRemove", {"id": "user:ria"}, EVERY),
    ("memberRemove", {"id": "user:dan"}, set()),
    ("memberRemove", {"id": "user:ada", "heir": "user:abe"}, EVERY),
    ("groupDelete", {"id": "group:build"}, EVERY),
    ("groupDelete", {"id": "group:look"}, BELOW),
    ("groupDelete", {"id": "group:empty"}, set()),
    ("groupMembersAdd", {"group": "group:build", "members": ["user:oz", "user:nan"]}, EVERY),
    ("groupMembersAdd", {"group": "group:look", "members": ["user:fay", "user:ria"]}, BELOW),
    ("groupMembersAdd", {"group": "group:look", "members": ["user:dan"]}, set()),
    ("groupMembersAdd", {"group": "group:admins", "members": ["user:oz", "user:fay"]}, EVERY),
    ("groupMembersRemove", {"group": "group:build", "members": ["user:ria", "user:dan"]}, EVERY),
    ("groupMembersRemove", {"group": "group:look", "members": ["user:nan"]}, BELOW),
    ("groupMembersRemove", {"group": "group:admins", "members": ["user:abe", "user:ada"]}, EVERY),
]


@pytest.fixture
async def acme(engine: AsyncEngine) -> Loaded:
    return await peopled(engine)


def about(acme: Loaded, given: Mapping[str, Any]) -> dict[str, Any]:
    """Return the input with ids in place of names."""
    named: dict[str, Any] = {name: acme.ids.get(f"{value}", value) for name, value in given.items()}
    if "members" in given:
        named["members"] = [acme.ids[key] for key in given["members"]]
    return named


@pytest.mark.parametrize(("name", "given", "kinds"), CHANGES)
async def test_what_is_planned_is_what_comes(
    engine: AsyncEngine, acme: Loaded, name: str, given: Mapping[str, Any], *, kinds: set[str]
) -> None:
    found = await planned(engine, name, about(acme, given))
    assert {kind for kind, _, _ in found} == kinds


async def test_what_is_planned_for_one_who_comes_back(engine: AsyncEngine, acme: Loaded) -> None:
    await mutate(engine, "ada", "memberRemove", {"id": acme.ids["user:ria"]}, node="id")
    given = {"email": "ria@example.org", "key": "ria", "name": "Ria"}
    found = await planned(engine, "memberAdd", given)
    assert {step[1] for step in found} == {"NONE"}


async def test_a_plan_of_nobody_is_none(engine: AsyncEngine, acme: Loaded) -> None:
    given = about(acme, {"group": "group:build", "members": ["user:ria"]}) | {"dryRun": True}
    before = await stored(engine)
    payload = f"{PLAN} results {{ errors {{ code }} }} errors {{ code }} revision"
    answer = await answered(engine, "ada", "groupMembersAdd", given, payload=payload)
    assert (answer["plan"], answer["errors"], answer["revision"]) == (None, [], None)
    assert [codes(result) for result in answer["results"]] == [["ALREADY_MEMBER"]]
    assert await stored(engine) == before


async def test_a_plan_that_others_overtook_is_refused(engine: AsyncEngine, acme: Loaded) -> None:
    given = {"id": acme.ids["user:oz"]}
    tried = await answered(
        engine, "ada", "memberRemove", given | {"dryRun": True}, payload="plan { token }"
    )
    await mutate(engine, "abe", "memberUpdate", {"id": acme.ids["user:oz"], "name": "O"}, node="id")
    before = await stored(engine)
    late = given | {"planToken": tried["plan"]["token"]}
    assert codes(await mutate(engine, "ada", "memberRemove", late, node="id")) == ["PLAN_OUTDATED"]
    assert await stored(engine) == before
