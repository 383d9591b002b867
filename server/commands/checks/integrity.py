"""Whether what is in the database is whole: its storage, its schema, and the data's invariants."""

from collections.abc import Awaitable, Callable
from typing import NamedTuple

from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncEngine

from db.examining import Breach, breaches, schema_breaches, storage_breaches
from server.commands.checks.finding import Finding, well, wrong
from server.commands.database import reason

RESTORE = (
    "Restore a backup: freehold restore FILE (docs/operating.md, Backups). Keep the damaged "
    "database until its cause is known."
)
DEEPER = "Run `freehold doctor --deep`, which looks at everything, and restore a backup."


class Part(NamedTuple):
    """One part of the examination."""

    name: str
    well: str
    look: Callable[[AsyncEngine], Awaitable[list[Breach]]]


async def _everything(engine: AsyncEngine) -> list[Breach]:
    return await breaches(engine, deep=True)


async def _quickly(engine: AsyncEngine) -> list[Breach]:
    return await breaches(engine, deep=False)


QUICK = (
    Part("data", "as it should be, as far as is quickly seen; --deep looks further", _quickly),
)
DEEP = (
    Part("storage", "all of it can be read", storage_breaches),
    Part("tables", "as the migrations make them", schema_breaches),
    Part("data", "every invariant holds", _everything),
)


async def check_integrity(engine: AsyncEngine, *, deep: bool) -> list[Finding]:
    """Look at what is in the database: at all of it where it is to be `deep`."""
    return [
        finding
        for part in (DEEP if deep else QUICK)
        for finding in await _check(part, engine, deep)
    ]


async def _check(part: Part, engine: AsyncEngine, deep: bool) -> list[Finding]:
    remedy = RESTORE if deep else DEEPER
    try:
        found = await part.look(engine)
    except SQLAlchemyError as error:  # it is too damaged to be looked at so
        return [wrong(part.name, f"It can't be examined: {reason(error)}.", remedy=remedy)]
    return [wrong(one.name, one.found, remedy=remedy) for one in found] or [
        well(part.name, part.well)
    ]
