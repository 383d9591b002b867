"""PostgreSQL: what its connections are opened with, and when one is no longer to be used."""

import socket
import time
from collections.abc import Mapping, MutableMapping
from contextlib import suppress
from typing import Any, ClassVar

from asyncpg import InterfaceError, PostgresError
from sqlalchemy import URL, Engine, PoolProxiedConnection, event
from sqlalchemy.exc import DisconnectionError
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.util.concurrency import await_only, in_greenlet

from db.backend import Backend, Waits

# Compiling just in time costs more than it gives on statements this short. As a rule, what they
# read by an index lies in memory; taking it for four times as dear, PostgreSQL sorts all spaces.
PLANNING: Mapping[str, str] = {"jit": "off", "random_page_cost": "1.1"}
BEHIND_PGBOUNCER = "pgbouncer"  # a parameter of the URL
SECONDS_TO_CONNECT = 5
SECONDS_TO_SAY_GOODBYE = 1
SECONDS_FOR_A_SIGN = 3  # within which a server that lives answers what costs it nothing
SECONDS_OF_GRACE = 2  # for the server to say by itself that a statement took too long
SECONDS_IDLE = 15  # in a transaction: whoever vanished in one holds its Org's lock no longer
LIFETIME = 900  # seconds, after which a connection is replaced: it may lead to where nobody is
# Seconds after which one that may only read is replaced: a server may be so for a moment.
LIFETIME_READ_ONLY = 1
SECONDS_SURE = 1  # for which a connection that worked is taken to work
BORN, USED = "born", "used"  # what is kept about a connection
# A peer that is gone without a word is noticed after some ten seconds.
SOCKET_OPTIONS = (
    (socket.SOL_SOCKET, "SO_KEEPALIVE", 1),
    (socket.IPPROTO_TCP, "TCP_KEEPIDLE", 5),
    (socket.IPPROTO_TCP, "TCP_KEEPINTVL", 2),
    (socket.IPPROTO_TCP, "TCP_KEEPCNT", 3),
    (socket.IPPROTO_TCP, "TCP_USER_TIMEOUT", 10_000),  # milliseconds
)


def session_settings(waits: Waits) -> Mapping[str, str]:
    """Return what the server is told for a session, before whatever a role or a database sets.

    Who doesn't bound statements bounds nothing else.
    """
    wait, statement = waits
    bounded = statement is not None
    times = {
        "statement_timeout": _milliseconds(statement),
        "lock_timeout": _milliseconds(min(wait, 0.9 * statement) if statement else None),
        "idle_in_transaction_session_timeout": _milliseconds(SECONDS_IDLE if bounded else None),
    }
    return {**PLANNING, **times}


def _milliseconds(seconds: float | None) -> str:
    return str(max(1, round(seconds * 1000))) if seconds else "0"


class PostgreSQL(Backend):
    """A server, reached by connections that may break without a word."""

    read = (
        # It would plan many of these statements anew each time, for longer than they run: their
        # arrays look shorter than it assumes.
        "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY;"
        " SET LOCAL plan_cache_mode = force_generic_plan"
    )
    # `db.revision` locks the Org's row. A role or a database may set another isolation.
    change: ClassVar[Mapping[str, Any]] = {"isolation_level": "READ COMMITTED"}
    snapshot: ClassVar[Mapping[str, Any]] = {
        "isolation_level": "REPEATABLE READ",
        "postgresql_readonly": True,
    }
    lingering = True

    def __init__(self, url: URL, waits: Waits) -> None:
        self._waits, self._suspected = waits, 0.0
        self._settings = session_settings(waits)
        self._pooled = is_pooled(url)
        set_all = (f"set_config('{name}', '{v}', true)" for name, v in self._settings.items())
        self._local = f"SELECT {', '.join(set_all)}"
        if self._pooled:
            self.read = f"{self.read}; {self._local}"

    def arguments(self) -> Mapping[str, Any]:
        """Return what the driver connects with."""
        statement = self._waits.statement
        own: dict[str, Any] = {
            "timeout": SECONDS_TO_CONNECT,
            "command_timeout": statement and statement + SECONDS_OF_GRACE,
        }
        if self._pooled:  # PgBouncer hands a session on between two transactions
            unnamed = {"prepared_statement_cache_size": 0, "prepared_statement_name_func": str}
            return {**own, "statement_cache_size": 0, **unnamed}
        names = {"application_name": "freehold", "default_transaction_isolation": "read committed"}
        return {**own, "server_settings": {**names, **self._settings}}

    def listen(self, engine: Engine) -> None:
        """Listen."""
        event.listen(engine, "connect", prepare)
        event.listen(engine, "checkout", self._refuse)
        event.listen(engine, "invalidate", drop)
        event.listen(engine, "close", say_goodbye)

    async def execute(self, driver: Any, text: str) -> None:
        """Execute it, without waiting for one that doesn't live."""
        await driver.execute(text, timeout=SECONDS_FOR_A_SIGN)

    def check(self, info: MutableMapping[Any, Any]) -> None:
        """Accept it: a server that took a change has it."""

    def is_fit(self, pooled: PoolProxiedConnection) -> bool:
        """Return whether it is neither closed, nor suspected, nor old, nor for reading alone."""
        return is_fit(pooled.driver_connection, pooled.info, suspected=self._suspected)

    def suspect(self) -> None:
        """Suspect all that were made before now."""
        self._suspected = time.monotonic()

    async def lives(self, pooled: Any) -> bool:
        """Ask one that wasn't used in the last second for a sign."""
        now = time.monotonic()
        used, pooled.info[USED] = pooled.info.get(USED, 0.0), now
        if now - used < SECONDS_SURE:
            return True
        try:
            await self.execute(pooled.driver_connection, "SELECT 1")
        except (OSError, TimeoutError, PostgresError, InterfaceError):
            return False
        return True

    async def begin_change(self, connection: AsyncConnection) -> None:
        """Set what PgBouncer's session may not."""
        if self._pooled:
            await connection.exec_driver_sql(self._local)

    def _refuse(self, connection: Any, record: Any, _proxy: object) -> None:
        """Make the pool open another connection in place of one that is no good."""
        driver = connection.driver_connection
        if not is_fit(driver, record.info, suspected=self._suspected):
            raise DisconnectionError


def is_pooled(url: URL) -> bool:
    """Return whether the URL says that PgBouncer stands between."""
    return url.query.get(BEHIND_PGBOUNCER) == "true"


def prepare(connection: Any, record: Any) -> None:
    """Note when a connection was made, and have its end noticed."""
    record.info[BORN] = record.info[USED] = time.monotonic()
    transport = getattr(connection.driver_connection, "_transport", None)
    found = transport.get_extra_info("socket") if transport else None
    if found is None or found.family not in (socket.AF_INET, socket.AF_INET6):
        return
    for level, name, value in SOCKET_OPTIONS:
        if option := getattr(socket, name, None):  # not every system has all of them
            with suppress(OSError):
                found.setsockopt(level, option, value)


def is_fit(driver: Any, info: Mapping[str, Any], *, suspected: float) -> bool:
    """Return whether a connection is to be used further.

    Not so are those that are closed, were made before `suspected`, are old, or may only read.
    """
    born = info.get(BORN, 0)
    if driver.is_closed() or born < suspected:
        return False
    age = time.monotonic() - born
    return age < LIFETIME_READ_ONLY or (age < LIFETIME and not _only_reads(driver))


def _only_reads(driver: Any) -> bool:
    """Return whether the server said last that it is a replica, or takes no changes.

    It says so by itself whenever that changes.
    """
    told = driver.get_settings()
    return "on" in (
        getattr(told, "in_hot_standby", "off"),
        getattr(told, "default_transaction_read_only", "off"),
    )


def drop(connection: Any, *_: object) -> None:
    """Drop a connection that is no good: its peer may not be there to say goodbye to."""
    connection.driver_connection.terminate()


def say_goodbye(connection: Any, *_: object) -> None:
    """Close a connection, without waiting for a peer that doesn't answer."""
    if in_greenlet() and not connection.driver_connection.is_closed():
        with suppress(OSError, TimeoutError):
            await_only(connection.driver_connection.close(timeout=SECONDS_TO_SAY_GOODBYE))
