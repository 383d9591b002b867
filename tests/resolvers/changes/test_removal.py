"""Members who are removed: gone from every answer, kept in the log, and welcome to return."""

import orjson
import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from resolvers.manifest.dump import dump_manifest
from tests.factories import Loaded
from tests.resolvers.changes.changing import codes, kept, mutate
from tests.resolvers.changes.peopling import everyones, level, peopled, sees, stored

NODE = "id key name active groups { nodes { key } }"
BACK = {"email": "Ria@Example.org", "key": "ria", "name": "Ria again"}
DIRECTORY = """query ($id: ID!) {
  org { users { totalCount nodes { key } } groups { nodes { key members { nodes { key } } } } }
  node(id: $id) { id }
}"""


@pytest.fixture
async def acme(engine: AsyncEngine) -> Loaded:
    return await peopled(engine)


@pytest.fixture
async def without(engine: AsyncEngine, acme: Loaded) -> Loaded:
    """The Org after ria was removed."""
    gone = await mutate(engine, "ada", "memberRemove", {"id": acme.ids["user:ria"]}, node=NODE)
    assert (gone["node"], gone["errors"]) == (None, [])
    return acme


async def test_whoever_is_removed_is_nowhere(engine: AsyncEngine, without: Loaded) -> None:
    data = await sees(engine, "oz", DIRECTORY, id=without.ids["user:ria"])
    keys = ["abe", "ada", "dan", "fay", "nan", "oz"]
    assert data["org"]["users"] == {"totalCount": 6, "nodes": [{"key": key} for key in keys]}
    groups = data["org"]["groups"]["nodes"]
    assert [g["key"] for g in groups if {"key": "ria"} in g["members"]["nodes"]] == []
    assert data["node"] is None
    lines = [orjson.loads(line) async for line in dump_manifest(engine, "acme")]
    assert [line for line in lines if "ria" in (line.get("key"), line.get("to", "")[5:])] == []


async def test_whoever_is_removed_reads_nothing_from_then_on(
    engine: AsyncEngine, without: Loaded
) -> None:
    assert (await sees(engine, "ria", "{ org { key } }"))["org"] is None
    number = int(without.ids["user:ria"].rpartition("_")[2])
    assert [pair for pair in await everyones(engine) if pair[0] == number] == []


async def test_the_log_keeps_what_was_removed(engine: AsyncEngine, without: Loaded) -> None:
    _, events = await kept(engine)
    assert events[-1][3:6] == ("member.remove", without.ids["user:ria"], "ria")
    assert orjson.loads(events[-1][6]) == {
        "name": "ria",
        "groups": ["members", "build"],
        "grants": [
            {"on": "core", "level": "FULL", "propagate": False, "expiresAt": None},
            {"on": "core/site", "level": "READ", "propagate": False, "expiresAt": None},
        ],
    }
    assert events[-1][7] is None


async def test_whoever_was_removed_is_found_by_no_change(
    engine: AsyncEngine, without: Loaded
) -> None:
    before, ria = await stored(engine), {"id": without.ids["user:ria"]}
    for name in ("memberRemove", "memberDeactivate", "memberReactivate"):
        assert codes(await mutate(engine, "ada", name, ria, node=NODE)) == ["NOT_FOUND"]
    assert await stored(engine) == before


async def test_whoever_comes_back_is_the_same_member_with_nothing(
    engine: AsyncEngine, without: Loaded
) -> None:
    payload = await mutate(engine, "ada", "memberAdd", BACK, node=NODE)
    assert (payload["errors"], payload["node"]) == (
        [],
        {
            "id": without.ids["user:ria"],
            "key": "ria",
            "name": "Ria again",
            "active": True,
            "groups": {"nodes": [{"key": "members"}]},
        },
    )
    assert await level(engine, "ria", without.ids["core"]) is None
    assert await level(engine, "ria", without.ids["shared"]) == "READ_EXECUTE"
    again = await mutate(engine, "ada", "memberRemove", {"id": without.ids["user:ria"]}, node=NODE)
    assert again["errors"] == []
    assert codes(await mutate(engine, "ada", "memberAdd", BACK, node=NODE)) == []


async def test_whoever_comes_back_has_the_key_that_it_had(
    engine: AsyncEngine, without: Loaded
) -> None:
    before = await stored(engine)
    payload = await mutate(engine, "ada", "memberAdd", BACK | {"key": "ria-2"}, node=NODE)
    assert payload["errors"] == [
        {
            "code": "INVALID",
            "message": 'The account was a member before, as "ria", and keys are permanent: '
            "give that one.",
            "field": "key",
        }
    ]
    other = {"email": "other@example.org", "key": "ria", "name": "Other"}
    assert codes(await mutate(engine, "ada", "memberAdd", other, node=NODE)) == ["KEY_TAKEN"]
    assert await stored(engine) == before
    assert without.key == "acme"


async def test_the_log_tells_no_address(engine: AsyncEngine, without: Loaded) -> None:
    await mutate(engine, "ada", "memberAdd", BACK, node=NODE)
    _, events = await kept(engine)
    assert [event for event in events if "@" in f"{event}"] == []
    assert without.key == "acme"
