"""A statement that takes too long is stopped, as is one that nobody waits for any more."""

import asyncio
import time

import pytest

from auth.credential import Credential
from db import clock
from db.engine import open_engine, write
from db.reader import read
from resolvers.context import reading
from tests.conftest import Tell
from tests.server.asking import store_orgs
from tests.server.test_waiting import READ, served

pytestmark = pytest.mark.usefixtures("log")

SOON = 5  # seconds, generously
WHO = "{ viewer { account { name } } }"
# Looking at spaces takes minutes.
SLOW = (
    "ALTER TABLE space RENAME TO real_space",
    """
    CREATE VIEW space AS SELECT * FROM real_space WHERE (
        WITH RECURSIVE counted(n) AS (
            SELECT 1 UNION ALL SELECT n + 1 FROM counted WHERE n < 2000000000
        ) SELECT count(*) FROM counted
    ) > 0
    """,
)


async def slow_down(url: str) -> None:
    engine = open_engine(url)
    async with write(engine) as connection:
        for statement in SLOW:
            await connection.exec_driver_sql(statement)
    await engine.dispose()


@pytest.mark.parametrize("compiles", [True, False])
async def test_a_query_that_takes_too_long_is_told_what_to_ask_instead(
    database_url: str, compiles: bool
) -> None:
    async with served(database_url, statement_seconds=0.5, compiles=compiles) as api:
        await slow_down(database_url)
        began = time.monotonic()
        answer = await api.ask("acme", READ)
        seconds = time.monotonic() - began
        after = await api.ask("acme", WHO)
    (error,) = answer.json()["errors"]
    assert (answer.status_code, error["extensions"]["code"]) == (504, "TIMEOUT")
    assert "smaller pages" in error["message"]
    assert seconds < SOON
    assert after.status_code == 200


@pytest.mark.parametrize("compiles", [True, False])
async def test_a_client_that_leaves_leaves_no_statement_behind(
    database_url: str, compiles: bool, tell: Tell
) -> None:
    settings = {"statement_seconds": 60, "database_connections": 4, "compiles": compiles}
    async with served(database_url, **settings) as api:  # one reads at a time
        await slow_down(database_url)
        assert (await api.ask("acme", WHO)).status_code == 200
        leaving = asyncio.create_task(api.ask("acme", READ))
        await asyncio.sleep(0.5)
        assert not leaving.done()
        began = time.monotonic()
        leaving.cancel()
        await asyncio.wait((leaving,), timeout=30)
        answer = await api.ask("acme", WHO)
        seconds = time.monotonic() - began
    tell(f"{seconds:.3f} s after a client left in the middle of its query, another is answered")
    assert leaving.cancelled()
    assert answer.status_code == 200
    assert seconds < SOON


async def test_the_moment_of_a_read_is_not_that_of_before_it_waited(
    database_url: str,
) -> None:
    orgs = await store_orgs(database_url)
    alone = open_engine(database_url, connections=2)  # of which one reads
    over = asyncio.Event()

    async def wait() -> None:
        async with read(alone, "other"):
            await over.wait()

    async def ask() -> int:
        async with reading(alone, Credential(orgs.accounts["ada"], orgs.acme.org_id)) as found:
            return found.now

    holding = asyncio.create_task(wait())
    await asyncio.sleep(0.1)
    asking = asyncio.create_task(ask())
    await asyncio.sleep(0.3)
    freed = clock.now()
    over.set()
    assert await asking >= freed
    await holding
    await alone.dispose()
