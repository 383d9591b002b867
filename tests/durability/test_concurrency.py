"""Sixteen clients change one Org at once, over HTTP, and nothing of it is lost or done twice."""

import asyncio
import time
from pathlib import Path

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from db.examining import breaches
from tests.conftest import Tell
from tests.durability.asking import asking
from tests.durability.chores import World
from tests.durability.clients import clients
from tests.durability.orgs import acme, store
from tests.durability.serving import served
from tests.durability.storage import read
from tests.durability.telling import check_repeated, check_told, summary
from tests.durability.wholeness import check_whole

REPEATED = 50


# How many changes are made at least, and for how many seconds.
@pytest.mark.parametrize("least", [(100, 0), pytest.param((0, 30), marks=[pytest.mark.full])])
async def test_what_clients_change_at_once_is_all_there(
    engine: AsyncEngine,
    database_url: str,
    tmp_path: Path,
    tell: Tell,
    least: tuple[int, int],
) -> None:
    changes, seconds = least
    org, tokens = await store(database_url, acme())
    async with served(database_url, tmp_path) as server, asking(server, tokens) as api:
        began = time.monotonic()

        def is_over() -> bool:
            return api.ledger.made >= changes and time.monotonic() >= began + seconds

        async with asyncio.TaskGroup() as group:
            for client in clients(api, World(org)):
                group.create_task(client.work(is_over))
        tell(summary(api.ledger, time.monotonic() - began))
        await check_repeated(api, [asked for asked, _ in api.ledger.answers[:REPEATED]])
    assert server.faults == []
    stored = await read(engine, org.org_id)
    check_whole(stored)
    assert await breaches(engine, deep=True) == []
    check_told(stored, api.ledger, org)
