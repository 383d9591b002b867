"""Purging in the background: just what was asked for is removed, in batches that can be resumed."""

import asyncio
from typing import Any

import orjson
import pytest
from sqlalchemy import insert, update
from sqlalchemy.ext.asyncio import AsyncEngine

from db.engine import change, open_engine
from db.ids import parse_id
from db.models import GRANT, PLACEMENT, VERSION
from resolvers.background.purging import purge_some
from tests.factories import Loaded, load
from tests.resolvers.changes import changing
from tests.resolvers.changes.binning import (
    BINNED,
    delete,
    paths_of,
    purge,
    purges_of,
    restore,
    rows_of,
)
from tests.resolvers.changes.changing import codes, kept

NAMES = {"core": "Core", "core/site": "Site", "core/site/home": "Home"}


@pytest.fixture
async def acme(engine: AsyncEngine) -> Loaded:
    """The Org, with versions of an asset's content, a place that it left, and an ended grant."""
    acme = await load(engine, BINNED)
    home, site = number(acme, "core/site/home"), number(acme, "core/site")
    async with change(engine) as connection:
        for version in (1, 2, 3):
            content = {"media_type": "text/plain", "text": "x", "created_at": 1}
            row = {"org_id": 1, "id": 9_000 + version, "asset_id": home, "number": version}
            await connection.execute(insert(VERSION).values(**row, **content))
        lay = {"node_id": home, "parent_id": site, "began_at": 1, "ended_at": 2}
        await connection.execute(insert(PLACEMENT).values(org_id=1, id=9_004, **lay))
        fay = number(acme, "user:fay")
        of_fay = (GRANT.c.org_id == 1, GRANT.c.principal_id == fay)
        await connection.execute(update(GRANT).where(*of_fay).values(ended_at=1))
    return acme


def number(acme: Loaded, path: str) -> int:
    node = parse_id(acme.ids[path])
    assert node is not None
    return node.id


def without(acme: Loaded, rows: dict[str, list[tuple[Any, ...]]], under: str) -> Any:
    """Return rows without those of nodes at or under the path, and of what is told of them."""
    gone = {number(acme, p) for p in acme.nodes if p == under or p.startswith(f"{under}/")}
    places = {"asset_version": (2,), "access_grant": (2, 3), "deletion": (3,), "placement": (2,)}
    return {
        table: [
            row for row in found if not gone & {row[place] for place in places.get(table, (1,))}
        ]
        for table, found in rows.items()
    }


async def finish(engine: AsyncEngine, **how: Any) -> list[int]:
    """Purge until nothing is left, and return what each batch removed."""
    batches = list[int]()
    while removed := await purge_some(engine, 1, **how):
        batches.append(removed)
    return batches


@pytest.mark.parametrize(
    ("path", "deletions"), [("core", 2), ("core/site", 1), ("core/site/home", 0)]
)
async def test_just_what_was_asked_for_is_removed(
    engine: AsyncEngine, acme: Loaded, path: str, deletions: int
) -> None:
    rows = await rows_of(engine)
    expected = without(acme, rows, path)
    guide = await delete(engine, "oz", acme.ids["core/docs/guide"])
    assert (await restore(engine, "oz", guide))["errors"] == []
    news = await delete(engine, "oz", acme.ids["core/site/news"])
    token = await delete(engine, "oz", acme.ids[path])
    await purge(engine, "ada", token, NAMES[path])
    _, before = await kept(engine)
    number = sum(len(rows[table]) - len(expected[table]) for table in rows) + deletions
    assert await finish(engine, seconds=60) == [number + 1]
    (told,) = await purges_of(engine, "ada")
    assert (told["rowsToPurge"], told["rowsPurged"]) == (number, number)
    assert told["finishedAt"] is not None
    _, events = await kept(engine)
    assert events[: len(before)] == before
    assert [event[1:4] for event in events[len(before) :]] == [("system", "purge", "bin.purged")]
    if path == "core/site/home":
        assert (await restore(engine, "oz", news))["errors"] == []
    after = await rows_of(engine)
    del after["deletion"], expected["deletion"]
    assert after == expected


async def test_a_purged_spaces_key_and_name_are_free(engine: AsyncEngine, acme: Loaded) -> None:
    token = await delete(engine, "oz", acme.ids["core"])
    await purge(engine, "ada", token, "Core")
    taken = {"key": "core", "name": "Core"}
    assert codes(await changing.mutate(engine, "ada", "spaceCreate", taken, node="id")) == [
        "KEY_TAKEN"
    ]
    await finish(engine)
    assert codes(await changing.mutate(engine, "ada", "spaceCreate", taken, node="id")) == []


async def test_a_purge_goes_on_where_it_was_interrupted(
    engine: AsyncEngine, database_url: str, acme: Loaded
) -> None:
    expected = without(acme, await rows_of(engine), "core")
    token = await delete(engine, "oz", acme.ids["core"])
    await purge(engine, "ada", token, "Core")
    told = list[tuple[int, int]]()
    for _ in range(3):
        await purge_some(engine, 1, seconds=0, at_once=1)
        (found,) = await purges_of(engine, "ada")
        assert found["finishedAt"] is None
        told.append((found["rowsPurged"], found["rowsToPurge"]))
        given = {"id": acme.ids["lab"], "name": f"Lab {len(told)}"}
        assert codes(await changing.mutate(engine, "ada", "spaceRename", given, node="id")) == []
    other = open_engine(database_url)
    batches = await finish(other, seconds=0, at_once=2)
    await other.dispose()
    whole = told[0][1]
    assert told == [(1, whole), (2, whole), (3, whole)]
    assert len(batches) > 3
    assert sum(batches) == whole - 3 + 1
    rows = await rows_of(engine)
    assert [row[1] for row in rows["project"]] == [row[1] for row in expected["project"]]
    assert rows["asset"] == expected["asset"]
    assert rows["access_grant"] == expected["access_grant"]


async def test_two_at_once_remove_each_row_once_and_tell_the_end_once(
    engine: AsyncEngine, database_url: str, acme: Loaded
) -> None:
    token = await delete(engine, "oz", acme.ids["core"])
    await purge(engine, "ada", token, "Core")
    other = open_engine(database_url)
    await asyncio.gather(*(finish(one, seconds=0, at_once=1) for one in (engine, other, engine)))
    await other.dispose()
    (told,) = await purges_of(engine, "ada")
    assert told["rowsPurged"] == told["rowsToPurge"]
    _, events = await kept(engine)
    ends = [event for event in events if event[3] == "bin.purged"]
    assert [orjson.loads(event[7]) for event in ends] == [{"rows": told["rowsPurged"]}]
    assert await finish(engine) == []


async def test_a_purge_in_a_space_that_is_purged_comes_to_its_end_too(
    engine: AsyncEngine, acme: Loaded
) -> None:
    tokens = [await delete(engine, "oz", acme.ids[path]) for path in ("core/site", "core")]
    for token, name in zip(tokens, ("Site", "Core"), strict=True):
        await purge(engine, "ada", token, name)
    await purge_some(engine, 1, seconds=0, at_once=1)
    await finish(engine)
    assert all(told["finishedAt"] for told in await purges_of(engine, "ada"))
    assert await paths_of(engine, "ada") == []
    assert [row[3] for row in (await rows_of(engine))["deletion"]] == [
        number(acme, "core/site"),
        number(acme, "core"),
    ]
