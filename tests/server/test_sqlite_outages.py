"""An SQLite file that can't be used: 503 until it can, and nothing to do then."""

from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import make_url

from db.errors import UNOPENABLE
from db.version import LACKS_A_TABLE
from tests.databases import SQLiteFiles, run
from tests.server.asking import Log, store_orgs
from tests.server.outage import (
    DAMAGED,
    EMPTY,
    NOT_WHOLE,
    NOT_YET,
    assert_ready,
    assert_recovered,
    assert_unavailable,
    migrate_and_store,
    server,
)


def test_an_sqlite_file_that_is_missing_is_unavailable_until_it_is_there(
    tmp_path: Path, log: Log
) -> None:
    url = f"sqlite:///{tmp_path / 'missing.db'}"
    with server(url, NOT_YET) as client:
        assert_unavailable(client, log, "no such table: account", LACKS_A_TABLE)
        assert_ready(client, EMPTY)
        orgs = run(migrate_and_store(url))
        assert_recovered(replace(client, orgs=orgs))


def test_an_sqlite_file_that_cannot_be_opened_is_unavailable_until_it_can(
    tmp_path: Path, log: Log
) -> None:
    path = tmp_path / "folder.db"
    path.mkdir()
    with server(f"sqlite:///{path}", NOT_YET) as client:
        assert_unavailable(client, log, "unable to open database file", UNOPENABLE.message)
        assert_ready(client, {"status": "not ready", "problem": UNOPENABLE.message})
        path.rmdir()
        orgs = run(migrate_and_store(f"sqlite:///{path}"))
        assert_recovered(replace(client, orgs=orgs))


@pytest.mark.parametrize("content", [b"nonsense" * 10_000, b"SQLite format 3\0" + b"x" * 10_000])
def test_an_sqlite_file_that_is_corrupt_is_unavailable_until_it_is_replaced(
    tmp_path: Path, sqlite_files: SQLiteFiles, log: Log, content: bytes
) -> None:
    path = tmp_path / "corrupt.db"
    path.write_bytes(content)
    with server(f"sqlite:///{path}", NOT_YET) as client, sqlite_files.fresh() as whole:
        assert_unavailable(client, log, "sqlite3.DatabaseError", DAMAGED)
        assert_ready(client, NOT_WHOLE)
        orgs = run(store_orgs(whole))
        Path(str(make_url(whole).database)).replace(path)
        assert_recovered(replace(client, orgs=orgs))
