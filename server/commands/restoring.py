"""`freehold restore` and `freehold epoch`: a database put back, and what clients keep ended."""

import asyncio
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from db import clock
from db.engine import change, open_engine
from db.epoch import Epoch, begin_epoch
from db.migrate import migrate
from db.version import current_version, known_versions, version_problem
from server.commands.appearing import become, beside, telling
from server.commands.backing_up import file_of
from server.commands.configuration import checked_url, read_settings
from server.commands.database import check_file, existing_file, up_to_date
from server.commands.errors import CommandError
from server.commands.invocation import Json, answer, invocation_of
from server.commands.sqlite_copy import check_sound, copy_database, make_single_file, told
from server.settings import Settings

WHAT = "The database"
ELSEWHERE = (
    "This database is PostgreSQL's: restore it by its own means, such as `pg_restore {file}` into "
    "an empty database, and then run `freehold epoch`; docs/operating.md has the recipe."
)
LOGS = ("-wal", "-shm")  # a log of what was there would be replayed

File = Annotated[Path, typer.Argument(metavar="FILE", help="What `freehold backup` wrote.")]


def restore(context: typer.Context, file: File, as_json: Json = False) -> None:
    """Put a backup in the place of the database, also while the server runs.

    A backup of an older version is brought to this one's.
    """
    target = file_of(checked_url(read_settings(invocation_of(context))), ELSEWHERE, file)
    check_file(existing_file(file))
    target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    with beside(target.resolve(), WHAT) as temporary:
        with told(str(file)):
            copy_database(file, temporary)
        check_sound(temporary, str(file))
        epoch = asyncio.run(_prepare(temporary, str(file)))
        make_single_file(temporary)
        before = _put(temporary, target.resolve())
    kept = f" What was there before is in {before}." if before else ""
    value = {"epoch": epoch.name, "orgs": epoch.orgs, "before": before and str(before)}
    answer(f"Restored {epoch.orgs:,} Orgs.{kept}", value, as_json=as_json)


def epoch(context: typer.Context, as_json: Json = False) -> None:
    """Tell that the database was restored from a backup, by whatever means: run it just once."""
    begun = asyncio.run(_begin(read_settings(invocation_of(context))))
    text = f"Another epoch has begun, in {begun.orgs:,} Orgs: {begun.name}."
    answer(text, {"epoch": begun.name, "orgs": begun.orgs}, as_json=as_json)


async def _begin(settings: Settings) -> Epoch:
    async with up_to_date(settings) as engine, change(engine) as connection:
        return await begin_epoch(connection, through="epoch", at=clock.now())


async def _prepare(path: Path, name: str) -> Epoch:
    engine = open_engine(f"sqlite:///{path}")
    try:
        found = await current_version(engine)
        if found not in known_versions():
            raise CommandError(f"{name}: {version_problem(found)}")
        await migrate(engine)
        async with change(engine) as connection:
            return await begin_epoch(connection, through="restore", at=clock.now())
    finally:
        await engine.dispose()


def _put(restored: Path, target: Path) -> Path | None:
    """Make the restored database the target; return where that is kept which was there before."""
    if not target.exists():
        _place(restored, target)
        return None
    before = target.with_name(f"{target.name}.before-{datetime.now(UTC):%Y%m%dT%H%M%S}")
    try:
        check_file(target)
        with told(WHAT):
            _keep(target, before)
            copy_database(restored, target)  # whoever uses it sees either of the two
    except CommandError:  # no database, or none that can be copied any more
        for suffix in ("", *LOGS):
            if (path := Path(f"{target}{suffix}")).exists():
                path.replace(f"{before}{suffix}")
        _place(restored, target)
    return before


def _keep(target: Path, before: Path) -> None:
    with beside(before, WHAT) as temporary:
        copy_database(target, temporary)
        make_single_file(temporary)
        with telling(WHAT):
            become(temporary, before)


def _place(restored: Path, target: Path) -> None:
    for suffix in LOGS:
        Path(f"{target}{suffix}").unlink(missing_ok=True)
    with telling(WHAT):
        become(restored, target)
