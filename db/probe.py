"""What a database says of itself to whoever asks whether it can be served from."""

import os
from typing import NamedTuple

from sqlalchemy import Connection, make_url, text
from sqlalchemy.ext.asyncio import AsyncEngine

from db.queries import POSTGRESQL
from db.version import problem_of

# What a change needs: a server that isn't a replica, and transactions that may write.
READS_ONLY = text(
    "SELECT pg_is_in_recovery() OR current_setting('default_transaction_read_only') = 'on'"
)


class State(NamedTuple):
    """Why a database isn't fit for this Freehold, if so, and whether it takes no changes."""

    problem: str | None
    reads_only: bool


async def probe(engine: AsyncEngine) -> State:
    """Ask the database, on a connection that is made for that."""

    def ask(connection: Connection) -> State:
        if connection.dialect.name == POSTGRESQL:
            reads_only = bool(connection.scalar(READS_ONLY))
        else:
            path = make_url(connection.engine.url).database or ""
            reads_only = not os.access(path, os.W_OK)
        return State(problem_of(connection), reads_only)

    async with engine.connect() as connection:
        return await connection.run_sync(ask)
