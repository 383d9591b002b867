"""Members and groups: the Org's directory, which every active member may read."""

from typing import Any

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from auth.credential import Credential
from tests.factories import Loaded, Manifest, address, ask, asked_as, load, run
from tests.resolvers.writing import join, leave

ACME = (
    Manifest()
    .user("ada", admin=True)
    .user("ben")
    .user("cleo", active=False)
    .user("dan")
    .group("build", "ben", "cleo", "dan")
    .group("empty")
    .group("look", "ben")
)
OTHER = Manifest("other").user("ada").user("eve", admin=True).group("secret", "eve", "ada")
MEMBERS = ["ada", "ben", "cleo", "dan"]


@pytest.fixture
async def acme(engine: AsyncEngine) -> Loaded:
    """The Org; in another one ada is no admin."""
    await load(engine, OTHER)
    return await load(engine, ACME)


async def answer(engine: AsyncEngine, user: str, text: str, org: str = "acme", **ids: str) -> Any:
    found = await ask(engine, user, org, text, ids)
    assert found.errors == []
    return found.data


def told(connection: Any, field: str) -> dict[str, Any]:
    """Return a field of each node by the node's key."""
    return {node["key"]: node[field] for node in connection["nodes"]}


@pytest.mark.parametrize(
    ("user", "emails"),
    [
        ("ada", [*MEMBERS]),
        ("ben", ["ben"]),
        ("dan", ["dan"]),
    ],
)
async def test_an_address_is_told_to_admins_and_to_the_member_alone(
    engine: AsyncEngine, acme: Loaded, user: str, emails: list[str]
) -> None:
    text = """query($group: ID!, $ids: [ID!]!) {
      org { users { nodes { key email } } }
      node(id: $group) { ... on Group { members { nodes { key email } } } }
      nodes(ids: $ids) { ... on Member { key email } }
    }"""
    ids = [acme.ids[f"user:{key}"] for key in MEMBERS]
    found = await ask(engine, user, "acme", text, {"group": acme.ids["group:build"], "ids": ids})
    assert found.errors == []
    expected = {key: address(key) if key in emails else None for key in MEMBERS}
    in_group = {key: expected[key] for key in ("ben", "cleo", "dan")}
    assert told(found.data["org"]["users"], "email") == expected
    assert told(found.data["node"]["members"], "email") == in_group
    assert told({"nodes": found.data["nodes"]}, "email") == expected


@pytest.mark.usefixtures("acme")
async def test_an_admin_of_another_org_is_told_no_address_here(engine: AsyncEngine) -> None:
    text = "{ org { users { nodes { key email } } } }"
    here = await answer(engine, "ada", text, "other")
    assert told(here["org"]["users"], "email") == {"ada": "ada@example.org", "eve": None}


@pytest.mark.usefixtures("acme")
@pytest.mark.parametrize("user", ["ada", "ben"])
async def test_members_are_listed_deactivated_ones_included(engine: AsyncEngine, user: str) -> None:
    data = await answer(engine, user, "{ org { users { totalCount nodes { key active } } } }")
    assert data["org"]["users"]["totalCount"] == 4
    expected = {"ada": True, "ben": True, "cleo": False, "dan": True}
    assert told(data["org"]["users"], "active") == expected


async def test_who_leaves_the_members_is_active_no_more_and_who_returns_is_again(
    engine: AsyncEngine, acme: Loaded
) -> None:
    text = """query($id: ID!) {
      node(id: $id) { ... on Member { active groups { nodes { key } } } }
    }"""
    await leave(engine, acme, "dan", "members")
    gone = await answer(engine, "ben", text, id=acme.ids["user:dan"])
    assert gone["node"] == {"active": False, "groups": {"nodes": [{"key": "build"}]}}
    await join(engine, acme, "dan", "members")
    back = await answer(engine, "ben", text, id=acme.ids["user:dan"])
    assert back["node"]["active"] is True
    assert told(back["node"]["groups"], "key").keys() == {"build", "members"}


@pytest.mark.usefixtures("acme")
async def test_groups_are_listed_and_the_servers_own_are_marked(engine: AsyncEngine) -> None:
    text = "{ org { groups { totalCount nodes { key name reserved } } } }"
    data = await answer(engine, "ben", text)
    assert data["org"]["groups"] == {
        "totalCount": 5,
        "nodes": [
            {"key": "admins", "name": "Admins", "reserved": True},
            {"key": "build", "name": "build", "reserved": False},
            {"key": "empty", "name": "empty", "reserved": False},
            {"key": "look", "name": "look", "reserved": False},
            {"key": "members", "name": "Members", "reserved": True},
        ],
    }


async def test_a_group_has_those_who_are_in_it_now(engine: AsyncEngine, acme: Loaded) -> None:
    await leave(engine, acme, "dan", "build")
    text = "{ org { groups { nodes { key members { totalCount nodes { key } } } } } }"
    data = await answer(engine, "ben", text)
    found = told(data["org"]["groups"], "members")
    assert {key: list(told(members, "key")) for key, members in found.items()} == {
        "admins": ["ada"],
        "build": ["ben", "cleo"],
        "empty": [],
        "look": ["ben"],
        "members": ["ada", "ben", "dan"],
    }
    totals = {key: members["totalCount"] for key, members in found.items()}
    assert totals == {"admins": 1, "build": 2, "empty": 0, "look": 1, "members": 3}


async def test_a_member_has_the_groups_that_it_is_in_now(engine: AsyncEngine, acme: Loaded) -> None:
    await leave(engine, acme, "ben", "build")
    text = "{ org { users { nodes { key groups { totalCount nodes { key } } } } } }"
    data = await answer(engine, "dan", text)
    found = told(data["org"]["users"], "groups")
    assert {key: list(told(groups, "key")) for key, groups in found.items()} == {
        "ada": ["admins", "members"],
        "ben": ["look", "members"],
        "cleo": ["build"],
        "dan": ["build", "members"],
    }
    totals = {key: groups["totalCount"] for key, groups in found.items()}
    assert totals == {"ada": 2, "ben": 2, "cleo": 1, "dan": 2}


async def test_who_left_a_group_and_returned_is_in_it_once(
    engine: AsyncEngine, acme: Loaded
) -> None:
    await leave(engine, acme, "ben", "look")
    await join(engine, acme, "ben", "look")
    text = """query($group: ID!, $member: ID!) {
      group: node(id: $group) { ... on Group { members { totalCount nodes { key } } } }
      member: node(id: $member) { ... on Member { groups { totalCount nodes { key } } } }
    }"""
    ids = {"group": acme.ids["group:look"], "member": acme.ids["user:ben"]}
    data = await answer(engine, "ada", text, **ids)
    assert data["group"]["members"] == {"totalCount": 1, "nodes": [{"key": "ben"}]}
    assert data["member"]["groups"]["totalCount"] == 3


@pytest.mark.parametrize("name", ["user:ben", "user:cleo", "group:build", "group:admins"])
async def test_members_and_groups_are_found_by_their_ids(
    engine: AsyncEngine, acme: Loaded, name: str
) -> None:
    text = "query($id: ID!) { node(id: $id) { __typename id ... on Member { key } ...G } }"
    part = " fragment G on Group { key }"
    data = await answer(engine, "ben", text + part, id=acme.ids[name])
    type_ = {"user": "Member", "group": "Group"}[name.partition(":")[0]]
    assert data["node"] == {
        "__typename": type_,
        "id": acme.ids[name],
        "key": name.partition(":")[2],
    }


async def test_an_id_of_the_other_kind_or_of_another_org_finds_nobody(
    engine: AsyncEngine, acme: Loaded
) -> None:
    member, group = acme.ids["user:ben"], acme.ids["group:build"]
    wrong = [
        member.replace("mem", "grp"),
        group.replace("grp", "mem"),
        f"mem_{acme.org_id}_999",
        f"mem_{acme.org_id - 1}_4",
        f"grp_{acme.org_id - 1}_1",
    ]
    text = "query($ids: [ID!]!) { nodes(ids: $ids) { id } }"
    found = await ask(engine, "ada", "acme", text, {"ids": wrong})
    assert (found.data, found.errors) == ({"nodes": [None] * 5}, [])


async def test_who_is_no_active_member_sees_no_directory(engine: AsyncEngine, acme: Loaded) -> None:
    text = "query($ids: [ID!]!) { org { users { totalCount } } nodes(ids: $ids) { id } }"
    ids = [acme.ids["user:cleo"], acme.ids["group:build"]]
    for user in ("cleo", "eve"):
        found = await ask(engine, user, "acme", text, {"ids": ids})
        assert (found.data, found.errors) == ({"org": None, "nodes": [None, None]}, [])


@pytest.mark.usefixtures("acme")
@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        ('nameContains: "A"', ["ada", "dan"]),
        ('key: "cleo"', ["cleo"]),
        ('nameContains: "e", key: "ben"', ["ben"]),
        ('nameContains: "example.org"', []),
    ],
)
async def test_members_are_found_by_name_and_key_but_not_by_address(
    engine: AsyncEngine, wanted: str, found: list[str]
) -> None:
    text = f"{{ org {{ users(filter: {{ {wanted} }}) {{ totalCount nodes {{ key }} }} }} }}"
    data = await answer(engine, "ada", text)
    assert list(told(data["org"]["users"], "key")) == found
    assert data["org"]["users"]["totalCount"] == len(found)


async def test_a_person_is_called_what_each_org_calls_them(engine: AsyncEngine) -> None:
    mine = await load(engine, Manifest("mine").user("ada", admin=True).user("ben"))
    await load(engine, Manifest("other").user("boss", admin=True).user("ben"))
    given = {"id": mine.ids["user:ben"], "name": "Secret nickname"}
    update = "memberUpdate(input: $input) { errors { code } }"
    text = f"mutation($input: MemberUpdateInput!) {{ {update} }}"
    made = await run(
        engine, Credential(address("ada"), "mine"), asked_as(text, {"input": given}), compiles=True
    )
    assert made.errors == []
    users = 'users(filter: { key: "ben" }) { nodes { name } }'
    names = f"{{ viewer {{ account {{ name }} }} org {{ {users} }} }}"
    for org, name in (("mine", "Secret nickname"), ("other", "ben")):
        found = (await ask(engine, "ben", org, names)).data
        assert found["viewer"]["account"]["name"] == name
        assert found["org"]["users"]["nodes"] == [{"name": name}]
