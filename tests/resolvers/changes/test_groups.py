"""Groups changed through the API: what comes of it, who may, and what is told."""

from collections.abc import Mapping
from typing import Any

import orjson
import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from tests.factories import Loaded
from tests.resolvers.changes import changing
from tests.resolvers.changes.changing import answered, codes, kept
from tests.resolvers.changes.peopling import everyones, level, peopled, sees, stored

NODE = "id key name reserved members { nodes { key } }"
RESULTS = (
    f"node {{ {NODE} }} results {{ givenId node {{ key }} errors {{ code field }} }} "
    "errors { code field } revision"
)
GROUPS = "{ org { groups { totalCount nodes { key } } } }"


@pytest.fixture
async def acme(engine: AsyncEngine) -> Loaded:
    return await peopled(engine)


async def mutate(
    engine: AsyncEngine, user: str, name: str, given: Mapping[str, Any]
) -> dict[str, Any]:
    return await changing.mutate(engine, user, name, given, node=NODE)


def members(acme: Loaded, group: str, *users: str) -> dict[str, Any]:
    ids = [acme.ids.get(f"user:{user}", user) for user in users]
    return {"group": acme.ids[f"group:{group}"], "members": ids}


async def change(
    engine: AsyncEngine, what: str, given: Mapping[str, Any], *, user: str = "ada"
) -> dict[str, Any]:
    """Return the answer to putting members into a group or taking them out."""
    return await answered(engine, user, f"groupMembers{what}", given, payload=RESULTS)


def keys(payload: Mapping[str, Any]) -> list[str]:
    return [member["key"] for member in payload["node"]["members"]["nodes"]]


async def test_a_group_is_made_of_members(engine: AsyncEngine, acme: Loaded) -> None:
    users = [acme.ids[f"user:{user}"] for user in ("oz", "dan")]
    given = {"key": "ops", "name": "Ops / 2", "members": users}
    payload = await mutate(engine, "ada", "groupCreate", given)
    node = payload["node"]
    assert (payload["errors"], node | {"id": ""}) == (
        [],
        {
            "id": "",
            "key": "ops",
            "name": "Ops / 2",
            "reserved": False,
            "members": {"nodes": [{"key": "dan"}, {"key": "oz"}]},
        },
    )
    _, events = await kept(engine)
    told = '{"key":"ops","name":"Ops / 2","members":["oz","dan"]}'
    assert events[-1][3:8] == ("group.create", node["id"], "ops", None, told)


@pytest.mark.parametrize("given", [{}, {"members": None}, {"members": []}])
async def test_a_group_may_be_made_empty(
    engine: AsyncEngine, acme: Loaded, given: Mapping[str, Any]
) -> None:
    payload = await mutate(engine, "ada", "groupCreate", {"key": "ops", "name": "Ops", **given})
    assert (codes(payload), keys(payload)) == ([], [])
    assert acme.key == "acme"


@pytest.mark.parametrize(
    ("given", "code", "field"),
    [
        ({"key": "a b"}, "INVALID", "key"),
        ({"name": " a"}, "INVALID", "name"),
        ({"key": "build"}, "KEY_TAKEN", "key"),
        ({"key": "admins"}, "KEY_TAKEN", "key"),
        ({"key": "members"}, "KEY_TAKEN", "key"),
        ({"members": ["nobody"]}, "NOT_FOUND", "members"),
        ({"members": ["user:oz", "group:build"]}, "NOT_FOUND", "members"),
        ({"members": ["user:oz", "user:oz"]}, "INVALID", "members"),
        ({"members": [f"mem_1_{n}" for n in range(1, 1002)]}, "INVALID", "members"),
    ],
)
async def test_what_will_make_no_group(
    engine: AsyncEngine, acme: Loaded, given: dict[str, Any], code: str, *, field: str
) -> None:
    before = await stored(engine)
    given = {"key": "ops", "name": "Ops", **given}
    given["members"] = [acme.ids.get(id_, id_) for id_ in given.get("members", ())]
    payload = await mutate(engine, "ada", "groupCreate", given)
    assert [(error["code"], error["field"]) for error in payload["errors"]] == [(code, field)]
    assert await stored(engine) == before


async def test_a_group_is_renamed_and_keeps_its_key(engine: AsyncEngine, acme: Loaded) -> None:
    build = acme.ids["group:build"]
    payload = await mutate(engine, "ada", "groupRename", {"id": build, "name": "Builders"})
    assert (payload["node"]["name"], payload["node"]["key"]) == ("Builders", "build")
    _, events = await kept(engine)
    told = ('{"name":"build"}', '{"name":"Builders"}')
    assert events[-1][3:8] == ("group.rename", build, "build", *told)


async def test_a_deleted_group_is_nowhere_and_gives_nothing(
    engine: AsyncEngine, acme: Loaded
) -> None:
    assert await level(engine, "ria", acme.ids["lab/bench"]) == "FULL"
    build = acme.ids["group:build"]
    payload = await mutate(engine, "ada", "groupDelete", {"id": build})
    assert (payload["node"], payload["errors"]) == (None, [])
    assert await level(engine, "ria", acme.ids["lab/bench"]) is None
    groups = (await sees(engine, "ria", GROUPS))["org"]["groups"]
    left = [{"key": key} for key in ("admins", "empty", "look", "members")]
    assert groups == {"totalCount": 4, "nodes": left}
    data = await sees(engine, "ria", "query ($id: ID!) { node(id: $id) { id } }", id=build)
    assert data["node"] is None
    _, events = await kept(engine)
    assert events[-1][3:6] == ("group.delete", build, "build")
    assert orjson.loads(events[-1][6]) == {
        "name": "build",
        "members": ["ria", "dan"],
        "grants": [{"on": "lab", "level": "FULL", "propagate": True, "expiresAt": None}],
    }


async def test_a_deleted_groups_key_stays_taken(engine: AsyncEngine, acme: Loaded) -> None:
    await mutate(engine, "ada", "groupDelete", {"id": acme.ids["group:empty"]})
    before = await stored(engine)
    again = await mutate(engine, "ada", "groupCreate", {"key": "empty", "name": "Empty"})
    assert codes(again) == ["KEY_TAKEN"]
    gone = {"id": acme.ids["group:empty"]}
    assert codes(await mutate(engine, "ada", "groupDelete", gone)) == ["NOT_FOUND"]
    assert codes(await change(engine, "Add", members(acme, "empty", "oz"))) == ["NOT_FOUND"]
    assert await stored(engine) == before


@pytest.mark.parametrize("group", ["admins", "members"])
@pytest.mark.parametrize("name", ["groupRename", "groupDelete"])
async def test_the_servers_own_groups_are_kept(
    engine: AsyncEngine, acme: Loaded, group: str, name: str
) -> None:
    before = await stored(engine)
    given = {"id": acme.ids[f"group:{group}"]} | ({"name": "A"} if name == "groupRename" else {})
    assert codes(await mutate(engine, "ada", name, given)) == ["RESERVED_GROUP"]
    assert await stored(engine) == before


@pytest.mark.parametrize("what", ["Add", "Remove"])
async def test_the_group_of_the_active_is_the_servers(
    engine: AsyncEngine, acme: Loaded, what: str
) -> None:
    before = await stored(engine)
    answer = await change(engine, what, members(acme, "members", "dan", "oz"))
    assert answer["errors"] == [{"code": "RESERVED_GROUP", "field": "group"}]
    assert await stored(engine) == before


async def test_members_come_into_a_group_by_one_change(engine: AsyncEngine, acme: Loaded) -> None:
    before, events = await kept(engine)
    given = members(acme, "build", "oz", "ria", "nobody", "fay", "mem_2_4")
    answer = await change(engine, "Add", given)
    assert answer["results"] == [
        {"givenId": given["members"][0], "node": {"key": "oz"}, "errors": []},
        {
            "givenId": given["members"][1],
            "node": {"key": "ria"},
            "errors": [{"code": "ALREADY_MEMBER", "field": "members"}],
        },
        {"givenId": "nobody", "node": None, "errors": [{"code": "NOT_FOUND", "field": "members"}]},
        {"givenId": given["members"][3], "node": {"key": "fay"}, "errors": []},
        {"givenId": "mem_2_4", "node": None, "errors": [{"code": "NOT_FOUND", "field": "members"}]},
    ]
    assert keys(answer) == ["dan", "fay", "oz", "ria"]
    assert (answer["errors"], answer["revision"]) == ([], before + 1)
    revision, after = await kept(engine)
    assert (revision, after[:-1]) == (before + 1, events)
    build = acme.ids["group:build"]
    told = ("group.members.add", build, "build", None, '{"members":["oz","fay"]}')
    assert after[-1][3:8] == told
    assert await level(engine, "fay", acme.ids["lab/bench"]) == "FULL"


async def test_members_leave_a_group_by_one_change(engine: AsyncEngine, acme: Loaded) -> None:
    before, events = await kept(engine)
    answer = await change(engine, "Remove", members(acme, "build", "ria", "oz", "dan"))
    found = [codes(result) for result in answer["results"]]
    assert found == [[], ["NOT_MEMBER"], []]
    assert (keys(answer), answer["revision"]) == ([], before + 1)
    revision, after = await kept(engine)
    assert (revision, after[:-1]) == (before + 1, events)
    build = acme.ids["group:build"]
    told = ("group.members.remove", build, "build", '{"members":["ria","dan"]}', None)
    assert after[-1][3:8] == told
    assert await level(engine, "ria", acme.ids["lab/bench"]) is None


@pytest.mark.parametrize(
    ("what", "users", "expected"),
    [
        ("Add", ["ria", "nobody"], ["ALREADY_MEMBER", "NOT_FOUND"]),
        ("Remove", ["oz", "nobody"], ["NOT_MEMBER", "NOT_FOUND"]),
    ],
)
async def test_a_change_of_nobody_is_none(
    engine: AsyncEngine, acme: Loaded, what: str, users: list[str], *, expected: list[str]
) -> None:
    before = await stored(engine)
    answer = await change(engine, what, members(acme, "build", *users))
    assert [codes(result) for result in answer["results"]] == [[code] for code in expected]
    assert (answer["errors"], answer["revision"], keys(answer)) == ([], None, ["dan", "ria"])
    assert await stored(engine) == before


@pytest.mark.parametrize("what", ["Add", "Remove"])
@pytest.mark.parametrize("users", [[], ["oz", "oz"], [f"mem_1_{n}" for n in range(1, 1002)]])
async def test_a_list_of_members_has_bounds(
    engine: AsyncEngine, acme: Loaded, what: str, users: list[str]
) -> None:
    before = await stored(engine)
    answer = await change(engine, what, members(acme, "build", *users))
    assert answer["errors"] == [{"code": "INVALID", "field": "members"}]
    assert await stored(engine) == before


async def test_a_thousand_members_come_and_go_at_once(engine: AsyncEngine, acme: Loaded) -> None:
    users = [acme.ids["user:oz"], *(f"mem_1_{number}" for number in range(5001, 6000))]
    given = {"group": acme.ids["group:empty"], "members": users}
    answer = await change(engine, "Add", given)
    assert [codes(result) for result in answer["results"]] == [[], *[["NOT_FOUND"]] * 999]
    assert keys(answer) == ["oz"]
    assert keys(await change(engine, "Remove", given)) == []


async def test_a_deactivated_member_comes_into_a_group_but_not_into_admins(
    engine: AsyncEngine, acme: Loaded
) -> None:
    before = await everyones(engine)
    answer = await change(engine, "Add", members(acme, "look", "dan"))
    assert keys(answer) == ["dan", "nan"]
    assert await everyones(engine) == before
    rows = await stored(engine)
    refused = await change(engine, "Add", members(acme, "admins", "dan"))
    assert [codes(result) for result in refused["results"]] == [["INACTIVE_MEMBER"]]
    assert await stored(engine) == rows
    await changing.mutate(
        engine, "ada", "memberReactivate", {"id": acme.ids["user:dan"]}, node="id"
    )
    assert await level(engine, "dan", acme.ids["core/docs"]) == "FULL"


async def test_admins_are_made_and_unmade(engine: AsyncEngine, acme: Loaded) -> None:
    await change(engine, "Add", members(acme, "admins", "fay"))
    assert await level(engine, "fay", acme.ids["core"]) == "OWNER"
    gone = await change(engine, "Remove", members(acme, "admins", "ada", "abe"), user="fay")
    assert keys(gone) == ["fay"]
    assert await level(engine, "ada", acme.ids["core"]) is None
    refused = await change(engine, "Add", members(acme, "admins", "ada"))
    assert codes(refused) == ["FORBIDDEN"]


async def test_a_key_of_idempotency_gives_the_first_results_again(
    engine: AsyncEngine, acme: Loaded
) -> None:
    given = members(acme, "build", "oz", "ria") | {"idempotencyKey": "once"}
    first = await change(engine, "Add", given)
    before = await stored(engine)
    assert await change(engine, "Add", given) == first
    assert await stored(engine) == before


@pytest.mark.parametrize("name", ["Create", "Rename", "Delete", "MembersAdd", "MembersRemove"])
@pytest.mark.parametrize("user", ["oz", "ria", "nan", "fay", "dan", "out"])
async def test_none_but_admins_change_groups(
    engine: AsyncEngine, acme: Loaded, name: str, user: str
) -> None:
    given: dict[str, Any] = {
        "Create": {"key": "ops", "name": "Ops"},
        "Rename": {"id": acme.ids["group:build"], "name": "New"},
        "Delete": {"id": acme.ids["group:build"]},
        "MembersAdd": members(acme, "build", "oz"),
        "MembersRemove": members(acme, "build", "ria"),
    }[name]
    before = await stored(engine)
    payload = await mutate(engine, user, f"group{name}", given)
    assert codes(payload) == ["NOT_FOUND" if user in ("dan", "out") else "FORBIDDEN"]
    assert (payload["node"], payload["revision"]) == (None, None)
    assert await stored(engine) == before
