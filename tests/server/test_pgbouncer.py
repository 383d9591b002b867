"""A server behind PgBouncer in transaction mode works, where the URL says so."""

import asyncio
import os
import shutil
import socket
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from sqlalchemy import make_url, text

from db.engine import open_engine, write
from server.commands.checks.database import check_database
from server.commands.checks.finding import State
from tests.server.asking import settings_for
from tests.server.test_waiting import READ, served

PROGRAM = shutil.which("pgbouncer") or "/usr/sbin/pgbouncer"
pytestmark = [
    pytest.mark.usefixtures("log"),
    pytest.mark.skipif(not Path(PROGRAM).exists(), reason="PgBouncer isn't installed"),
]
SECONDS_TO_START = 20


@pytest.fixture
async def pooled_url(postgresql_url: str, tmp_path: Path) -> AsyncIterator[str]:
    """The URL of a fresh database through PgBouncer, which hands out two sessions to all."""
    async with pgbouncer(postgresql_url, tmp_path) as url:
        yield url


@asynccontextmanager
async def pgbouncer(server: str, tmp_path: Path, *more: str) -> AsyncGenerator[str]:
    """Start it in front of a server, with more lines of configuration."""
    url = make_url(server)
    folder = str(url.query["host"])
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    lines = (
        "[databases]",
        f"* = host={folder} user={url.username}",
        "[pgbouncer]",
        f"listen_addr = 127.0.0.1\nlisten_port = {port}\nunix_socket_dir =",
        "auth_type = any\npool_mode = transaction\ndefault_pool_size = 2",
        *more,
    )
    file = tmp_path / "pgbouncer.ini"
    file.write_text("\n".join(lines) + "\n")
    for each in (file, *file.parents[:3]):
        each.chmod(0o755)
    own = ("-u", owner(folder)) if os.geteuid() == 0 else ()
    process = await asyncio.create_subprocess_exec(PROGRAM, *own, "-q", str(file))
    try:
        await until_it_listens(port)
        yield f"postgresql://{url.username}@127.0.0.1:{port}/{url.database}?pgbouncer=true"
    finally:
        process.terminate()
        await process.wait()


def owner(folder: str) -> str:
    """Return who runs PostgreSQL, who may connect to its socket."""
    return Path(folder).owner()


@pytest.mark.parametrize("ignored", ["", "jit, random_page_cost, default_transaction_isolation"])
async def test_the_doctor_says_what_to_set(
    postgresql_url: str, tmp_path: Path, ignored: str
) -> None:
    times = "statement_timeout, lock_timeout, idle_in_transaction_session_timeout"
    more = f"ignore_startup_parameters = {ignored}, {times}" if ignored else ""
    async with pgbouncer(postgresql_url, tmp_path, more) as url:
        findings = await check_database(settings_for(url.removesuffix("?pgbouncer=true")))
        told = [each for each in findings if "pgbouncer=true" in f"{each.found} {each.remedy}"]
        assert [each.state for each in told] == [State.WRONG]
        findings = await check_database(settings_for(url))
        assert {each.state for each in findings if each.check != "Orgs"} == {State.OK}


async def until_it_listens(port: int) -> None:
    async with asyncio.timeout(SECONDS_TO_START):
        while True:
            try:
                _, writer = await asyncio.open_connection("127.0.0.1", port)
            except OSError:
                await asyncio.sleep(0.05)
            else:
                writer.close()
                return


async def test_reads_and_changes_work_through_pgbouncer(pooled_url: str) -> None:
    async with served(pooled_url) as api:
        for _ in range(5):
            read = [api.ask("acme", READ) for _ in range(12)]
            changed = [api.describe("acme", "core", str(n)) for n in range(4)]
            answers = await asyncio.gather(*read, *changed)
            assert {each.status_code for each in answers} == {200}
            assert [each.json() for each in answers if "errors" in each.json()] == []
        assert (await api.get("/readyz")).status_code == 200


async def test_a_transaction_has_the_settings_that_its_session_may_not_have(
    pooled_url: str,
) -> None:
    engine = open_engine(pooled_url)
    async with write(engine) as connection:
        assert await connection.scalar(text("SHOW jit")) == "off"
        assert await connection.scalar(text("SHOW transaction_isolation")) == "read committed"
    await engine.dispose()
