"""`freehold import`: the Orgs of a manifest stored, with a progress bar on a terminal."""

import asyncio
import sys
import time
from collections.abc import Callable, Generator
from contextlib import contextmanager
from functools import partial
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

from resolvers.manifest.errors import ManifestError
from resolvers.manifest.load import LoadResult, load_manifest
from server.commands.configuration import read_settings
from server.commands.database import up_to_date
from server.commands.errors import CommandError
from server.commands.invocation import Json, answer, invocation_of
from server.commands.manifest_file import ManifestFile, manifest_file
from server.settings import Settings

File = Annotated[str, typer.Argument(metavar="FILE", help="JSON Lines, also gzipped; - is stdin.")]
INTERRUPTED = 130  # the exit code that shells give to Ctrl+C
NoEnd = Annotated[
    bool, typer.Option("--no-end", help="Take a file whose last line isn't of the type end.")
]
Told = Callable[[int], None]


def import_manifest(
    context: typer.Context, file: File, no_end: NoEnd = False, as_json: Json = False
) -> None:
    """Load the Orgs of a manifest."""
    settings, began = read_settings(invocation_of(context)), time.perf_counter()
    with manifest_file(file) as lines, _progress(lines) as progress:
        result = asyncio.run(_load(settings, lines, progress=progress, needs_end=not no_end))
    seconds = time.perf_counter() - began
    for warning in () if as_json else result.warnings:
        typer.echo(f"{lines.name}: warning: {warning}", err=True)
    value = {**result._asdict(), "seconds": round(seconds, 3)}
    answer(_summary(result, seconds), value, as_json=as_json)


async def _load(
    settings: Settings, lines: ManifestFile, *, progress: Told | None, needs_end: bool
) -> LoadResult:
    stored = list[str]()
    loaded = partial(load_manifest, progress=progress, needs_end=needs_end, stored=stored)
    try:
        async with up_to_date(settings) as engine:
            return await loaded(engine, lines)
    except ManifestError as error:
        more = {"stored": error.stored} if error.stored else {}
        details = {"line": error.line, "message": error.message, **more}
        raise CommandError(f"{lines.name}: {error}", details=details) from error
    except (asyncio.CancelledError, KeyboardInterrupt) as error:
        there = f"Stored before it: {', '.join(stored)}." if stored else "Nothing is stored."
        raise CommandError(
            f"{lines.name}: interrupted. {there}", code=INTERRUPTED, details={"stored": stored}
        ) from error


@contextmanager
def _progress(lines: ManifestFile) -> Generator[Told | None]:
    """Give what shows the number of objects so far, where stderr is a terminal."""
    if not sys.stderr.isatty():
        yield None
        return
    count = TextColumn("{task.fields[objects]:,} objects")
    columns = (TextColumn("{task.description}", markup=False), BarColumn(), count)
    console = Console(stderr=True)
    with Progress(*columns, TimeElapsedColumn(), console=console, transient=True) as bar:
        task = bar.add_task(lines.name, total=lines.size, objects=0)
        yield lambda objects: bar.update(task, completed=lines.position, objects=objects)


def _summary(result: LoadResult, seconds: float) -> str:
    speed, orgs = result.objects / max(seconds, 0.001), ", ".join(result.orgs) or "none"
    loaded = f"Loaded {result.objects:,} objects in {seconds:.1f} s ({speed:,.0f} a second)"
    return f"{loaded}; Orgs: {orgs}."
