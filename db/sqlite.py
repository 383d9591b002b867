"""SQLite: how its file is made and opened, how a statement is stopped, and who writes."""

import asyncio
import math
import sqlite3
import time
from collections.abc import Mapping, MutableMapping
from pathlib import Path
from typing import Any, ClassVar, NamedTuple

from sqlalchemy import URL, Connection, Engine, event
from sqlalchemy.exc import OperationalError
from sqlalchemy.util.concurrency import await_only

from db.backend import Backend, Waits
from db.errors import PRIMARY, REPLACED, TroubleError

SETTINGS = (
    "PRAGMA journal_mode = WAL",
    "PRAGMA synchronous = FULL",  # an acknowledged change survives a power cut
    "PRAGMA foreign_keys = ON",
    "PRAGMA cache_size = -65536",  # KiB
    "PRAGMA mmap_size = 1073741824",
)
# For which SQLite itself waits for another process, in a thread; longer waits are tried again.
SECONDS_IN_A_THREAD = 0.5
SECONDS_BETWEEN_TRIES = 0.005
STEPS = 200_000  # of SQLite's machine between two looks at the clock: some milliseconds
PRIVATE_FILE, PRIVATE_FOLDER = 0o600, 0o700
DEADLINE, OPENED = "deadline", "opened"  # what is kept about a connection, by its name there


class Deadline:
    """When the statement that runs on a connection is stopped."""

    def __init__(self) -> None:
        self.at = math.inf

    def set(self, seconds: float | None) -> None:
        """Give the next statement so long; None is for ever."""
        self.at = math.inf if seconds is None else time.monotonic() + seconds

    def stop(self) -> None:
        """Stop the statement that runs, or is about to."""
        self.at = -math.inf

    def is_over(self) -> bool:
        """Return whether SQLite is to stop; it asks in its thread."""
        return time.monotonic() > self.at


class Identity(NamedTuple):
    """Which files a connection has open, by device and inode: the database and its log."""

    file: tuple[int, int] | None
    log: tuple[int, int] | None


class Guard:
    """Watches over one database: that its path leads to the file which was opened first.

    A file that was moved over it would get nothing of what is acknowledged, and to open that beside
    the log of the first would damage it.
    """

    def __init__(self, path: Path) -> None:
        self._path, self._log = path, Path(f"{path}-wal")
        self.first: tuple[int, int] | None = None

    def check_path(self) -> None:
        """Refuse another file than the first."""
        if self.first is not None and _file_at(self._path) != self.first:
            raise TroubleError(REPLACED)

    def before_opening(self) -> None:
        """Refuse to open another file than the first; make a new one for its owner alone."""
        self.check_path()
        if not self._path.exists():
            self._path.touch(PRIVATE_FILE)

    def opened(self) -> Identity:
        """Return what was opened just now."""
        found = Identity(_file_at(self._path), _file_at(self._log))
        if self.first is None:
            self.first = found.file
        return found

    def check(self, opened: Identity) -> None:
        """Refuse a connection whose files are no longer those at their paths."""
        if opened.file != _file_at(self._path):
            raise TroubleError(REPLACED)
        if opened.log is not None and opened.log != _file_at(self._log):
            raise TroubleError(REPLACED)


def _file_at(path: Path) -> tuple[int, int] | None:
    try:
        found = path.stat()
    except FileNotFoundError:
        return None
    return found.st_dev, found.st_ino


class SQLite(Backend):
    """One file, in which one writes at a time."""

    read = "BEGIN"  # its snapshot is fixed by the first statement that follows
    change: ClassVar[Mapping[str, Any]] = {"begin": "BEGIN IMMEDIATE"}  # takes the write lock
    snapshot: ClassVar[Mapping[str, Any]] = {"begin": "BEGIN"}
    lingering = False
    writers = 1  # who waits for the lock otherwise has a connection, and a thread

    def __init__(self, url: URL, waits: Waits) -> None:
        self._path, self._waits = Path(url.database or ""), waits
        self._guard = Guard(self._path)

    def arguments(self) -> Mapping[str, Any]:
        """Return what the driver is opened with; the folder is made."""
        make_folder(self._path.parent)
        return {"timeout": SECONDS_IN_A_THREAD}

    def listen(self, engine: Engine) -> None:
        """Listen."""
        event.listen(engine, "do_connect", self._before_opening)
        event.listen(engine, "connect", self._prepare)
        event.listen(engine, "begin", self._begin)
        event.listen(engine, "before_cursor_execute", self._bound)

    async def execute(self, driver: Any, text: str) -> None:
        """Execute it."""
        await driver.execute(text)

    def check(self, info: MutableMapping[Any, Any]) -> None:
        """Refuse a file that isn't at its path any more."""
        self._guard.check(info[OPENED])

    def check_path(self) -> None:
        """Refuse it without a connection."""
        self._guard.check_path()

    def _before_opening(self, *_: object) -> None:
        self._guard.before_opening()

    def _prepare(self, connection: Any, record: Any) -> None:
        connection.isolation_level = None  # the driver begins nothing by itself
        deadline = record.info[DEADLINE] = Deadline()
        cursor = connection.cursor()
        try:
            for setting in SETTINGS:
                cursor.execute(setting)
            cursor.close()
            await_only(connection.driver_connection.set_progress_handler(deadline.is_over, STEPS))
            record.info[OPENED] = self._guard.opened()
        except BaseException:  # whatever it is, nobody else would close it
            connection.close()
            raise

    def _begin(self, connection: Connection) -> None:
        """Begin; where another process writes, try again, in the loop and not in a thread."""
        begin = connection.get_execution_options().get("begin", "BEGIN")
        until = time.monotonic() + self._waits.wait
        while True:
            try:
                connection.exec_driver_sql(begin)
            except OperationalError as error:
                if not is_locked(error.orig) or time.monotonic() >= until:
                    raise
                await_only(asyncio.sleep(SECONDS_BETWEEN_TRIES))
            else:
                return

    def _bound(self, connection: Connection, *_: object) -> None:
        connection.info[DEADLINE].set(self._waits.statement)


def make_folder(folder: Path) -> None:
    """Make a folder, and those above it, for its owner alone, unless it is there."""
    if not folder.is_dir():
        make_folder(folder.parent)
        folder.mkdir(PRIVATE_FOLDER, exist_ok=True)


def is_locked(error: BaseException | None) -> bool:
    """Return whether another process is writing."""
    return getattr(error, "sqlite_errorcode", 0) & PRIMARY == sqlite3.SQLITE_BUSY
