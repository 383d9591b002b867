"""`freehold export`: an Org as a manifest, on stdout or in a file that appears only when whole."""

import asyncio
import os
import sys
from collections.abc import AsyncGenerator, Generator
from contextlib import aclosing, contextmanager
from pathlib import Path
from typing import Annotated, BinaryIO, cast

import typer

from resolvers.manifest.dump import dump_manifest
from resolvers.manifest.errors import UnknownOrgError
from server.commands.appearing import appearing, telling
from server.commands.configuration import read_settings
from server.commands.database import up_to_date
from server.commands.errors import CommandError
from server.commands.invocation import invocation_of
from server.settings import Settings

WHAT = "The export"

OrgKey = Annotated[str, typer.Argument(metavar="ORG", help="The Org's key.")]
Output = Annotated[
    Path | None, typer.Option("--output", "-o", metavar="FILE", help="Write this file, not stdout.")
]


def export(context: typer.Context, org: OrgKey, output: Output = None) -> None:
    """Write an Org as a manifest, which `import` reads."""
    settings = read_settings(invocation_of(context))
    if output is None:
        asyncio.run(_write(settings, org, file=sys.stdout.buffer))
        return
    with appearing(output, WHAT) as file:
        asyncio.run(_write(settings, org, file=file))


async def _write(settings: Settings, org: str, *, file: BinaryIO) -> None:
    async with up_to_date(settings) as engine:
        lines = cast("AsyncGenerator[bytes]", dump_manifest(engine, org))
        try:
            async with aclosing(lines):
                async for line in lines:
                    _put(file, line)
        except UnknownOrgError as error:
            raise CommandError(str(error.args[0])) from error
    _flush(file)


def _put(file: BinaryIO, line: bytes) -> None:
    with _told():
        file.write(line)


def _flush(file: BinaryIO) -> None:
    with _told():
        file.flush()


@contextmanager
def _told() -> Generator[None]:
    """End the command quietly where whoever reads stdout has enough; tell of other errors."""
    try:
        with telling(WHAT):
            yield
    except BrokenPipeError as error:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        raise typer.Exit(1) from error
