"""A database that can't be used is told in one line by every command that needs it."""

import sqlite3
from pathlib import Path

import pytest
from sqlalchemy import make_url
from sqlalchemy.exc import OperationalError

from server.commands.database import opened
from server.commands.errors import CommandError
from server.settings import Settings
from tests.databases import run
from tests.server.commands.running import Freehold, execute, on_sqlite

NEEDING = [
    ["demo"],
    ["import", "manifest.jsonl"],
    ["export", "acme"],
    ["token", "ada", "--org", "acme"],
]


@pytest.fixture(autouse=True)
def an_empty_manifest(tmp_path: Path) -> None:
    (tmp_path / "manifest.jsonl").touch()


@pytest.mark.parametrize("arguments", NEEDING, ids=lambda arguments: arguments[0])
def test_a_database_that_is_down_is_told(
    freehold: Freehold, environment: pytest.MonkeyPatch, arguments: list[str]
) -> None:
    environment.setenv("FREEHOLD_DATABASE_URL", "postgresql://me:s3cret@127.0.0.1:1/name")
    message = (
        "The database postgresql://me:***@127.0.0.1:1/name can't be used: "
        "Connect call failed ('127.0.0.1', 1).\n"
    )
    assert freehold(*arguments) == (1, "", message)


@pytest.mark.parametrize("arguments", NEEDING, ids=lambda arguments: arguments[0])
def test_a_database_that_is_not_migrated_is_told(
    freehold: Freehold, empty_database: str, arguments: list[str]
) -> None:
    url = make_url(empty_database)
    message = "The database is empty: run `freehold migrate`.\n"
    if url.get_backend_name() == "sqlite":
        message = f"There is no database {url.database} yet: run `freehold migrate`.\n"
    assert freehold(*arguments) == (1, "", message)
    assert url.get_backend_name() != "sqlite" or not Path(url.database or "").exists()


@pytest.mark.parametrize("arguments", NEEDING, ids=lambda arguments: arguments[0])
@on_sqlite
def test_a_database_at_another_version_is_told(
    freehold: Freehold, database: str, arguments: list[str]
) -> None:
    run(execute(database, "UPDATE alembic_version SET version_num = '0009'"))
    outcome = freehold(*arguments)
    assert (outcome.code, outcome.stdout) == (1, "")
    assert outcome.stderr.startswith("The database is at version 0009, not ")
    assert outcome.stderr.endswith(": run `freehold migrate`.\n")


def test_a_missing_database_on_a_server_is_told(
    freehold: Freehold, environment: pytest.MonkeyPatch, database: str
) -> None:
    url = make_url(database).set(database="absent/absent.db")
    environment.chdir(Path(__file__).parent)
    environment.setenv("FREEHOLD_DATABASE_URL", url.render_as_string(hide_password=False))
    outcome = freehold("export", "acme")
    assert (outcome.code, outcome.stdout) == (1, "")
    assert outcome.stderr.count("\n") == 1
    assert 'database "absent/absent.db" does not exist' in outcome.stderr or (
        outcome.stderr == "There is no database absent/absent.db yet: run `freehold migrate`.\n"
    )


def test_what_is_no_database_is_told(
    freehold: Freehold, environment: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    path = tmp_path / "letter.db"
    path.write_text("Dear reader, this is not a database, only a letter in its place.\n" * 20)
    environment.setenv("FREEHOLD_DATABASE_URL", f"sqlite:///{path}")
    message = f"{path} isn't an SQLite database.\n"
    assert freehold("migrate") == (1, "", message)
    assert freehold("export", "acme") == (1, "", message)


def test_a_folder_that_cannot_be_made_is_told(
    freehold: Freehold, environment: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "file").touch()
    environment.setenv("FREEHOLD_DATABASE_URL", f"sqlite:///{tmp_path}/file/freehold.db")
    message = f"The database sqlite:///{tmp_path}/file/freehold.db can't be used: File exists.\n"
    assert freehold("migrate") == (1, "", message)


async def test_a_locked_database_is_told(tmp_path: Path) -> None:
    settings = Settings(database_url=f"sqlite:///{tmp_path}/a.db")
    locked = sqlite3.OperationalError("database is locked")
    with pytest.raises(CommandError) as caught:
        async with opened(settings):
            raise OperationalError("INSERT", {"name": "s3cret"}, locked)
    assert str(caught.value) == (
        f"The database sqlite:///{tmp_path}/a.db is being written to by another process: try later."
    )
