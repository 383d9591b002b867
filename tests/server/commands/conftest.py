"""The command line, in this process for the many cases and as a real one for the main paths."""

import os
from pathlib import Path

import pytest
from sqlalchemy import make_url

from server.command_line import main
from tests.databases import run
from tests.postgresql import GIVEN_SERVER
from tests.server.commands.acme import manifest
from tests.server.commands.running import ROOT, Freehold, Outcome, Running, execute, run_process


@pytest.fixture
def environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    """The environment without any settings but for a secret of the test's own."""
    for name in [name for name in os.environ if name.startswith("FREEHOLD_")]:
        if name != GIVEN_SERVER:
            monkeypatch.delenv(name)
    monkeypatch.setenv("FREEHOLD_SECRET_FILE", str(tmp_path / "secret.key"))
    monkeypatch.chdir(tmp_path)
    return monkeypatch


@pytest.fixture
def freehold(
    environment: pytest.MonkeyPatch, capfdbinary: pytest.CaptureFixture[bytes]
) -> Freehold:
    """The command in this process."""
    environment.setenv("COLUMNS", "100")

    def call(*arguments: str) -> Outcome:
        code = main(list(arguments))
        written = capfdbinary.readouterr()
        return Outcome(code, written.out.decode(), written.err.decode())

    return call


@pytest.fixture
def run_freehold(environment: pytest.MonkeyPatch) -> Running:
    """The command as a process."""
    environment.setenv("PYTHONPATH", str(ROOT))
    return run_process


@pytest.fixture
def database(environment: pytest.MonkeyPatch, database_url: str) -> str:
    """A migrated database, which the environment names."""
    environment.setenv("FREEHOLD_DATABASE_URL", database_url)
    return database_url


@pytest.fixture
def empty_database(database: str) -> str:
    """A database that was never migrated, which the environment names."""
    url = make_url(database)
    if url.get_backend_name() == "sqlite":
        Path(url.database or "").unlink()
    else:
        run(execute(database, "DROP SCHEMA public CASCADE", "CREATE SCHEMA public"))
    return database


@pytest.fixture
def acme(database: str, freehold: Freehold, tmp_path: Path) -> str:
    """A database in which the Org acme is."""
    path = tmp_path / "acme.jsonl"
    path.write_bytes(manifest())
    assert freehold("import", str(path)).code == 0
    return database
