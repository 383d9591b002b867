"""`freehold migrate`: the database brought to the newest version."""

import asyncio

import typer

from db.migrate import migrate as run_migrations
from db.version import EMPTY, current_version, database_problem, known_versions
from server.commands.configuration import read_settings
from server.commands.database import opened
from server.commands.errors import CommandError
from server.commands.invocation import Json, answer, invocation_of
from server.settings import Settings


def migrate(context: typer.Context, as_json: Json = False) -> None:
    """Bring the database to the newest version; it is made if there is none."""
    before, after = asyncio.run(_migrate(read_settings(invocation_of(context))))
    answer(_text(before, after), {"from": before, "to": after}, as_json=as_json)


def migrate_now(settings: Settings) -> str:
    """Bring the database to the newest version; return what came of it, in a sentence."""
    return _text(*asyncio.run(_migrate(settings)))


def _text(before: str | None, after: str | None) -> str:
    if before == after:
        return f"The database is at the newest version already, {after}."
    if before is None:
        return f"The database was empty and is now at version {after}."
    return f"The database was at version {before} and is now at {after}."


async def _migrate(settings: Settings) -> tuple[str | None, str | None]:
    async with opened(settings) as engine:
        before = await current_version(engine)
        problem = await database_problem(engine)
        if problem and before not in known_versions() and problem != EMPTY:
            raise CommandError(problem)
        await run_migrations(engine)
        return before, await current_version(engine)
