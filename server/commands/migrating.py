"""`freehold migrate`: the database brought to the newest version."""

import asyncio

import typer
from alembic.util import CommandError as MigrationError

from db.migrate import current_version
from db.migrate import migrate as run_migrations
from server.commands.configuration import read_settings
from server.commands.database import opened
from server.commands.errors import CommandError
from server.commands.invocation import Json, answer, invocation_of
from server.settings import Settings

UNKNOWN = (
    "The database is at version {}, which this Freehold doesn't know: "
    "a newer one has migrated it. Install that one."
)


def migrate(context: typer.Context, as_json: Json = False) -> None:
    """Bring the database to the newest version; it is made if there is none."""
    before, after = asyncio.run(_migrate(read_settings(invocation_of(context))))
    if before == after:
        text = f"The database is at the newest version already, {after}."
    elif before is None:
        text = f"The database was empty and is now at version {after}."
    else:
        text = f"The database was at version {before} and is now at {after}."
    answer(text, {"from": before, "to": after}, as_json=as_json)


async def _migrate(settings: Settings) -> tuple[str | None, str | None]:
    async with opened(settings) as engine:
        before = await current_version(engine)
        try:
            await run_migrations(engine)
        except MigrationError as error:
            raise CommandError(UNKNOWN.format(before)) from error
        return before, await current_version(engine)
