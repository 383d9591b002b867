"""`freehold backup`: an SQLite database copied into one file while the server runs."""

from pathlib import Path
from typing import Annotated

import typer
from sqlalchemy import URL

from server.commands.appearing import become, beside, telling
from server.commands.configuration import checked_url, read_settings
from server.commands.database import existing_file, sqlite_file
from server.commands.errors import CommandError
from server.commands.invocation import Json, answer, invocation_of
from server.commands.sqlite_copy import check_sound, copy_database, make_single_file, told

WHAT = "The backup"
ELSEWHERE = (
    "This database is PostgreSQL's: back it up by its own means, such as `pg_dump --format=custom "
    "--file={file} …`; docs/operating.md has the recipe."
)

File = Annotated[Path, typer.Argument(metavar="FILE", help="The backup; it is replaced if there.")]


def backup(context: typer.Context, file: File, as_json: Json = False) -> None:
    """Copy the database into a file, as it is at one moment, while the server runs."""
    source = file_of(checked_url(read_settings(invocation_of(context))), ELSEWHERE, file)
    target = file.resolve()
    if target == source.resolve():
        raise CommandError("A database can't be backed up into its own file.")
    with beside(target, WHAT) as temporary:
        with told(f"The database {source}"):
            copy_database(existing_file(source), temporary)
            make_single_file(temporary)
        check_sound(temporary, f"The database {source}")
        size = temporary.stat().st_size
        with telling(WHAT):
            become(temporary, target)
    answer(f"Backed up {size:,} bytes.", {"file": str(file), "bytes": size}, as_json=as_json)


def file_of(url: URL, elsewhere: str, file: Path) -> Path:
    """Return the SQLite file that the URL names; CommandError says what to do for PostgreSQL."""
    path = sqlite_file(url)
    if path is None:
        raise CommandError(elsewhere.format(file=file))
    return path
