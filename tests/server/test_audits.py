"""GraphQL over HTTP to the letter: the audits that npm's `graphql-http` brings, all of them."""

import asyncio
import os
import shutil
import sys
from pathlib import Path

import orjson
import pytest

from server.app import create_app
from tests.browser.serving import serving
from tests.databases import SQLiteFiles
from tests.server.asking import settings_for, store_orgs, token_for

FOLDER = Path(__file__).parent / "audits"
INSTALLED = FOLDER / "node_modules" / ".package-lock.json"  # written last by npm
LOCK = FOLDER / "package-lock.json"
# Where `make install` found no Node of the system's, it put its own beside Python.
PATH = os.pathsep.join((os.environ.get("PATH", ""), str(Path(sys.executable).parent)))


async def run(program: str, *arguments: str, **environment: str) -> bytes:
    """Run a program of Node's in the folder of the audits, and return what it wrote."""
    path = shutil.which(program, path=PATH)
    if path is None:
        pytest.skip(f"There is no {program}: `make graphiql` would bring it.")
    process = await asyncio.create_subprocess_exec(
        path,
        *arguments,
        cwd=FOLDER,
        env={**os.environ, "PATH": PATH, **environment},
        stdout=asyncio.subprocess.PIPE,
    )
    output, _ = await process.communicate()
    assert process.returncode == 0, output.decode()
    return output


async def install() -> None:
    """Have npm put what the lock names into the folder, unless it is there already."""
    if not INSTALLED.exists() or INSTALLED.stat().st_mtime < LOCK.stat().st_mtime:
        await run("npm", "ci", "--no-progress")


async def test_the_server_passes_all_audits_of_graphql_over_http(
    sqlite_files: SQLiteFiles,
) -> None:
    await install()
    with sqlite_files.fresh() as url:
        orgs = await store_orgs(url)
        token = token_for(orgs.accounts["ada"], orgs.acme.org_id)
        async with serving(create_app(settings_for(url))) as address:
            output = await run("node", "run.js", URL=f"{address}/graphql", TOKEN=token)
    audits = [orjson.loads(line) for line in output.splitlines()]
    assert [audit for audit in audits if audit["status"] != "ok"] == []
    assert len(audits) == len({audit["id"] for audit in audits}) == 61
