"""Background work beside the server: what goes wrong is tried again, and it stops when told."""

import asyncio
from collections.abc import MutableMapping, Sequence
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine
from structlog.testing import capture_logs

from db.engine import change
from resolvers.changes import purges
from server.background import in_background
from tests.factories import load
from tests.resolvers.changes.binning import BINNED, delete, make, purges_of

OFTEN, SELDOM = 0.001, 3_600  # seconds


async def logged(entries: Sequence[MutableMapping[str, Any]], event: str) -> str:
    """Wait until the event is logged, and return its level."""
    while True:
        for entry in entries:
            if entry["event"] == event:
                return str(entry["log_level"])
        await asyncio.sleep(OFTEN)


async def execute(engine: AsyncEngine, statement: str) -> None:
    async with change(engine) as connection:
        await connection.execute(text(statement))


async def ask_for_a_purge(engine: AsyncEngine) -> None:
    acme = await load(engine, BINNED)
    token = await delete(engine, "oz", acme.ids["core"])
    await make(engine, "ada", purges.purge, id=token, confirmName="Core")


@pytest.mark.parametrize(
    ("breaking", "mending", "event", "level"),
    [
        (
            "ALTER TABLE duty RENAME TO other",
            "ALTER TABLE other RENAME TO duty",
            "background work waits for the database",
            "warning",
        ),
        (
            "ALTER TABLE duty RENAME COLUMN holder TO other",
            "ALTER TABLE duty RENAME COLUMN other TO holder",
            "background work failed",
            "error",
        ),
    ],
)
async def test_it_goes_on_once_it_can(
    engine: AsyncEngine, breaking: str, mending: str, *, event: str, level: str
) -> None:
    await ask_for_a_purge(engine)
    await execute(engine, breaking)
    with capture_logs() as entries:
        async with in_background(engine, OFTEN):
            assert await logged(entries, event) == level
            await execute(engine, mending)
            assert await logged(entries, "background") == "info"
    (told,) = await purges_of(engine, "ada")
    assert told["finishedAt"] is not None


async def test_it_is_over_when_the_block_is(engine: AsyncEngine) -> None:
    async with in_background(engine, SELDOM) as task:
        assert not task.done()
    assert task.done()
    assert not task.cancelled()
