"""A command's way to the database, on which whatever goes wrong becomes one clear line."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager, suppress
from pathlib import Path

from sqlalchemy import URL
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncEngine

from db.engine import open_engine
from db.errors import TroubleError
from db.version import database_problem
from server.commands.configuration import checked_url, shown_url
from server.commands.errors import CommandError
from server.settings import Settings

LOCKED = "database is locked"
SQLITE_HEADER = b"SQLite format 3\0"
STARTUP_PARAMETER = "unsupported startup parameter"
BEHIND_IT = "behind PgBouncer, add ?pgbouncer=true to the URL"
SILENT = "it doesn't answer"


@asynccontextmanager
async def opened(settings: Settings) -> AsyncGenerator[AsyncEngine]:
    """Give an engine for the database; its errors in the block become a CommandError."""
    url = checked_url(settings)
    check_file(sqlite_file(url))
    try:
        engine = open_engine(settings.database_url)
        try:
            yield engine
        finally:
            await engine.dispose()
    except TroubleError as error:  # such as what another process has made of it meanwhile
        raise CommandError(str(error)) from error
    except (SQLAlchemyError, OSError) as error:
        raise CommandError(_told(url, reason(error))) from error


@asynccontextmanager
async def up_to_date(settings: Settings) -> AsyncGenerator[AsyncEngine]:
    """Give an engine for the database, of which CommandError says where it isn't migrated."""
    path = sqlite_file(checked_url(settings))
    if path is not None and not path.exists():  # connecting would make an empty one
        raise CommandError(f"There is no database {path} yet: run `freehold migrate`.")
    async with opened(settings) as engine:
        if problem := await database_problem(engine):
            raise CommandError(problem)
        yield engine


def sqlite_file(url: URL) -> Path | None:
    """Return the file of an SQLite database."""
    return Path(url.database or "") if url.get_backend_name() == "sqlite" else None


def existing_file(path: Path) -> Path:
    """Return the path of a file that is there; sqlite3 would make one."""
    if not path.exists():
        raise CommandError(f"There is no {path}.")
    return path


def check_file(path: Path | None) -> None:
    """Refuse what isn't SQLite's before it is opened: a connection that fails leaves a thread."""
    if path is None or not path.exists():
        return
    if not path.is_file():
        raise CommandError(f"{path} isn't a file.")
    with suppress(OSError), path.open("rb") as file:  # connecting will tell why
        if file.read(len(SQLITE_HEADER)) not in (b"", SQLITE_HEADER):
            raise CommandError(f"{path} isn't an SQLite database.")


def reason(error: SQLAlchemyError | OSError) -> str:
    """Return what the database or its driver says, in one line and without any values."""
    original = getattr(error, "orig", None) or error
    text = getattr(original, "strerror", None) or str(original) or SILENT
    return text.splitlines()[0].rstrip(".")


def _told(url: URL, found: str) -> str:
    if found == LOCKED:
        return f"The database {shown_url(url)} is being written to by another process: try later."
    hint = f": {BEHIND_IT}" if STARTUP_PARAMETER in found else ""
    return f"The database {shown_url(url)} can't be used: {found}{hint}."
