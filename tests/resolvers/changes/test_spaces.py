"""Spaces changed through the API: what comes of it, who may, and what is told."""

from collections.abc import Mapping
from typing import Any

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from tests.factories import Loaded, load
from tests.resolvers.changes import changing
from tests.resolvers.changes.changing import CHANGED, kept

NODE = "id key name description effectivePermission sharedProject { key name }"


@pytest.fixture
async def acme(engine: AsyncEngine) -> Loaded:
    return await load(engine, CHANGED)


async def mutate(
    engine: AsyncEngine, user: str, name: str, given: Mapping[str, Any]
) -> dict[str, Any]:
    return await changing.mutate(engine, user, name, given, node=NODE)


async def test_an_admin_makes_a_space_with_its_shared_project(
    engine: AsyncEngine, acme: Loaded
) -> None:
    before, _ = await kept(engine)
    given = {"key": "new", "name": "Cafe\u0301 2", "description": "For guests"}
    payload = await mutate(engine, "ada", "spaceCreate", given)
    node = payload["node"]
    assert node | {"id": ""} == {
        "id": "",
        "key": "new",
        "name": "Café 2",
        "description": "For guests",
        "effectivePermission": "OWNER",
        "sharedProject": {"key": "shared", "name": "shared"},
    }
    assert (payload["errors"], payload["revision"]) == ([], before + 1)
    revision, events = await kept(engine)
    assert revision == before + 1
    told = '{"key":"new","name":"Café 2","description":"For guests"}'
    ada = acme.ids["user:ada"]
    event = (revision, ada, "token", "space.create", node["id"], "new", None, told, "test")
    assert events[-1:] == [event]


async def test_a_rename_tells_what_was_and_what_is(engine: AsyncEngine, acme: Loaded) -> None:
    payload = await mutate(engine, "fay", "spaceRename", {"id": acme.ids["core"], "name": "Heart"})
    assert (payload["node"]["name"], payload["node"]["key"]) == ("Heart", "core")
    _, events = await kept(engine)
    assert events[-1][3:8] == (
        "space.rename",
        acme.ids["core"],
        "core",
        '{"name":"Core"}',
        '{"name":"Heart"}',
    )


async def test_a_deleted_space_is_gone_and_its_key_is_taken_for_good(
    engine: AsyncEngine, acme: Loaded
) -> None:
    deleted = await mutate(engine, "oz", "spaceDelete", {"id": acme.ids["core"]})
    assert (deleted["node"], deleted["errors"]) == (None, [])
    again = await mutate(engine, "oz", "spaceDelete", {"id": acme.ids["core"]})
    assert [error["code"] for error in again["errors"]] == ["NOT_FOUND"]
    taken = await mutate(engine, "ada", "spaceCreate", {"key": "core", "name": "Other"})
    assert [error["code"] for error in taken["errors"]] == ["KEY_TAKEN"]
    named = await mutate(engine, "ada", "spaceCreate", {"key": "core-2", "name": "Core"})
    assert named["errors"] == []


@pytest.mark.parametrize(
    ("name", "least"),
    [("spaceRename", "fay"), ("spaceUpdate", "oz"), ("spaceDelete", "oz"), ("spaceCreate", "ada")],
)
@pytest.mark.parametrize("user", ["nan", "ria", "fay", "oz", "ada", "dan"])
async def test_who_may_do_what(
    engine: AsyncEngine, acme: Loaded, name: str, least: str, *, user: str
) -> None:
    ranks = ["nan", "ria", "fay", "oz", "ada"]
    given = {
        "spaceCreate": {"key": "new", "name": "New"},
        "spaceRename": {"id": acme.ids["core"], "name": "New"},
        "spaceUpdate": {"id": acme.ids["core"], "description": "New"},
        "spaceDelete": {"id": acme.ids["core"]},
    }[name]
    before = await kept(engine)
    payload = await mutate(engine, user, name, given)
    if user != "dan" and ranks.index(user) >= ranks.index(least):
        assert payload["errors"] == []
        return
    unseen = user == "dan" or (user == "nan" and name != "spaceCreate")
    assert [error["code"] for error in payload["errors"]] == [
        "NOT_FOUND" if unseen else "FORBIDDEN"
    ]
    assert (payload["node"], payload["revision"]) == (None, None)
    assert await kept(engine) == before


@pytest.mark.parametrize(
    ("given", "code", "field"),
    [
        ({"key": "lab", "name": "New"}, "KEY_TAKEN", "key"),
        ({"key": "new", "name": "LAB"}, "NAME_TAKEN", "name"),
        ({"key": "new", "name": "Shared"}, "INVALID", "name"),
        ({"key": "shared", "name": "New"}, "INVALID", "key"),
        ({"key": "a b", "name": "New"}, "INVALID", "key"),
        ({"key": "new", "name": "a/b"}, "INVALID", "name"),
        ({"key": "new", "name": " a"}, "INVALID", "name"),
        ({"key": "new", "name": "a\u0007b"}, "INVALID", "name"),
        ({"key": "new", "name": ""}, "INVALID", "name"),
        ({"key": "new", "name": "x" * 256}, "INVALID", "name"),
        ({"key": "new", "name": "New", "idempotencyKey": ""}, "INVALID", "idempotencyKey"),
    ],
)
async def test_what_will_not_do_is_refused_and_changes_nothing(
    engine: AsyncEngine, acme: Loaded, given: Mapping[str, str], code: str, *, field: str
) -> None:
    before = await kept(engine)
    payload = await mutate(engine, "ada", "spaceCreate", given)
    assert [(error["code"], error["field"]) for error in payload["errors"]] == [(code, field)]
    assert await kept(engine) == before
    assert acme.key == "acme"


@pytest.mark.parametrize("text", ["spc_1_999", "spc_2_1", "nonsense", "", "org_1"])
async def test_an_id_that_names_no_space_is_not_found(
    engine: AsyncEngine, acme: Loaded, text: str
) -> None:
    payload = await mutate(engine, "ada", "spaceRename", {"id": text, "name": "New"})
    assert [error["code"] for error in payload["errors"]] == ["NOT_FOUND"]
    assert acme.key == "acme"


async def test_a_key_of_idempotency_gives_the_first_answer_again(
    engine: AsyncEngine, acme: Loaded
) -> None:
    given = {"key": "new", "name": "New", "idempotencyKey": "once"}
    first = await mutate(engine, "ada", "spaceCreate", given)
    before = await kept(engine)
    assert await mutate(engine, "ada", "spaceCreate", given) == first
    other = await mutate(engine, "ada", "spaceCreate", {**given, "name": "Newer"})
    assert [error["code"] for error in other["errors"]] == ["IDEMPOTENCY_KEY_REUSED"]
    assert await kept(engine) == before
    assert acme.key == "acme"


async def test_a_refusal_is_an_answer_that_is_given_again(
    engine: AsyncEngine, acme: Loaded
) -> None:
    given = {"id": acme.ids["core"], "name": "Lab", "idempotencyKey": "once"}
    first = await mutate(engine, "fay", "spaceRename", given)
    assert [error["code"] for error in first["errors"]] == ["NAME_TAKEN"]
    await mutate(engine, "ada", "spaceRename", {"id": acme.ids["lab"], "name": "Laboratory"})
    assert await mutate(engine, "fay", "spaceRename", given) == first
    del given["idempotencyKey"]
    assert (await mutate(engine, "fay", "spaceRename", given))["errors"] == []


@pytest.mark.parametrize(
    ("name", "path"), [("spaceUpdate", "core"), ("projectUpdate", "core/site")]
)
async def test_what_is_left_out_of_an_update_stays(
    engine: AsyncEngine, acme: Loaded, name: str, path: str
) -> None:
    given = {"id": acme.ids[path], "description": "For tests"}
    told = {"node": "description"}
    assert (await changing.mutate(engine, "oz", name, given, **told))["node"] == {
        "description": "For tests"
    }
    before = await kept(engine)
    refused = await changing.mutate(engine, "oz", name, {"id": acme.ids[path]}, **told)
    assert [(error["code"], error["field"]) for error in refused["errors"]] == [("INVALID", None)]
    assert await kept(engine) == before
    emptied = await changing.mutate(engine, "oz", name, {**given, "description": None}, **told)
    assert emptied["node"] == {"description": None}
