"""Retention: what has lain in the bin for long enough is purged by itself, as its Org says."""

from typing import Any

import pytest
from sqlalchemy import update
from sqlalchemy.ext.asyncio import AsyncEngine

from db.engine import change
from db.models import DELETION
from resolvers.background.duty import Duty
from resolvers.background.work import work
from resolvers.deletions import DAY
from tests.factories import Loaded, load
from tests.resolvers.changes import binning, changing
from tests.resolvers.changes.binning import BINNED, delete, paths_of, purges_of, restore
from tests.resolvers.changes.changing import codes, kept

NODE = "name retentionDays"
DONE = {"grants ended": 0, "deletions overdue": 0, "rows purged": 0, "answers forgotten": 0}


@pytest.fixture
async def acme(engine: AsyncEngine) -> Loaded:
    return await load(engine, BINNED)


async def age(engine: AsyncEngine, path: str, days: float) -> None:
    """Let a deletion have been so many days ago."""
    of_path = (DELETION.c.org_id == 1, DELETION.c.path == path)
    began = DELETION.c.began_at - int(days * DAY)
    async with change(engine) as connection:
        await connection.execute(update(DELETION).where(*of_path).values(began_at=began))


async def org_update(engine: AsyncEngine, user: str, **given: Any) -> dict[str, Any]:
    return await changing.mutate(engine, user, "orgUpdate", given, node=NODE)


async def test_what_is_overdue_is_purged_and_told(engine: AsyncEngine, acme: Loaded) -> None:
    for path, days in (("core/site", 30.001), ("core/docs", 29.999)):
        await delete(engine, "oz", acme.ids[path])
        await age(engine, path, days)
    _, before = await kept(engine)
    # The project, its two assets, its grant, and the end of the purge.
    assert await work(Duty(engine, apart=0)) == {**DONE, "deletions overdue": 1, "rows purged": 5}
    assert await paths_of(engine, "ada") == ["core/docs"]
    (told,) = await purges_of(engine, "ada")
    assert (told["path"], told["rowsPurged"], told["rowsToPurge"]) == ("core/site", 4, 4)
    _, events = await kept(engine)
    assert [event[1:6] for event in events[len(before) :]] == [
        ("system", "retention", "bin.purge", acme.ids["core/site"], "core/site"),
        ("system", "purge", "bin.purged", acme.ids["core/site"], "core/site"),
    ]
    assert await work(Duty(engine, apart=0)) == DONE


async def test_what_was_restored_stays(engine: AsyncEngine, acme: Loaded) -> None:
    token = await delete(engine, "oz", acme.ids["core"])
    await age(engine, "core", 100)
    assert (await restore(engine, "oz", token))["errors"] == []
    assert await work(Duty(engine, apart=0)) == DONE


async def test_an_org_says_how_long_it_keeps_things(engine: AsyncEngine, acme: Loaded) -> None:
    await delete(engine, "oz", acme.ids["core/site"])
    await age(engine, "core/site", 3)
    updated = await org_update(engine, "ada", retentionDays=4, name="Acme Works")
    assert updated["node"] == {"name": "Acme Works", "retentionDays": 4}
    assert await work(Duty(engine, apart=0)) == DONE
    assert (await org_update(engine, "ada", retentionDays=3))["node"] == {
        "name": "Acme Works",
        "retentionDays": 3,
    }
    _, events = await kept(engine)
    assert events[-1][3:8] == (
        *("org.update", "org_1", "acme"),
        *('{"retentionDays":4}', '{"retentionDays":3}'),
    )
    assert (await work(Duty(engine, apart=0)) or {})["deletions overdue"] == 1


@pytest.mark.parametrize(
    ("user", "given", "code"),
    [
        ("oz", {"retentionDays": 1}, "FORBIDDEN"),
        ("dan", {"retentionDays": 1}, "NOT_FOUND"),
        ("ada", {"retentionDays": 0}, "INVALID"),
        ("ada", {"retentionDays": 36_501}, "INVALID"),
        ("ada", {"name": ""}, "INVALID"),
        ("ada", {"name": "a\u0007"}, "INVALID"),
    ],
)
async def test_what_will_not_do_is_refused(
    engine: AsyncEngine, acme: Loaded, user: str, *, given: dict[str, Any], code: str
) -> None:
    before = await kept(engine)
    payload = await org_update(engine, user, **given)
    assert (codes(payload), payload["node"]) == ([code], None)
    assert await kept(engine) == before
    assert acme.key == "acme"


async def test_a_space_and_what_was_deleted_in_it_go_one_after_the_other(
    engine: AsyncEngine, acme: Loaded
) -> None:
    for path in ("core/site", "core"):
        await delete(engine, "oz", acme.ids[path])
        await age(engine, path, 40)
    assert (await work(Duty(engine, apart=0)) or {})["deletions overdue"] == 2
    assert [told["path"] for told in await purges_of(engine, "ada") if told["finishedAt"]] == [
        *("core", "core/site")
    ]
    rows = await binning.rows_of(engine)
    assert (len(rows["space"]), len(rows["asset"])) == (1, 0)
