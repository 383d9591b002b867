"""Which errors mean that the database can't be used now, rather than a fault of a statement."""

from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout


def is_unavailable(error: BaseException) -> bool:
    """Return whether the database is down, unreachable, overloaded or not set up."""
    if isinstance(error, DBAPIError) and error.connection_invalidated:
        return True
    return isinstance(
        error, OSError | TimeoutError | OperationalError | InterfaceError | PoolTimeout
    )
