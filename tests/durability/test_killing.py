"""A server that is killed while clients change an Org: what it acknowledged is there, and whole.

Only the processes that the test itself started are killed, by their id; PostgreSQL goes on.
"""

import asyncio
import time
from pathlib import Path
from random import Random

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from db.examining import breaches
from tests.conftest import Tell
from tests.durability.asking import Api, asking
from tests.durability.chores import World
from tests.durability.clients import clients
from tests.durability.dooming import begun, check_purged, cut_off, doom, finished, free_duty
from tests.durability.orgs import acme, store
from tests.durability.serving import Server, served
from tests.durability.storage import read
from tests.durability.telling import check_repeated, check_told, done_before_asked_again, summary
from tests.durability.wholeness import check_whole
from tests.factories import Loaded

CHANGES = 10, 40  # between one kill and the next: at least, at most
SECONDS = 0.05  # at most, after which it is killed
REPEATED = 100


@pytest.mark.parametrize("kills", [3, pytest.param(100, marks=[pytest.mark.full])])
async def test_what_a_killed_server_acknowledged_is_all_there(
    engine: AsyncEngine, database_url: str, tmp_path: Path, tell: Tell, *, kills: int
) -> None:
    org, tokens = await store(database_url, acme(doomed=kills))
    over, cut = asyncio.Event(), 0
    async with served(database_url, tmp_path) as server, asking(server, tokens) as api:
        began = time.monotonic()
        async with asyncio.TaskGroup() as group:
            for client in clients(api, World(org)):
                group.create_task(client.work(over.is_set))
            for number in range(kills):
                await doom(api, org, number)
                await any_moment(api, number)
                cut += await kill(server, engine, org)
            await api.ledger.grown_by(CHANGES[0])
            over.set()
        told = summary(api.ledger, time.monotonic() - began)
        await check_repeated(api, [asked for asked, _ in api.ledger.answers[-REPEATED:]])
        await finished(api)
    assert server.faults == []
    stored = await read(engine, org.org_id)
    check_whole(stored)
    assert await breaches(engine, deep=True) == []
    check_told(stored, api.ledger, org)
    check_purged(stored, org, kills)
    again, before = len(api.ledger.again), done_before_asked_again(stored, api.ledger)
    tell(f"{kills} kills; {told}; {again} asked again, of which {before} were made already")
    tell(f"{cut} times a purge was cut off")


async def any_moment(api: Api, number: int) -> None:
    """Wait until some changes were made; every second time, until a purge has begun."""
    random = Random(number)
    await api.ledger.grown_by(random.randint(*CHANGES))
    if number % 2 == 0:
        await begun(api, number)
    await asyncio.sleep(random.uniform(0, SECONDS))  # or it would always be after an answer


async def kill(server: Server, engine: AsyncEngine, org: Loaded) -> int:
    """Kill the server and start another; return how many purges were cut off.

    What is there in between is whole, too, acknowledged or not.
    """
    await server.kill()
    left = await read(engine, org.org_id)
    check_whole(left)
    await free_duty(engine)
    await server.start()
    return cut_off(left)
