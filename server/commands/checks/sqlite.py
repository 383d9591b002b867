"""SQLite: its version, whether file and folder can be written, whether WAL mode works."""

import os
import sqlite3
from pathlib import Path
from tempfile import TemporaryDirectory

from sqlalchemy.exc import SQLAlchemyError

from db.engine import open_engine, snapshot
from server.commands.checks.finding import Finding, note, well, wrong
from server.commands.database import reason

OLDEST = (3, 35, 0)
WAL = "wal"
OTHERS = 0o077  # the rights of whoever doesn't own a file
MOVE = "Give the user who runs Freehold the right to write there, or move the database."


async def check_sqlite(path: Path) -> list[Finding]:
    """Look at the library and the place; the database itself isn't opened."""
    folder = path.parent
    return [_check_version(), *_check_file(path), _check_folder(folder), *await _check_wal(folder)]


def _check_version() -> Finding:
    if sqlite3.sqlite_version_info >= OLDEST:
        return well("SQLite", sqlite3.sqlite_version)
    remedy = "Install a Python with SQLite 3.35 or newer, or use PostgreSQL."
    return wrong("SQLite", sqlite3.sqlite_version, remedy=remedy)


def _check_file(path: Path) -> list[Finding]:
    if not path.exists():
        return []
    if path.is_file() and os.access(path, os.R_OK | os.W_OK):
        return [_check_privacy(path)]
    return [wrong("database file", f"{path} isn't a file that can be written.", remedy=MOVE)]


def _check_privacy(path: Path) -> Finding:
    """Look whether others than its owner may read the database, or what lies in its log."""
    files = [each for each in (path, *map(Path, (f"{path}-wal", f"{path}-shm"))) if each.exists()]
    open_to_others = [str(each) for each in files if each.stat().st_mode & OTHERS]
    if open_to_others:
        told = f"{', '.join(open_to_others)}: open to other users of this machine."
        return note("database file", told, remedy=f"chmod 600 {' '.join(open_to_others)}")
    return well("database file", f"{path}, {path.stat().st_size:,} bytes")


def _check_folder(folder: Path) -> Finding:
    nearest = next(each for each in (folder, *folder.absolute().parents) if each.exists())
    if not (nearest.is_dir() and os.access(nearest, os.W_OK | os.X_OK)):
        return wrong("database folder", f"{nearest} can't be written.", remedy=MOVE)
    if nearest == folder and folder.stat().st_mode & OTHERS:
        told = f"{folder}: open to other users of this machine."
        return note(
            "database folder", told, remedy=f"chmod 700 {folder}, if it holds nothing else."
        )
    state = "can be written" if nearest == folder else "will be made"
    return well("database folder", f"{folder} {state}")


async def _check_wal(folder: Path) -> list[Finding]:
    """Try on a database of its own, because a file system may lack what the log needs."""
    if not os.access(folder, os.W_OK | os.X_OK):
        return []
    try:
        with TemporaryDirectory(prefix=".freehold-", dir=folder) as probe:
            mode = await _journal_mode(f"sqlite:///{Path(probe) / 'probe.db'}")
    except (SQLAlchemyError, OSError) as error:
        mode = reason(error)
    if mode == WAL:
        return [well("WAL mode", "possible")]
    remedy = "Put the database on a local disk: network file systems can't do it."
    return [wrong("WAL mode", f"{folder}: {mode}", remedy=remedy)]


async def _journal_mode(url: str) -> str:
    engine = open_engine(url)
    try:
        async with snapshot(engine) as connection:
            return str((await connection.exec_driver_sql("PRAGMA journal_mode")).scalar_one())
    finally:
        await engine.dispose()
