"""`freehold export`: an Org as a manifest, on stdout or in a file that appears only when whole."""

import asyncio
import os
import sys
import tempfile
from collections.abc import AsyncGenerator, Generator
from contextlib import aclosing, contextmanager
from pathlib import Path
from typing import Annotated, BinaryIO, cast

import typer

from resolvers.manifest.dump import dump_manifest
from resolvers.manifest.errors import UnknownOrgError
from server.commands.configuration import read_settings
from server.commands.database import up_to_date
from server.commands.errors import CommandError
from server.commands.invocation import invocation_of
from server.settings import Settings

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
    with _appearing(output) as file:
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
    """Turn an error of writing into the command's."""
    try:
        yield
    except BrokenPipeError as error:  # whoever read has enough: no error to tell
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        raise typer.Exit(1) from error
    except OSError as error:
        raise CommandError(f"The export can't be written: {error.strerror}.") from error


@contextmanager
def _appearing(path: Path) -> Generator[BinaryIO]:
    """Give a file that gets its name, durably, when the block ends; only its owner may read it."""
    target = path.resolve()
    if target.exists() and not target.is_file():  # a device or a pipe isn't to be replaced
        with _told(), target.open("wb") as file:
            yield file
        return
    with _told():
        descriptor, name = tempfile.mkstemp(prefix=f".{target.name}-", dir=target.parent)
    try:
        with os.fdopen(descriptor, "wb") as file:
            yield file
            with _told():
                os.fsync(file.fileno())
        with _told():
            Path(name).replace(target)
    finally:
        Path(name).unlink(missing_ok=True)
