"""Copies of SQLite databases, made while others use them, and whether they are sound."""

import sqlite3
import time
from collections.abc import Generator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path

from server.commands.errors import CommandError

SECONDS_TO_WAIT = 30  # for whoever writes
ALL_PAGES = -1  # in one step, of one moment: it neither waits for changes nor starts over
MOST_TOLD = 3


def copy_database(source: Path, target: Path) -> None:
    """Make the target's content that of the source, in one transaction of its own."""
    with _open(source) as from_, _open(target) as to:
        _copy(from_, to)


def make_single_file(path: Path) -> None:
    """Have a copy need no files beside it; whoever opens it as a server's goes back to the log."""
    with _open(path) as connection:
        connection.execute("PRAGMA journal_mode = DELETE")


def check_sound(path: Path, name: str) -> None:
    """Raise CommandError where the database's own check finds anything."""
    with told(name), _open(path) as connection:
        found = [row[0] for row in connection.execute("PRAGMA integrity_check")]
        rows = connection.execute("PRAGMA foreign_key_check").fetchall()
    found = [*(text for text in found if text != "ok"), *_dangling(rows)]
    if found:
        raise CommandError(f"{name} is damaged: {'; '.join(found[:MOST_TOLD])}.")


@contextmanager
def told(name: str) -> Generator[None]:
    """Turn an error of SQLite's into the command's."""
    try:
        yield
    except sqlite3.Error as error:
        raise CommandError(f"{name} can't be used: {error}.") from error


def _dangling(rows: Sequence[Sequence[object]]) -> list[str]:
    return [f"a row of {table} refers to none of {parent}" for table, _, parent, _ in rows]


@contextmanager
def _open(path: Path) -> Generator[sqlite3.Connection]:
    with closing(sqlite3.connect(path, timeout=SECONDS_TO_WAIT, isolation_level=None)) as opened:
        yield opened


def _copy(source: sqlite3.Connection, target: sqlite3.Connection) -> None:
    until = time.monotonic() + SECONDS_TO_WAIT

    def wait_no_longer(*_: object) -> None:  # sqlite3 itself would try for ever
        if time.monotonic() > until:
            raise sqlite3.OperationalError("another process writes to it")

    source.backup(target, pages=ALL_PAGES, progress=wait_no_longer)
