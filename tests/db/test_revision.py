"""A change raises its Org's revision by one, and leaves one event under it or nothing at all."""

import asyncio

import pytest
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from db.engine import change, snapshot
from db.models import ORG, Event
from db.revision import Deed, advance, record

MADE = Deed("mem_1_1", "token", "spaceCreate", "spc_1_9", "core", after='{"key":"core"}')


async def deed(connection: AsyncConnection, org_id: int, *, at: int, done: Deed = MADE) -> int:
    revision = await advance(connection, org_id, at=at)
    await record(connection, (org_id, revision), done, at=at)
    return revision


async def log(engine: AsyncEngine, org_id: int) -> list[tuple[int, int]]:
    """Return the Org's events as revision and time."""
    events = select(Event.revision, Event.at).where(Event.org_id == org_id)
    async with snapshot(engine) as connection:
        rows = await connection.execute(events.order_by(Event.revision))
        return [(row.revision, row.at) for row in rows]


async def state(engine: AsyncEngine, org_id: int) -> tuple[int, int]:
    async with snapshot(engine) as connection:
        found = select(ORG.c.revision, ORG.c.updated_at).where(ORG.c.id == org_id)
        row = (await connection.execute(found)).one()
        return row.revision, row.updated_at


async def test_each_change_leaves_one_event_under_its_revision(
    engine: AsyncEngine, org_id: int
) -> None:
    for at in (10, 20, 30):
        async with change(engine) as connection:
            assert await deed(connection, org_id, at=at) == at // 10
    assert await log(engine, org_id) == [(1, 10), (2, 20), (3, 30)]
    assert await state(engine, org_id) == (3, 30)


async def test_an_event_keeps_all_that_is_told(engine: AsyncEngine, org_id: int) -> None:
    done = Deed("mem_1_1", "web", "projectMove", "prj_1_2", "a/b", '{"x":1}', '{"x":2}', "r-1")
    async with change(engine) as connection:
        await deed(connection, org_id, at=10, done=done)
    async with snapshot(engine) as connection:
        result = await connection.execute(select(Event).where(Event.org_id == org_id))
        row = result.mappings().one()
    assert row == {"org_id": org_id, "revision": 1, "at": 10, **done._asdict()}


async def test_what_a_deed_leaves_out_is_null(engine: AsyncEngine, org_id: int) -> None:
    async with change(engine) as connection:
        await deed(connection, org_id, at=10, done=Deed("a", "t", "orgRename", "org_1", ""))
    left_out = select(Event.before, Event.after, Event.request_id).where(Event.org_id == org_id)
    async with snapshot(engine) as connection:
        assert (await connection.execute(left_out)).one() == (None, None, None)


async def test_a_change_that_is_taken_back_leaves_neither_event_nor_revision(
    engine: AsyncEngine, org_id: int
) -> None:
    async with engine.connect() as connection:
        assert await deed(connection, org_id, at=10) == 1
        await connection.rollback()
    assert await log(engine, org_id) == []
    assert await state(engine, org_id) == (0, 0)
    async with change(engine) as connection:
        assert await deed(connection, org_id, at=20) == 1
    assert await log(engine, org_id) == [(1, 20)]


async def test_a_revision_has_one_event_at_most(engine: AsyncEngine, org_id: int) -> None:
    async with engine.connect() as connection:
        revision = await deed(connection, org_id, at=10)
        with pytest.raises(IntegrityError):
            await record(connection, (org_id, revision), MADE, at=10)
    assert await log(engine, org_id) == []


async def test_changes_that_come_at_once_get_a_revision_each(
    engine: AsyncEngine, org_id: int
) -> None:
    async def once(at: int) -> int:
        async with change(engine) as connection:
            return await deed(connection, org_id, at=at)

    revisions = await asyncio.gather(*map(once, range(20)))
    assert sorted(revisions) == list(range(1, 21))
    assert [revision for revision, _ in await log(engine, org_id)] == list(range(1, 21))


async def test_an_unknown_org_can_not_advance(engine: AsyncEngine, org_id: int) -> None:
    async with engine.connect() as connection:
        with pytest.raises(LookupError, match=rf"^There is no Org {org_id + 1}\.$"):
            await advance(connection, org_id + 1, at=10)
    assert await state(engine, org_id) == (0, 0)
