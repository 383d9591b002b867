"""The log goes on: under new events, and after what it tells of is deleted, purged or gone."""

import pytest
from sqlalchemy import delete
from sqlalchemy.ext.asyncio import AsyncEngine

from db import clock
from db.engine import change
from db.ids import parse_id
from db.models import PROJECT, SPACE
from db.revision import Deed, advance, record
from tests.factories import Loaded
from tests.resolvers.changes.changing import mutate
from tests.resolvers.log import NONE, answer, events, history, revisions, store_logged


@pytest.fixture
async def acme(engine: AsyncEngine) -> Loaded:
    return await store_logged(engine)


async def write(engine: AsyncEngine, **deed: str) -> int:
    """Write an event of something that nobody can do yet, and return its revision."""
    told = {"actor": "system", "through": "test", "action": "test.done", "path": "", **deed}
    async with change(engine) as connection:
        revision = await advance(connection, 1, at=clock.now())
        await record(connection, (1, revision), Deed(**told), at=clock.now())
    return revision


async def test_an_asset_has_its_own_events(engine: AsyncEngine, acme: Loaded) -> None:
    home = acme.ids["core/site/home"]
    revision = await write(engine, object_id=home)
    assert revisions(await history(engine, "pip", home)) == [revision]
    assert await history(engine, "ria", home) == NONE


@pytest.mark.parametrize("who", ["user:pip", "group:members"])
async def test_what_was_done_to_people_is_told_to_admins_alone(
    engine: AsyncEngine, acme: Loaded, who: str
) -> None:
    revision = await write(engine, object_id=acme.ids[who])
    assert revisions(await history(engine, "ada", acme.ids[who])) == [revision]
    for user in ("oz", "pip"):
        assert await history(engine, user, acme.ids[who]) == NONE


@pytest.mark.parametrize("direction", ["ASC", "DESC"])
async def test_new_events_move_no_page(engine: AsyncEngine, acme: Loaded, direction: str) -> None:
    by, found, after = {"field": "REVISION", "direction": direction}, list[int](), None
    for number in range(10):
        page = await events(engine, by=by, first=2, after=after)
        found += revisions(page)
        after = page["pageInfo"]["endCursor"]
        if not page["pageInfo"]["hasNextPage"]:
            break
        given = {"id": acme.ids["lab"], "name": f"Lab {number}"}
        await mutate(engine, "ada", "spaceRename", given, node="id")
    # Upwards there is more with each page: two of it are gone, and one has come.
    assert found == ([6, 5, 4, 3, 2, 1] if direction == "DESC" else list(range(1, 11)))


async def test_events_outlive_what_was_deleted(engine: AsyncEngine, acme: Loaded) -> None:
    site = acme.ids["core/site"]
    await mutate(engine, "pip", "projectDelete", {"id": site}, node="id")
    text = """query($id: ID!) {
      node(id: $id) { id }
      org { events(filter: { object: $id }) { nodes { action object { id } path } } }
    }"""
    found = await answer(engine, "ada", text, id=site)
    assert found == {
        "node": None,
        "org": {
            "events": {
                "nodes": [
                    {"action": f"project.{verb}", "object": None, "path": "core/site"}
                    for verb in ("delete", "update", "rename")
                ]
            }
        },
    }


async def test_events_outlive_what_was_purged(engine: AsyncEngine, acme: Loaded) -> None:
    made = await mutate(engine, "ada", "spaceCreate", {"key": "new", "name": "New"}, node="id")
    id_ = made["node"]["id"]
    await mutate(engine, "ada", "spaceDelete", {"id": id_}, node="id")
    await purge(engine, id_)
    assert acme.org_id == 1
    text = """query($id: ID!) { org { events(filter: { object: $id }) {
      totalCount nodes { action objectId object { id } path after }
    } } }"""
    found = await answer(engine, "ada", text, id=id_)
    told = {"objectId": id_, "object": None, "path": "new"}
    after = {"key": "new", "name": "New", "description": None}
    assert found["org"]["events"] == {
        "totalCount": 2,
        "nodes": [
            {"action": "space.delete", "after": None, **told},
            {"action": "space.create", "after": after, **told},
        ],
    }


async def purge(engine: AsyncEngine, id_: str) -> None:
    """Remove the rows of a space that holds nothing but its shared project."""
    node = parse_id(id_)
    assert node is not None
    async with change(engine) as connection:
        for table, column in ((PROJECT, "space_id"), (SPACE, "id")):
            here = (table.c.org_id == node.org_id, table.c[column] == node.id)
            await connection.execute(delete(table).where(*here))


async def test_who_is_gone_is_still_named_by_id(engine: AsyncEngine, acme: Loaded) -> None:
    revision = await write(engine, actor="mem_1_999", object_id="grp_1_999")
    assert acme.org_id == 1
    text = "{ org { events(first: 1) { nodes { revision actor { id } actorId object { id } } } } }"
    (node,) = (await answer(engine, "ada", text))["org"]["events"]["nodes"]
    assert node == {"revision": revision, "actor": None, "actorId": "mem_1_999", "object": None}


async def test_a_change_is_in_the_history_that_its_own_payload_has(
    engine: AsyncEngine, acme: Loaded
) -> None:
    given = {"id": acme.ids["core"], "name": "Soul"}
    told = "history(first: 1) { nodes { revision after actor { key } object { id } } }"
    payload = await mutate(engine, "oz", "spaceRename", given, node=told)
    assert payload["node"]["history"]["nodes"] == [
        {
            "revision": payload["revision"],
            "after": {"name": "Soul"},
            "actor": {"key": "oz"},
            "object": {"id": acme.ids["core"]},
        }
    ]
