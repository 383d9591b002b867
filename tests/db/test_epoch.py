"""After a restore nothing comes twice: no revision, no id, no tag, no plan."""

from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncEngine

from db import clock
from db.engine import change, snapshot
from db.epoch import SKIPPED, begin_epoch
from db.installation import INSTALLATION
from db.models import EVENT, ORG, TOUCH
from tests.factories import Manifest, load
from tests.resolvers.changes.changing import CHANGED, answered, kept, mutate

PLAN = "plan { token } errors { code message field } revision"
GRANT = {"level": "READ", "propagate": False}


async def begin(engine: AsyncEngine) -> str:
    async with change(engine) as connection:
        return (await begin_epoch(connection, through="epoch", at=clock.now())).name


async def counters(engine: AsyncEngine) -> list[tuple[int, int]]:
    async with snapshot(engine) as connection:
        rows = await connection.execute(select(ORG.c.revision, ORG.c.next_id).order_by(ORG.c.id))
        return [(row.revision, row.next_id) for row in rows]


async def test_each_epoch_is_another_and_skips_what_may_have_been_given_out(
    engine: AsyncEngine,
) -> None:
    await load(engine, CHANGED)
    await load(engine, Manifest("umbra"))
    before = await counters(engine)
    names = [await begin(engine) for _ in range(2)]
    assert len({*names}) == 2
    async with snapshot(engine) as connection:
        assert (await connection.execute(select(INSTALLATION.c.epoch))).all() == [(names[1],)]
    ahead = [(revision + 2 * SKIPPED, next_id + 2 * SKIPPED) for revision, next_id in before]
    assert await counters(engine) == ahead


async def test_the_log_of_each_org_tells_of_it(engine: AsyncEngine) -> None:
    await load(engine, CHANGED)
    await begin(engine)
    revision, events = await kept(engine)
    assert events[-1][:6] == (revision, "system", "epoch", "org.restored", "org_1", "acme")
    async with snapshot(engine) as connection:
        touched = select(TOUCH.c.object_id).where(TOUCH.c.org_id == 1, TOUCH.c.revision == revision)
        assert (await connection.scalars(touched)).all() == ["org_1"]
        last = select(EVENT.c.revision).where(EVENT.c.org_id == 1).order_by(EVENT.c.revision.desc())
        assert await connection.scalar(last.limit(1)) == revision


async def test_changes_go_on_with_numbers_that_were_never_given_out(engine: AsyncEngine) -> None:
    await load(engine, CHANGED)
    ((revision, next_id),) = await counters(engine)
    await begin(engine)
    made = await mutate(engine, "ada", "spaceCreate", {"key": "new", "name": "New"}, node="id")
    assert made["revision"] == revision + SKIPPED + 1
    assert made["node"]["id"] == f"spc_1_{next_id + SKIPPED}"


async def test_a_plan_of_another_epoch_is_outdated_and_says_why(engine: AsyncEngine) -> None:
    acme = await load(engine, CHANGED)
    given: dict[str, Any] = {
        "node": acme.ids["core/site"],
        "grants": [{"principal": acme.ids["user:pip"], "level": "READ"}],
    }
    planned = await answered(
        engine, "ada", "grantsReplace", {**given, "dryRun": True}, payload=PLAN
    )
    await begin(engine)
    refused = await answered(
        engine,
        "ada",
        "grantsReplace",
        {**given, "planToken": planned["plan"]["token"]},
        payload=PLAN,
    )
    assert [error["code"] for error in refused["errors"]] == ["PLAN_OUTDATED"]
    assert "restored from a backup" in refused["errors"][0]["message"]
