"""The database: whether it can be used, whether it is migrated, whether anything is in it."""

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncEngine

from db.engine import snapshot
from db.models import ORG
from db.version import database_problem, newest_version
from server.commands.checks.finding import Finding, note, well, wrong
from server.commands.checks.integrity import check_integrity
from server.commands.checks.postgresql import check_postgresql
from server.commands.checks.sqlite import check_sqlite
from server.commands.configuration import checked_url, shown_url
from server.commands.database import opened, sqlite_file
from server.commands.errors import CommandError
from server.settings import Settings

MIGRATE = "Run `freehold migrate`."
FORMS = "Set FREEHOLD_DATABASE_URL to sqlite:///path.db or postgresql://user@host/name."


async def check_database(settings: Settings, *, deep: bool = False) -> list[Finding]:
    """Look at everything about the database, as far as one thing doesn't need another.

    Where it is to be `deep` all that is in it is read, too.
    """
    try:
        url = checked_url(settings)
    except CommandError as error:
        return [wrong("database URL", str(error), remedy=FORMS)]
    findings = [well("database URL", shown_url(url))]
    path = sqlite_file(url)
    if path is not None:
        findings += await check_sqlite(path)
        if not path.exists():
            return [*findings, wrong("migrations", f"There is no {path} yet.", remedy=MIGRATE)]
    return findings + await _check_connected(settings, on_server=path is None, deep=deep)


async def _check_connected(settings: Settings, *, on_server: bool, deep: bool) -> list[Finding]:
    """Look at what only a connection tells; what was found before it breaks is kept."""
    findings = list[Finding]()
    try:
        async with opened(settings) as engine:
            if on_server:
                findings += await check_postgresql(engine)
            findings += await _check_content(engine, deep=deep)
    except CommandError as error:
        remedy = "Correct FREEHOLD_DATABASE_URL, or see to the database's server."
        if not on_server:
            remedy = "Restore the file from a backup, or set FREEHOLD_DATABASE_URL to another."
        findings.append(wrong("database", str(error), remedy=remedy))
    return findings


async def _check_content(engine: AsyncEngine, *, deep: bool) -> list[Finding]:
    if problem := await database_problem(engine):
        found, _, remedy = problem.partition(": ")
        return [wrong("migrations", f"{found}.", remedy=f"{remedy[0].upper()}{remedy[1:]}")]
    findings = [well("migrations", f"at the newest version, {newest_version()}")]
    findings += await check_integrity(engine, deep=deep)
    async with snapshot(engine) as connection:
        orgs = await connection.scalar(select(func.count()).select_from(ORG)) or 0
    return [*findings, _orgs(orgs)]


def _orgs(count: int) -> Finding:
    if count:
        return well("Orgs", str(count))
    return note("Orgs", "There are none.", remedy="Run `freehold demo` or `freehold import FILE`.")
