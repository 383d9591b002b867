"""An Org keeps one active admin, whichever way the last one would go."""

import asyncio
from typing import Any

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from tests.factories import Loaded, Manifest, load
from tests.resolvers.changes.changing import answered, codes
from tests.resolvers.changes.peopling import peopled, sees, stored

RESULTS = "results { givenId errors { code } } errors { code field } revision"
PLAIN = "errors { code field } revision"
ADMINS = '{ org { groups(filter: { key: "admins" }) { nodes { members { nodes { key } } } } } }'


@pytest.fixture
async def acme(engine: AsyncEngine) -> Loaded:
    return await peopled(engine)


async def admins(engine: AsyncEngine) -> list[str]:
    (group,) = (await sees(engine, "oz", ADMINS))["org"]["groups"]["nodes"]
    return [member["key"] for member in group["members"]["nodes"]]


def leaving(acme: Loaded, name: str, user: str) -> dict[str, Any]:
    """Return what makes the user leave by a mutation."""
    if name != "groupMembersRemove":
        return {"id": acme.ids[f"user:{user}"]}
    return {"group": acme.ids["group:admins"], "members": [acme.ids[f"user:{user}"]]}


async def leave(engine: AsyncEngine, acme: Loaded, name: str, user: str) -> list[str]:
    """Let the user ask to leave, and return the codes of the refusal."""
    payload = RESULTS if name == "groupMembersRemove" else PLAIN
    answer = await answered(engine, user, name, leaving(acme, name, user), payload=payload)
    inner = [code for result in answer.get("results", ()) for code in codes(result)]
    return codes(answer) + inner


WAYS = ["memberDeactivate", "memberRemove", "groupMembersRemove"]


@pytest.mark.parametrize("name", WAYS)
async def test_the_last_admin_stays(engine: AsyncEngine, acme: Loaded, name: str) -> None:
    assert await leave(engine, acme, name, "abe") == []
    before = await stored(engine)
    assert await leave(engine, acme, name, "ada") == ["LAST_ADMIN"]
    assert await stored(engine) == before
    assert await admins(engine) == ["ada"]


@pytest.mark.parametrize("one", WAYS)
@pytest.mark.parametrize("other", WAYS)
async def test_of_the_last_two_who_leave_at_once_one_stays(
    engine: AsyncEngine, acme: Loaded, one: str, other: str
) -> None:
    left = await asyncio.gather(leave(engine, acme, one, "ada"), leave(engine, acme, other, "abe"))
    assert sorted(left) == [[], ["LAST_ADMIN"]]
    assert await admins(engine) == [["abe", "ada"][left.index(["LAST_ADMIN"]) == 0]]


async def test_of_two_who_remove_each_other_at_once_one_stays(
    engine: AsyncEngine, acme: Loaded
) -> None:
    ways = [("ada", "abe"), ("abe", "ada")]
    answers = await asyncio.gather(
        *(
            answered(engine, asker, "memberRemove", {"id": acme.ids[f"user:{gone}"]}, payload=PLAIN)
            for asker, gone in ways
        )
    )
    assert sorted(codes(answer) for answer in answers) == [[], ["NOT_FOUND"]]
    (winner,) = [
        asker for (asker, _), answer in zip(ways, answers, strict=True) if not codes(answer)
    ]
    assert await admins(engine) == [winner]


async def test_of_all_admins_in_a_list_the_last_one_stays(
    engine: AsyncEngine, acme: Loaded
) -> None:
    users = [acme.ids[f"user:{user}"] for user in ("abe", "ada")]
    given = {"group": acme.ids["group:admins"], "members": users}
    answer = await answered(engine, "ada", "groupMembersRemove", given, payload=RESULTS)
    assert [codes(result) for result in answer["results"]] == [[], ["LAST_ADMIN"]]
    assert await admins(engine) == ["ada"]


@pytest.mark.parametrize("name", WAYS)
async def test_a_deactivated_admin_counts_for_nothing(engine: AsyncEngine, name: str) -> None:
    org = Manifest("acme").user("ada", admin=True).user("oz").user("abe", admin=True, active=False)
    acme = await load(engine, org)
    before = await stored(engine)
    assert await leave(engine, acme, name, "ada") == ["LAST_ADMIN"]
    assert await stored(engine) == before
    if name != "memberDeactivate":
        given = leaving(acme, name, "abe")
        assert codes(await answered(engine, "ada", name, given, payload=PLAIN)) == []
        assert await admins(engine) == ["ada"]
