"""The recycle bin as a list: who sees what in it, what it tells, and how it is searched."""

import pytest
from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncEngine

from db.clock import time_text
from db.engine import change, snapshot
from db.models import DELETION, ORG
from tests.counting import counted
from tests.factories import Loaded, ask, load
from tests.resolvers.changes.binning import BIN, BINNED, bin_of, delete, paths_of

PATHS = ("core/site", "core/docs", "lab")  # deleted one after the other, the last by ada
DAY = 86_400_000_000


@pytest.fixture
async def acme(engine: AsyncEngine) -> Loaded:
    acme = await load(engine, BINNED)
    for user, path in zip(("oz", "fay", "ada"), PATHS, strict=True):
        await delete(engine, "oz" if user == "fay" else user, acme.ids[path])
    return acme


async def deleted_at(engine: AsyncEngine, path: str) -> int:
    began = select(DELETION.c.began_at).where(DELETION.c.org_id == 1, DELETION.c.path == path)
    async with snapshot(engine) as connection:
        return int(await connection.scalar(began) or 0)


async def test_admins_see_all_and_others_what_they_deleted(
    engine: AsyncEngine, acme: Loaded
) -> None:
    assert await paths_of(engine, "ada") == ["lab", "core/docs", "core/site"]
    assert await paths_of(engine, "oz") == ["core/docs", "core/site"]
    for user in ("fay", "ria", "pip", "nan"):
        assert await bin_of(engine, user) == []
    assert (await ask(engine, "dan", "acme", BIN, {})).data == {"org": None}
    assert acme.key == "acme"


async def test_a_deletion_tells_what_by_whom_and_how_much_it_hides(
    engine: AsyncEngine, acme: Loaded
) -> None:
    await delete(engine, "oz", acme.ids["core"])
    assert [
        (node["path"], node["nodeKind"], *node["hides"].values())
        for node in await bin_of(engine, "ada")
    ] == [
        ("core", "SPACE", 1, 1, 0),
        ("lab", "SPACE", 1, 1, 0),
        ("core/docs", "PROJECT", 0, 1, 1),
        ("core/site", "PROJECT", 0, 1, 2),
    ]
    assert [node["deletedBy"]["key"] for node in await bin_of(engine, "ada")] == [
        *("oz", "ada", "oz", "oz")
    ]


async def test_a_deletion_is_found_by_its_id_by_whoever_sees_it(
    engine: AsyncEngine, acme: Loaded
) -> None:
    token = await delete(engine, "oz", acme.ids["core"])
    text = """query($id: ID!) { node(id: $id) { ... on Deletion { name deletedAt purgesAt } } }"""
    began = await deleted_at(engine, "core")
    for user in ("ada", "oz", "fay"):
        found = (await ask(engine, user, "acme", text, {"id": token})).data["node"]
        times = {"deletedAt": time_text(began), "purgesAt": time_text(began + 30 * DAY)}
        assert found == (None if user == "fay" else {"name": "Core", **times})


async def test_it_is_purged_as_long_after_as_the_org_says(
    engine: AsyncEngine, acme: Loaded
) -> None:
    async with change(engine) as connection:
        await connection.execute(update(ORG).values(retention_days=9_999))
    text = "{ org { recycleBin(first: 1) { nodes { purgesAt } } } }"
    (node,) = (await ask(engine, "ada", "acme", text)).data["org"]["recycleBin"]["nodes"]
    assert node["purgesAt"] == time_text(await deleted_at(engine, "lab") + 9_999 * DAY)
    assert acme.key == "acme"


async def value_of(engine: AsyncEngine, acme: Loaded, value: str) -> str:
    """Return a filter's value: for a path when it was deleted, for a user the id."""
    if value in PATHS:
        return time_text(await deleted_at(engine, value))
    return acme.ids.get(value, value.replace("?", acme.ids["user:oz"].rpartition("_")[2]))


@pytest.mark.parametrize(
    ("filter_", "paths"),
    [
        ({"nodeKind": "SPACE"}, ["lab"]),
        ({"nodeKind": "PROJECT"}, ["core/docs", "core/site"]),
        ({"nodeKind": "ASSET"}, []),
        ({"nameContains": "OC"}, ["core/docs"]),
        ({"nameContains": "s", "nodeKind": "PROJECT"}, ["core/docs", "core/site"]),
        ({"deletedBy": "user:ada"}, ["lab"]),
        ({"deletedBy": "user:oz"}, ["core/docs", "core/site"]),
        ({"deletedBy": "user:nan"}, []),
        ({"deletedBy": "mem_2_?"}, []),
        ({"deletedSince": "core/docs"}, ["lab", "core/docs"]),
        ({"deletedBefore": "core/docs"}, ["core/site"]),
    ],
)
async def test_the_bin_is_searched(
    engine: AsyncEngine, acme: Loaded, filter_: dict[str, str], paths: list[str]
) -> None:
    given = {name: await value_of(engine, acme, value) for name, value in filter_.items()}
    assert await paths_of(engine, "ada", **given) == paths


async def test_pages_go_from_the_newest_to_the_oldest(engine: AsyncEngine, acme: Loaded) -> None:
    text = """query($after: String) { org { recycleBin(first: 2, after: $after) {
      nodes { path } pageInfo { endCursor hasNextPage }
    } } }"""
    first = (await ask(engine, "ada", "acme", text)).data["org"]["recycleBin"]
    assert [node["path"] for node in first["nodes"]] == ["lab", "core/docs"]
    after = {"after": first["pageInfo"]["endCursor"]}
    last = (await ask(engine, "ada", "acme", text, after)).data["org"]["recycleBin"]
    assert [node["path"] for node in last["nodes"]] == ["core/site"]
    assert (first["pageInfo"]["hasNextPage"], last["pageInfo"]["hasNextPage"]) == (True, False)
    by_path = "{ org { recycleBin(orderBy: { field: PATH }) { nodes { path } } } }"
    found = (await ask(engine, "ada", "acme", by_path)).data["org"]["recycleBin"]
    assert [node["path"] for node in found["nodes"]] == ["core/docs", "core/site", "lab"]
    assert acme.key == "acme"


@pytest.mark.parametrize(
    ("asked", "number"), [("path", 2), ("hides { spaces projects assets }", 3)]
)
async def test_what_is_hidden_is_counted_when_asked_by_one_statement(
    engine: AsyncEngine, acme: Loaded, asked: str, number: int
) -> None:
    text = f"{{ org {{ recycleBin {{ nodes {{ {asked} }} }} }} }}"
    with counted() as statements:
        answer = await ask(engine, "ada", "acme", text)
    assert len(answer.data["org"]["recycleBin"]["nodes"]) == 3
    assert len(statements) == 2 * number  # once by each executor
    assert acme.key == "acme"
