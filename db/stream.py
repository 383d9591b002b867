"""Rows of a large result, used while PostgreSQL goes on finding the rest."""

import asyncio
from collections.abc import Callable, Sequence
from typing import Any, TypeAlias

Row: TypeAlias = Sequence[Any]
Take: TypeAlias = Callable[[Sequence[Row]], object]

PART = 1_000  # rows: with fewer, what they cost by themselves is felt
LARGE = 3 * PART  # rows, from which on a result is worth a portal


async def stream(connection: Any, text: str, arguments: Sequence[Any], take: Take) -> None:
    """Give the rows of a statement, asked on asyncpg's connection, to `take`, part by part.

    The next part is asked for before one is used. Whatever `take` raises, the connection is left
    able to run another statement.
    """
    portal = await connection.cursor(text, *arguments)
    ahead = asyncio.ensure_future(portal.fetch(PART))
    try:
        while rows := await ahead:
            ahead = asyncio.ensure_future(portal.fetch(PART))
            await asyncio.sleep(0)  # in which it is asked
            take(rows)
    except asyncio.CancelledError:
        ahead.cancel()  # which stops it in the database
        raise
    finally:
        await asyncio.gather(ahead, return_exceptions=True)
