"""Node, and the clients' packages and documents, for tests of what their stores make of the API."""

import fcntl
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import NoReturn

import pytest

FOLDER = Path(__file__).parent
PATH = os.pathsep.join((str(Path(sys.executable).parent), os.environ.get("PATH", "")))
SCHEMA = FOLDER.parents[1] / "schema" / "schema.graphql"
BUILD = FOLDER / "build"
BUILT = BUILD / "built"
INSTALLED = FOLDER / "node_modules" / "relay-compiler"


@pytest.fixture(scope="session")
def node() -> str:
    """The path of Node, with all made that the tour needs."""
    found = shutil.which("node") or shutil.which("node", path=PATH)
    if not found:
        lack("no node is installed: run `make clients`")
    if not INSTALLED.is_dir():
        lack("the clients' packages are not installed: run `make clients`")
    BUILD.mkdir(exist_ok=True)
    with (BUILD / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # others of this run may be here, too
        if not _is_built():
            _build(found)
    return found


def _is_built() -> bool:
    newest = max(path.stat().st_mtime for path in (SCHEMA, *FOLDER.glob("*.js*")))
    return BUILT.exists() and BUILT.stat().st_mtime > newest


def _build(node: str) -> None:
    """Make the documents of the schema, and have Relay compile its own."""
    (BUILD / "artifacts").mkdir(exist_ok=True)
    for command in (("documents.js",), (f"{INSTALLED}/cli.js", "relay.config.json")):
        made = subprocess.run(  # noqa: S603 - our own files
            (node, *command), check=False, cwd=FOLDER, capture_output=True, text=True
        )
        assert made.returncode == 0, made.stdout + made.stderr
    BUILT.touch()


def lack(reason: str) -> NoReturn:
    """Leaves the test out, or fails it where FREEHOLD_REQUIRE_CLIENTS is set."""
    if os.environ.get("FREEHOLD_REQUIRE_CLIENTS"):
        pytest.fail(reason)
    pytest.skip(reason)
