"""Service accounts: members that are no persons, made by admins and changed as members are."""

from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncEngine

from auth.credential import Credential
from db.engine import snapshot
from db.models import PRINCIPAL
from tests.factories import Loaded, asked_as, run
from tests.resolvers.changes.changing import codes, kept, mutate
from tests.resolvers.changes.peopling import peopled, sees, stored

NODE = "id key name email active isService groups { nodes { key } }"
BOT = {"key": "bot", "name": "Night robot"}
USERS = "{ org { users { nodes { key isService } } } }"


@pytest.fixture
async def acme(engine: AsyncEngine) -> Loaded:
    return await peopled(engine)


async def account_of(engine: AsyncEngine, key: str) -> int:
    async with snapshot(engine) as connection:
        named = (PRINCIPAL.c.org_id == 1, PRINCIPAL.c.kind == "MEMBER", PRINCIPAL.c.key == key)
        return int(await connection.scalar(select(PRINCIPAL.c.account_id).where(*named)) or 0)


async def test_a_service_is_listed_among_the_members(engine: AsyncEngine, acme: Loaded) -> None:
    payload = await mutate(engine, "ada", "serviceAccountCreate", BOT, node=NODE)
    node = payload["node"]
    assert (payload["errors"], node | {"id": ""}) == (
        [],
        {
            "id": "",
            "key": "bot",
            "name": "Night robot",
            "email": None,
            "active": True,
            "isService": True,
            "groups": {"nodes": [{"key": "members"}]},
        },
    )
    listed = (await sees(engine, "oz", USERS))["org"]["users"]["nodes"]
    assert [member["key"] for member in listed if member["isService"]] == ["bot"]
    _, events = await kept(engine)
    told = '{"key":"bot","name":"Night robot","admin":false}'
    assert events[-1][3:8] == ("service.create", node["id"], "bot", None, told)
    assert acme.key == "acme"


async def test_the_log_tells_that_a_service_made_a_change(
    engine: AsyncEngine, acme: Loaded
) -> None:
    bot = (await mutate(engine, "ada", "serviceAccountCreate", BOT, node=NODE))["node"]["id"]
    given = {"group": acme.ids["group:admins"], "members": [bot]}
    await mutate(engine, "ada", "groupMembersAdd", given, node="id")
    text = 'mutation { spaceCreate(input: { key: "new", name: "New" }) { node { key } } }'
    credential = Credential(await account_of(engine, "bot"), "acme")
    answer = await run(engine, credential, asked_as(text), compiles=True)
    assert answer.errors == []
    _, events = await kept(engine)
    assert events[-1][1:4] == (bot, "service", "space.create")


async def test_each_service_has_an_account_of_its_own(engine: AsyncEngine, acme: Loaded) -> None:
    await mutate(engine, "ada", "serviceAccountCreate", BOT, node=NODE)
    await mutate(engine, "ada", "serviceAccountCreate", BOT | {"key": "bot-2"}, node=NODE)
    assert await account_of(engine, "bot") != await account_of(engine, "bot-2")
    assert acme.key == "acme"


@pytest.mark.parametrize(
    ("user", "given", "code"),
    [
        ("ada", {"key": "ria"}, "KEY_TAKEN"),
        ("ada", {"key": "a b"}, "INVALID"),
        ("ada", {"name": ""}, "INVALID"),
        ("oz", {}, "FORBIDDEN"),
        ("ria", {}, "FORBIDDEN"),
        ("fay", {}, "FORBIDDEN"),
        ("dan", {}, "NOT_FOUND"),
        ("out", {}, "NOT_FOUND"),
    ],
)
async def test_what_makes_no_service(
    engine: AsyncEngine, acme: Loaded, user: str, given: dict[str, Any], *, code: str
) -> None:
    before = await stored(engine)
    payload = await mutate(engine, user, "serviceAccountCreate", BOT | given, node=NODE)
    assert codes(payload) == [code]
    assert await stored(engine) == before
    assert acme.key == "acme"


async def test_a_service_goes_as_members_do(engine: AsyncEngine, acme: Loaded) -> None:
    bot = (await mutate(engine, "ada", "serviceAccountCreate", BOT, node=NODE))["node"]["id"]
    account = await account_of(engine, "bot")
    for name in ("memberDeactivate", "memberReactivate", "memberRemove"):
        assert codes(await mutate(engine, "ada", name, {"id": bot}, node=NODE)) == []
    asked = asked_as("{ org { key } }")
    answer = await run(engine, Credential(account, "acme"), asked, compiles=True)
    assert (answer.errors, answer.data) == ([], {"org": None})
    again = await mutate(engine, "ada", "serviceAccountCreate", BOT, node=NODE)
    assert codes(again) == ["KEY_TAKEN"]
    assert acme.key == "acme"
