"""Members changed through the API: what comes of it, who may, and what is told."""

import asyncio
from collections.abc import Mapping
from typing import Any

import orjson
import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from auth.credential import Credential
from tests.factories import Loaded, address, asked_as, content, run
from tests.resolvers.changes import changing
from tests.resolvers.changes.changing import codes, kept
from tests.resolvers.changes.peopling import (
    everyones,
    intervals,
    level,
    peopled,
    sees,
    stored,
)

NODE = "id key name email active isService groups { nodes { key } }"
USERS = "{ org { users { totalCount nodes { key } } } }"
NEW = {"email": "New@Example.org", "key": "new", "name": "New / One"}


@pytest.fixture
async def acme(engine: AsyncEngine) -> Loaded:
    return await peopled(engine)


async def mutate(
    engine: AsyncEngine, user: str, name: str, given: Mapping[str, Any]
) -> dict[str, Any]:
    return await changing.mutate(engine, user, name, given, node=NODE)


async def users(engine: AsyncEngine) -> list[str]:
    found = (await sees(engine, "abe", USERS))["org"]["users"]
    assert found["totalCount"] == len(found["nodes"])
    return [node["key"] for node in found["nodes"]]


async def test_whoever_is_added_is_a_member_at_once(engine: AsyncEngine, acme: Loaded) -> None:
    payload = await mutate(engine, "ada", "memberAdd", NEW)
    node = payload["node"]
    assert (payload["errors"], node | {"id": ""}) == (
        [],
        {
            "id": "",
            "key": "new",
            "name": "New / One",
            "email": "New@Example.org",
            "active": True,
            "isService": False,
            "groups": {"nodes": [{"key": "members"}]},
        },
    )
    assert await level(engine, "new", acme.ids["shared"]) == "READ_EXECUTE"
    assert await level(engine, "new", acme.ids["core"]) is None
    revision, events = await kept(engine)
    told = '{"key":"new","name":"New / One","admin":false}'
    ada = acme.ids["user:ada"]
    event = (revision, ada, "token", "member.add", node["id"], "new", None, told, "test")
    assert events[-1] == event


async def test_an_account_is_the_same_in_all_orgs(engine: AsyncEngine, acme: Loaded) -> None:
    before = (await stored(engine))[-1]
    given = {"email": "OUT@example.ORG", "key": "outer", "name": "Outer", "admin": True}
    payload = await mutate(engine, "ada", "memberAdd", given)
    assert payload["errors"] == []
    assert (await stored(engine))[-1] == before
    assert await level(engine, "out", acme.ids["core"]) == "OWNER"


# Of each change what it takes, and the member that it is of.
CHANGES: dict[str, dict[str, Any]] = {
    "memberAdd": NEW,
    "memberUpdate": {"id": "fay", "name": "Fay"},
    "memberDeactivate": {"id": "fay"},
    "memberReactivate": {"id": "dan"},
    "memberRemove": {"id": "fay"},
}


def about(acme: Loaded, name: str) -> dict[str, Any]:
    given = CHANGES[name]
    return given | ({"id": acme.ids[f"user:{given['id']}"]} if "id" in given else {})


@pytest.mark.parametrize("name", CHANGES)
@pytest.mark.parametrize("user", ["oz", "ria", "nan", "fay", "dan", "out"])
async def test_none_but_admins_change_members(
    engine: AsyncEngine, acme: Loaded, name: str, user: str
) -> None:
    before = await stored(engine)
    payload = await mutate(engine, user, name, about(acme, name))
    assert codes(payload) == ["NOT_FOUND" if user in ("dan", "out") else "FORBIDDEN"]
    assert (payload["node"], payload["revision"]) == (None, None)
    assert await stored(engine) == before


@pytest.mark.parametrize("name", CHANGES)
async def test_admins_change_members(engine: AsyncEngine, acme: Loaded, name: str) -> None:
    before, _ = await kept(engine)
    payload = await mutate(engine, "abe", name, about(acme, name))
    assert (payload["errors"], payload["revision"]) == ([], before + 1)
    assert (await kept(engine))[0] == before + 1


@pytest.mark.parametrize(
    ("given", "code", "field"),
    [
        ({"email": "new"}, "INVALID", "email"),
        ({"email": ""}, "INVALID", "email"),
        ({"key": "a b"}, "INVALID", "key"),
        ({"name": ""}, "INVALID", "name"),
        ({"name": "x" * 256}, "INVALID", "name"),
        ({"name": "a\u0007b"}, "INVALID", "name"),
        ({"key": "ria"}, "KEY_TAKEN", "key"),
        ({"email": "RIA@example.org"}, "ALREADY_MEMBER", "email"),
        ({"email": "dan@example.org", "key": "dan"}, "ALREADY_MEMBER", "email"),
    ],
)
async def test_whom_it_will_not_add(
    engine: AsyncEngine, acme: Loaded, given: Mapping[str, str], code: str, *, field: str
) -> None:
    before = await stored(engine)
    payload = await mutate(engine, "ada", "memberAdd", {**NEW, **given})
    assert [(error["code"], error["field"]) for error in payload["errors"]] == [(code, field)]
    assert await stored(engine) == before
    assert acme.key == "acme"


@pytest.mark.parametrize("name", ["Update", "Deactivate", "Reactivate", "Remove"])
@pytest.mark.parametrize("id_", ["mem_1_999", "mem_2_4", "group:build", "core", "nonsense"])
async def test_an_id_that_names_no_member_is_not_found(
    engine: AsyncEngine, acme: Loaded, name: str, id_: str
) -> None:
    given = {"id": acme.ids.get(id_, id_)} | ({"name": "New"} if name == "Update" else {})
    before = await stored(engine)
    assert codes(await mutate(engine, "ada", f"member{name}", given)) == ["NOT_FOUND"]
    assert await stored(engine) == before


async def test_a_member_is_renamed_and_keeps_its_key(engine: AsyncEngine, acme: Loaded) -> None:
    given = {"id": acme.ids["user:ria"], "name": "Cafe\u0301"}
    payload = await mutate(engine, "ada", "memberUpdate", given)
    assert (payload["node"]["name"], payload["node"]["key"]) == ("Café", "ria")
    _, events = await kept(engine)
    ria = acme.ids["user:ria"]
    assert events[-1][3:8] == ("member.update", ria, "ria", '{"name":"ria"}', '{"name":"Café"}')


async def test_whoever_is_deactivated_reads_nothing_from_then_on(
    engine: AsyncEngine, acme: Loaded
) -> None:
    assert await level(engine, "ria", acme.ids["lab/bench"]) == "FULL"
    payload = await mutate(engine, "ada", "memberDeactivate", {"id": acme.ids["user:ria"]})
    assert payload["node"]["active"] is False
    assert payload["node"]["groups"] == {"nodes": [{"key": "build"}]}
    assert (await sees(engine, "ria", "{ org { key } }"))["org"] is None
    refused = await mutate(engine, "ria", "memberUpdate", about(acme, "memberUpdate"))
    assert codes(refused) == ["NOT_FOUND"]
    _, events = await kept(engine)
    told = ('{"active":true,"admin":false}', '{"active":false,"admin":false}')
    assert events[-1][3:8] == ("member.deactivate", acme.ids["user:ria"], "ria", *told)


async def test_whoever_is_reactivated_has_what_remained(engine: AsyncEngine, acme: Loaded) -> None:
    before = await everyones(engine)
    ria = {"id": acme.ids["user:ria"]}
    await mutate(engine, "ada", "memberDeactivate", ria)
    back = await mutate(engine, "ada", "memberReactivate", ria)
    assert back["node"]["active"] is True
    assert await everyones(engine) == before
    _, events = await kept(engine)
    told = ('{"active":false}', '{"active":true}')
    assert events[-1][3:8] == ("member.reactivate", acme.ids["user:ria"], "ria", *told)


async def test_an_admin_who_was_deactivated_comes_back_as_none(
    engine: AsyncEngine, acme: Loaded
) -> None:
    abe = {"id": acme.ids["user:abe"]}
    await mutate(engine, "ada", "memberDeactivate", abe)
    back = await mutate(engine, "ada", "memberReactivate", abe)
    assert back["node"]["groups"] == {"nodes": [{"key": "members"}]}
    assert codes(await mutate(engine, "abe", "memberAdd", NEW)) == ["FORBIDDEN"]


@pytest.mark.parametrize(
    ("name", "user", "code"),
    [
        ("memberDeactivate", "dan", "INACTIVE_MEMBER"),
        ("memberReactivate", "ria", "ALREADY_MEMBER"),
    ],
)
async def test_what_is_so_already_is_refused(
    engine: AsyncEngine, acme: Loaded, name: str, user: str, *, code: str
) -> None:
    before = await stored(engine)
    payload = await mutate(engine, "ada", name, {"id": acme.ids[f"user:{user}"]})
    assert codes(payload) == [code]
    assert await stored(engine) == before


@pytest.mark.parametrize("name", ["memberDeactivate", "memberRemove"])
async def test_what_a_member_owned_is_the_heirs(
    engine: AsyncEngine, acme: Loaded, name: str
) -> None:
    given = {"id": acme.ids["user:oz"], "heir": acme.ids["user:ria"]}
    assert (await mutate(engine, "ada", name, given))["errors"] == []
    assert await level(engine, "ria", acme.ids["core"]) == "OWNER"
    assert await level(engine, "ria", acme.ids["lab/bench"]) == "OWNER"
    assert await level(engine, "ria", acme.ids["lab/tools"]) == "READ"
    assert await intervals(engine, "core", acme) == [
        ("oz", "OWNER", True, False),
        ("ria", "FULL", False, False),
        ("ria", "OWNER", True, True),
    ]
    assert await intervals(engine, "lab/bench", acme) == [
        ("oz", "OWNER", False, False),
        ("ria", "OWNER", False, True),
    ]
    _, events = await kept(engine)
    assert '"heir":"ria","handedOver":["core","lab/bench","shared"]' in events[-1][7]


async def test_what_a_member_owned_is_the_asking_admins_if_nobody_is_named(
    engine: AsyncEngine, acme: Loaded
) -> None:
    await mutate(engine, "abe", "memberDeactivate", {"id": acme.ids["user:oz"]})
    lasting = [grant for grant in await intervals(engine, "core", acme) if grant[3]]
    assert lasting == [("ria", "FULL", False, True), ("abe", "OWNER", True, True)]
    await mutate(engine, "ada", "memberReactivate", {"id": acme.ids["user:oz"]})
    assert await level(engine, "oz", acme.ids["core"]) is None
    assert await level(engine, "oz", acme.ids["lab"]) == "READ"


async def test_two_orgs_that_add_a_person_at_once_share_the_account(
    engine: AsyncEngine, acme: Loaded
) -> None:
    text = "mutation ($input: MemberAddInput!) { memberAdd(input: $input) { errors { code } } }"
    asked = asked_as(text, {"input": NEW})
    admins = (Credential(address("ada"), "acme"), Credential(address("out"), "other"))
    answers = await asyncio.gather(*(run(engine, who, asked, compiles=True) for who in admins))
    data = [orjson.loads(content(answer))["data"] for answer in answers]
    assert data == [{"memberAdd": {"errors": []}}] * 2
    accounts = (await stored(engine))[-1]
    assert [account.email for account in accounts].count("new@example.org") == 1
    assert acme.key == "acme"


SPELLINGS = [
    ("Bob@Bücher.example", "bob@BÜCHER.example", True),
    ("Bob@Bücher.example", "bob@xn--bcher-kva.example", True),
    ("strasse@example.org", "straße@example.org", False),
    ("mike@example.org", "mi\N{KELVIN SIGN}e@example.org", False),
    ("finn@example.org", "\N{LATIN SMALL LIGATURE FI}nn@example.org", False),
]


@pytest.mark.parametrize(("first", "second", "same"), SPELLINGS, ids=ascii)
async def test_two_mailboxes_are_two_accounts_and_two_spellings_one(
    engine: AsyncEngine, acme: Loaded, first: str, second: str, same: bool
) -> None:
    assert acme
    made = await mutate(engine, "ada", "memberAdd", {**NEW, "email": first})
    assert (made["errors"], made["node"]["email"]) == ([], first)
    other = {"email": second, "key": "other", "name": "Other"}
    payload = await mutate(engine, "ada", "memberAdd", other)
    assert codes(payload) == (["ALREADY_MEMBER"] if same else [])


async def test_an_address_whose_domain_cannot_be_one_is_refused(
    engine: AsyncEngine, acme: Loaded
) -> None:
    assert acme
    before = await users(engine)
    payload = await mutate(engine, "ada", "memberAdd", {**NEW, "email": "new@-é.example"})
    assert [(error["code"], error["field"]) for error in payload["errors"]] == [
        ("INVALID", "email")
    ]
    assert await users(engine) == before
