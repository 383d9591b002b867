"""What it means that the database failed: which kind of trouble it is, rather than a fault of ours.

One table for SQLSTATEs, one for SQLite's codes, one for the drivers' and our own errors.
"""

import re
import sqlite3
from collections.abc import Mapping
from enum import StrEnum
from typing import NamedTuple

from asyncpg import InterfaceError
from sqlalchemy.exc import DBAPIError, InvalidRequestError
from sqlalchemy.exc import TimeoutError as PoolTimeout


class Kind(StrEnum):
    """Of which kind a trouble is, for programs."""

    UNAVAILABLE = "UNAVAILABLE"  # it is down, out of reach, or not set up
    BUSY = "BUSY"  # it works, for others
    READ_ONLY = "READ_ONLY"  # it takes no changes
    TIMEOUT = "TIMEOUT"  # it was at it for too long
    ANSWER_TOO_LARGE = "ANSWER_TOO_LARGE"  # it has more than fits into an answer


class Trouble(NamedTuple):
    """Why the database didn't do what was asked, in words that a client may see."""

    kind: Kind
    message: str


UNREACHABLE = Trouble(Kind.UNAVAILABLE, "The database can't be reached now; try again in a minute.")
NOT_SET_UP = Trouble(
    Kind.UNAVAILABLE, "The database isn't set up; whoever runs this server must migrate it."
)
FULL = Trouble(
    Kind.UNAVAILABLE, "The database's disk is full; whoever runs this server must make room."
)
BROKEN_STORAGE = Trouble(
    Kind.UNAVAILABLE,
    "The database's disk can't be read or written; whoever runs this server must look at it.",
)
UNOPENABLE = Trouble(
    Kind.UNAVAILABLE,
    "The database's file can't be opened; whoever runs this server must look at it.",
)
DAMAGED = Trouble(
    Kind.UNAVAILABLE, "The database is damaged; whoever runs this server must restore it."
)
REPLACED = Trouble(
    Kind.UNAVAILABLE,
    "The database's file was replaced or removed under the server, which must be started again.",
)
BUSY = Trouble(Kind.BUSY, "Too much is going on at the moment; try again in a few seconds.")
LOCKED = Trouble(
    Kind.BUSY, "Others are changing this Org at the moment; try again in a few seconds."
)
READ_ONLY = Trouble(
    Kind.READ_ONLY, "The database takes no changes at the moment; what is there can be read."
)
TIMEOUT = Trouble(
    Kind.TIMEOUT,
    "This took the database too long: ask for smaller pages, for fewer fields that count or"
    " explain, or with a narrower filter.",
)

# The first that fits, by how PostgreSQL's SQLSTATE begins.
POSTGRESQL: tuple[tuple[re.Pattern[str], Trouble], ...] = tuple(
    (re.compile(states), trouble)
    for states, trouble in (
        (r"25006", READ_ONLY),
        (r"57014|25P04", TIMEOUT),  # a statement, a transaction
        (r"55P03", LOCKED),
        (r"40001|40P01", LOCKED),  # though it was tried again
        (r"53300", BUSY),  # too many connections
        (r"53100", FULL),
        (r"58030", BROKEN_STORAGE),
        (r"XX001|XX002", DAMAGED),
        (r"42P01|3F000", NOT_SET_UP),
        # No connection, no login, no database, no resources, an operator's doing, the system's,
        # and a transaction that we left alone for too long.
        (r"08|28|3D|53|57|58|25P03", UNREACHABLE),
    )
)
SQLITE: Mapping[int, Trouble] = {
    sqlite3.SQLITE_BUSY: LOCKED,
    sqlite3.SQLITE_LOCKED: LOCKED,
    sqlite3.SQLITE_READONLY: READ_ONLY,
    sqlite3.SQLITE_INTERRUPT: TIMEOUT,
    sqlite3.SQLITE_FULL: FULL,
    sqlite3.SQLITE_IOERR: BROKEN_STORAGE,
    sqlite3.SQLITE_CORRUPT: DAMAGED,
    sqlite3.SQLITE_NOTADB: DAMAGED,
    sqlite3.SQLITE_PERM: UNOPENABLE,
    sqlite3.SQLITE_CANTOPEN: UNOPENABLE,
    sqlite3.SQLITE_PROTOCOL: UNREACHABLE,
    sqlite3.SQLITE_NOMEM: UNREACHABLE,
}
PRIMARY = 0xFF  # the bits of an extended code of SQLite that say of which kind it is
PASSING_STATES = {"40001", "40P01"}  # could not serialize; deadlock
TOO_MANY_CONNECTIONS = "53300"
NO_TABLE, UNDEFINED_TABLE = "no such table", "42P01"


class TroubleError(Exception):
    """A trouble that no driver told, but that we found."""

    def __init__(self, trouble: Trouble) -> None:
        super().__init__(trouble.message)
        self.trouble = trouble


class UnfitError(TroubleError):
    """The database can't be used as it is; the message tells operators why, and what to do."""

    def __init__(self, message: str) -> None:
        super().__init__(Trouble(Kind.UNAVAILABLE, message))


def lacks_a_table(error: BaseException) -> bool:
    """Return whether a statement named a table that isn't there."""
    cause = _cause(error)
    if isinstance(cause, sqlite3.Error):
        return str(cause).startswith(NO_TABLE)
    return sqlstate(error) == UNDEFINED_TABLE


def is_passing(error: BaseException) -> bool:
    """Return whether the transaction failed only because of others that ran beside it."""
    return sqlstate(error) in PASSING_STATES


def is_crowded(error: BaseException) -> bool:
    """Return whether the server has no connection left to give."""
    return sqlstate(error) == TOO_MANY_CONNECTIONS


def is_unavailable(error: BaseException) -> bool:
    """Return whether the database is the trouble, and not a statement that is at fault.

    The error may be SQLAlchemy's or the driver's own.
    """
    return trouble_of(error) is not None


def trouble_of(error: BaseException) -> Trouble | None:
    """Return what the error tells of the database; None for a fault of a statement, or of ours."""
    if isinstance(error, TroubleError):
        return error.trouble
    cause = _cause(error)
    if isinstance(cause, sqlite3.Error):
        return _of_sqlite(cause)
    if state := sqlstate(error):
        return next((trouble for states, trouble in POSTGRESQL if states.match(state)), None)
    if isinstance(cause, PoolTimeout):
        return BUSY
    return UNREACHABLE if _is_cut_off(error, cause) else None


def _is_cut_off(error: BaseException, cause: BaseException | None) -> bool:
    if isinstance(error, DBAPIError) and error.connection_invalidated:
        return True
    if isinstance(cause, InterfaceError | InvalidRequestError):
        return "closed" in str(cause)  # else the driver, or its pool, was used wrongly
    return isinstance(cause, OSError | TimeoutError)


def sqlstate(error: BaseException) -> str | None:
    """Return PostgreSQL's code of an error that it told."""
    state: str | None = getattr(_cause(error), "sqlstate", None)
    return state


def _cause(error: BaseException) -> BaseException | None:
    return error.orig if isinstance(error, DBAPIError) else error


def _of_sqlite(error: sqlite3.Error) -> Trouble | None:
    # The driver makes some errors itself, without a code.
    code = getattr(error, "sqlite_errorcode", sqlite3.SQLITE_MISUSE) & PRIMARY
    return NOT_SET_UP if lacks_a_table(error) else SQLITE.get(code)
