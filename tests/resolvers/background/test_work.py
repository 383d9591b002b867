"""The work as a whole: by one process at a time, in every Org, until it is done or stopped."""

import asyncio
from typing import Any

import pytest
from sqlalchemy import insert, select, update
from sqlalchemy.ext.asyncio import AsyncEngine

from db.engine import change, open_engine, snapshot
from db.ids import parse_id
from db.installation import DUTY
from db.models import DELETION
from resolvers.background.duty import LEASE, Duty
from resolvers.background.work import work
from tests.databases import run
from tests.factories import Loaded, Manifest, load
from tests.resolvers.changes.binning import BINNED, delete, purge, purges_of
from tests.resolvers.changes.changing import kept

NOTHING = {"grants ended": 0, "deletions overdue": 0, "rows purged": 0, "answers forgotten": 0}


@pytest.fixture
async def acme(engine: AsyncEngine) -> Loaded:
    acme = await load(engine, BINNED)
    token = await delete(engine, "oz", acme.ids["core"])
    await purge(engine, "ada", token, "Core")
    return acme


async def until(engine: AsyncEngine) -> int | None:
    async with snapshot(engine) as connection:
        found: int | None = await connection.scalar(select(DUTY.c.until))
        return found


async def test_nothing_is_done_beside_whoever_has_the_duty(
    engine: AsyncEngine, acme: Loaded
) -> None:
    other = Duty(engine, "another")
    assert await other.take()
    before = await kept(engine)
    assert await work(Duty(engine, apart=0)) is None
    assert await kept(engine) == before
    await other.release()
    assert (await work(Duty(engine, apart=0)) or {})["rows purged"] > 0
    assert await until(engine) == 0
    assert acme.key == "acme"


async def test_of_many_processes_one_does_the_work(
    engine: AsyncEngine, database_url: str, acme: Loaded
) -> None:
    engines = [open_engine(database_url) for _ in range(4)]
    done = await asyncio.gather(*(work(Duty(one, apart=0)) for one in engines))
    for one in engines:
        await one.dispose()
    (told,) = await purges_of(engine, "ada")
    counts = [each for each in done if each is not None and any(each.values())]
    assert counts == [{**NOTHING, "rows purged": told["rowsPurged"] + 1}]
    assert [event[3] for event in (await kept(engine))[1]].count("bin.purged") == 1
    assert acme.key == "acme"


async def test_it_stops_when_told_and_leaves_the_duty(engine: AsyncEngine, acme: Loaded) -> None:
    assert await work(Duty(engine, apart=0), lambda: True) == NOTHING
    (told,) = await purges_of(engine, "ada")
    assert (told["rowsPurged"], told["finishedAt"]) == (0, None)
    assert await until(engine) == 0
    assert acme.key == "acme"


async def steal(url: str) -> None:
    """Give the duty to another process, as if this one had slept for too long."""
    thief = open_engine(url)
    async with change(thief) as connection:
        await connection.execute(update(DUTY).values(holder="thief", until=LEASE * 9))
    await thief.dispose()


async def test_it_stops_when_the_duty_is_lost(
    engine: AsyncEngine, database_url: str, acme: Loaded
) -> None:
    times = [0]

    def stolen() -> bool:
        run(steal(database_url))
        times.append(LEASE)
        return False

    assert await work(Duty(engine, "slow", now=lambda: times[-1]), stolen) == NOTHING
    (told,) = await purges_of(engine, "ada")
    assert (told["rowsPurged"], told["finishedAt"]) == (0, None)
    assert await until(engine) == LEASE * 9
    assert acme.key == "acme"


async def test_every_org_gets_its_turn(engine: AsyncEngine) -> None:
    orgs = [
        await load(engine, Manifest(key).user("ada", admin=True).space("core"))
        for key in ("one", "two", "three")
    ]
    async with change(engine) as connection:
        for org in orgs:
            await connection.execute(insert(DELETION).values(**binned(org)))
    done = await work(Duty(engine, apart=0))
    # Each space, its shared project, and the end of the purge.
    assert done == {**NOTHING, "deletions overdue": 3, "rows purged": 9}


def binned(org: Loaded) -> dict[str, Any]:
    """Return the row of a deletion that was long ago."""
    space = parse_id(org.ids["core"])
    assert space is not None
    named = dict.fromkeys(("key", "name", "folded", "path"), "core")
    numbers = {"org_id": org.org_id, "id": 9_999, "node_id": space.id}
    return {**numbers, **named, "kind": "SPACE", "began_at": 1}
