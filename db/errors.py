"""Which errors mean that the database can't be used now, rather than a fault of a statement."""

import re
import sqlite3

from asyncpg import InterfaceError
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout

# PostgreSQL's SQLSTATE: no connection, no login, no database, no resources, an operator's doing,
# the system's, and tables that aren't there.
POSTGRESQL_STATES = re.compile(r"08|28|3D|53|57|58|42P01")
SQLITE_CODES = {
    *(sqlite3.SQLITE_PERM, sqlite3.SQLITE_READONLY, sqlite3.SQLITE_CANTOPEN),
    *(sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED, sqlite3.SQLITE_PROTOCOL),
    *(sqlite3.SQLITE_NOMEM, sqlite3.SQLITE_IOERR, sqlite3.SQLITE_FULL),
    *(sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB),
}
PRIMARY = 0xFF  # the bits of an extended code of SQLite that say of which kind it is


NO_TABLE, UNDEFINED_TABLE = "no such table", "42P01"
PASSING_STATES = {"40001", "40P01"}  # could not serialize; deadlock


class UnfitError(Exception):
    """The database can't be used as it is; the message tells operators why, and what to do."""


def lacks_a_table(error: BaseException) -> bool:
    """Return whether a statement named a table that isn't there."""
    cause = error.orig if isinstance(error, DBAPIError) else error
    if isinstance(cause, sqlite3.Error):
        return str(cause).startswith(NO_TABLE)
    return getattr(cause, "sqlstate", None) == UNDEFINED_TABLE


def is_passing(error: BaseException) -> bool:
    """Return whether the transaction failed only because of others that ran beside it."""
    cause = error.orig if isinstance(error, DBAPIError) else error
    return getattr(cause, "sqlstate", None) in PASSING_STATES


def is_unavailable(error: BaseException) -> bool:
    """Return whether the database is down, unreachable, overloaded or not set up.

    The error may be SQLAlchemy's or the driver's own.
    """
    if isinstance(error, UnfitError):
        return True
    if isinstance(error, DBAPIError) and error.connection_invalidated:
        return True
    cause = error.orig if isinstance(error, DBAPIError) else error
    if isinstance(cause, sqlite3.Error):
        return _sqlite_is_unavailable(cause)
    if state := getattr(cause, "sqlstate", None):
        return bool(POSTGRESQL_STATES.match(state))
    if isinstance(cause, InterfaceError):
        return "closed" in str(cause)  # else the driver was used wrongly
    return isinstance(cause, OSError | TimeoutError | PoolTimeout)


def _sqlite_is_unavailable(error: sqlite3.Error) -> bool:
    # The driver makes some errors itself, without a code.
    code = getattr(error, "sqlite_errorcode", sqlite3.SQLITE_MISUSE) & PRIMARY
    return code in SQLITE_CODES or str(error).startswith(NO_TABLE)
