"""`freehold work` and the server do what is due, and what is killed is gone on with."""

import signal
import subprocess
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

import pytest
from sqlalchemy import func, select, update
from sqlalchemy.ext.asyncio import AsyncEngine

from db.engine import change, open_engine, snapshot
from db.installation import DUTY
from db.models import ASSET, DELETION
from resolvers.background.duty import Duty
from resolvers.changes import purges
from tests.databases import run
from tests.factories import Manifest, load
from tests.resolvers.changes.binning import delete, make
from tests.server.commands.running import Freehold, Running, start
from tests.server.commands.test_serve import serving

NOTHING = "grants ended: 0; deletions overdue: 0; rows purged: 0; answers forgotten: 0\n"
MANY = 5_000


@asynccontextmanager
async def opened(url: str) -> AsyncGenerator[AsyncEngine]:
    engine = open_engine(url)
    yield engine
    await engine.dispose()


async def store(url: str, assets: int) -> None:
    """Store an Org whose space, of so many assets, is to be purged."""
    manifest = Manifest("acme").user("ada", admin=True).space("core", name="Core")
    manifest.project("core/site")
    for number in range(assets):
        manifest.asset(f"core/site/a{number}")
    async with opened(url) as engine:
        acme = await load(engine, manifest)
        token = await delete(engine, "ada", acme.ids["core"])
        await make(engine, "ada", purges.purge, id=token, confirmName="Core")


async def progress(engine: AsyncEngine) -> tuple[int, bool, int]:
    """Return how many rows are purged, whether that is all, and how many assets are left."""
    purged = select(DELETION.c.rows_purged, DELETION.c.purged_at).where(DELETION.c.org_id == 1)
    left = select(func.count()).select_from(ASSET).where(ASSET.c.org_id == 1)
    async with snapshot(engine) as connection:
        rows, at = (await connection.execute(purged)).one()
        return rows, at is not None, await connection.scalar(left) or 0


async def progress_at(url: str) -> tuple[int, bool, int]:
    async with opened(url) as engine:
        return await progress(engine)


async def take(url: str) -> None:
    async with opened(url) as engine:
        assert await Duty(engine, "another").take()


async def free(url: str) -> None:
    """Let the duty have run out."""
    async with opened(url) as engine, change(engine) as connection:
        await connection.execute(update(DUTY).values(until=0))


def test_once_does_what_is_due_and_ends(database: str, freehold: Freehold) -> None:
    assert freehold("work", "--once") == (0, NOTHING, "")
    run(store(database, 2))
    done = {"grants ended": 0, "deletions overdue": 0, "rows purged": 6, "answers forgotten": 0}
    assert freehold("work", "--once", "--json").value == {"done": done}
    assert run(progress_at(database)) == (5, True, 0)
    assert freehold("work", "--once") == (0, NOTHING, "")


def test_another_process_is_told_of(database: str, freehold: Freehold) -> None:
    run(store(database, 2))
    run(take(database))
    busy = "Another process does the background work now.\n"
    assert freehold("work", "--once") == (0, busy, "")
    assert freehold("work", "--once", "--json").value == {"done": None}
    assert run(progress_at(database)) == (0, False, 2)


@pytest.mark.usefixtures("empty_database")
def test_a_database_that_is_not_migrated_is_told(freehold: Freehold) -> None:
    outcome = freehold("work", "--once")
    assert (outcome.code, outcome.stdout) == (1, "")
    assert outcome.stderr.endswith("run `freehold migrate`.\n")


def test_a_server_does_what_is_due(database: str, run_freehold: Running) -> None:
    run(store(database, 2))
    with serving() as server:
        entry = server.wait_for("background")
        assert server.stop(signal.SIGTERM) == 0
    assert (entry["level"], entry["rows_purged"]) == ("info", 6)
    assert run(progress_at(database)) == (5, True, 0)
    assert [each["level"] for each in server.entries if each["level"] != "info"] == []
    assert run_freehold("work", "--once") == (0, NOTHING, "")


def test_a_server_can_leave_it_to_others(
    database: str, run_freehold: Running, environment: pytest.MonkeyPatch
) -> None:
    environment.setenv("FREEHOLD_BACKGROUND", "false")
    run(store(database, 2))
    with serving() as server:
        server.wait_for("Application startup complete.")
        assert server.stop(signal.SIGTERM) == 0
    assert run(progress_at(database)) == (0, False, 2)
    assert run_freehold("work", "--once").code == 0


def test_without_once_it_works_until_it_is_told_to_stop(
    database: str, environment: pytest.MonkeyPatch, run_freehold: Running
) -> None:
    run(store(database, 2))
    with start("work") as process:
        assert process.stderr
        assert b'"rows_purged":6' in process.stderr.readline()
        process.send_signal(signal.SIGTERM)
        assert process.wait(60) == 0
        assert process.stderr.read() == b""
    assert run(progress_at(database)) == (5, True, 0)


async def kill_amid(url: str, process: subprocess.Popen[bytes]) -> tuple[int, int]:
    """Kill the process as soon as it has purged more; return how many rows, and assets left."""
    async with opened(url) as engine:
        before, *_ = found = await progress(engine)
        while found[0] == before:
            assert process.poll() is None
            found = await progress(engine)
        process.kill()
        process.wait()
        purged, over, left = await progress(engine)
    assert not over
    return purged, left


def test_a_purge_survives_those_who_do_it_being_killed(
    database: str, run_freehold: Running
) -> None:
    run(store(database, MANY))
    for _ in range(2):
        with start("work", "--once", stderr=subprocess.DEVNULL) as process:
            purged, left = run(kill_amid(database, process))
        assert left >= MANY - purged
        run(free(database))
    assert run_freehold("work", "--once").code == 0
    assert run(progress_at(database)) == (MANY + 3, True, 0)
