"""PostgreSQL: its version, its encoding, and whether this user may write and make tables."""

from typing import NamedTuple

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from db.engine import write
from server.commands.checks.finding import Finding, well, wrong
from server.commands.checks.sessions import check_sessions

OLDEST = 14_00_00
ASKED = text("""
    SELECT current_setting('server_version') AS version,
           current_setting('server_version_num')::int AS number,
           current_setting('server_encoding') AS encoding,
           pg_is_in_recovery() AS replica,
           current_setting('transaction_read_only') = 'on' AS read_only,
           current_schema() AS schema,
           coalesce(has_schema_privilege(current_schema(), 'CREATE'), false) AS may_create
""")


class Server(NamedTuple):
    """What the server says of itself, in the order in which it is asked."""

    version: str
    number: int
    encoding: str
    replica: bool
    read_only: bool
    schema: str | None
    may_create: bool


async def check_postgresql(engine: AsyncEngine) -> list[Finding]:
    """Ask the server all that matters, in one statement."""
    async with write(engine) as connection:
        server = Server(*(await connection.execute(ASKED)).one())
        return [*judge(server), *await check_sessions(connection)]


def judge(server: Server) -> list[Finding]:
    """Return what follows from the server's answers."""
    return [_version(server), _encoding(server), _writable(server), _schema(server)]


def _version(server: Server) -> Finding:
    if server.number >= OLDEST:
        return well("PostgreSQL", server.version)
    return wrong("PostgreSQL", server.version, remedy="Upgrade it to version 14 or newer.")


def _encoding(server: Server) -> Finding:
    if server.encoding == "UTF8":
        return well("encoding", server.encoding)
    remedy = "Make the database anew: CREATE DATABASE … ENCODING 'UTF8' TEMPLATE template0."
    return wrong("encoding", server.encoding, remedy=remedy)


def _writable(server: Server) -> Finding:
    if server.replica:
        remedy = "Set FREEHOLD_DATABASE_URL to the primary server."
        return wrong("writing", "This server is a replica.", remedy=remedy)
    if server.read_only:
        remedy = "ALTER DATABASE … SET default_transaction_read_only = off, or for the user."
        return wrong("writing", "Transactions are read-only.", remedy=remedy)
    return well("writing", "possible")


def _schema(server: Server) -> Finding:
    if server.may_create:
        return well("schema", f"{server.schema}, tables can be made")
    name = server.schema or "public"
    remedy = f"As its owner: GRANT USAGE, CREATE ON SCHEMA {name} TO the user of the URL."
    return wrong("schema", f"Tables can't be made in {name}.", remedy=remedy)
