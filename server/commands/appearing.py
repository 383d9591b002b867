"""Files that appear only when they are whole, for their owner alone, and leave nothing else."""

import fcntl
import os
import tempfile
from collections.abc import Generator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO

from server.commands.errors import CommandError


@contextmanager
def telling(what: str) -> Generator[None]:
    """Turn an error of writing `what` into the command's; a reader that left is none."""
    try:
        yield
    except BrokenPipeError:
        raise
    except OSError as error:
        raise CommandError(f"{what} can't be written: {error.strerror}.") from error


@contextmanager
def appearing(path: Path, what: str) -> Generator[BinaryIO]:
    """Give a file that gets its name, durably, when the block ends; only its owner may read it."""
    target = path.resolve()
    if target.exists() and not target.is_file():  # a device or a pipe isn't to be replaced
        with telling(what), target.open("wb") as file:
            yield file
        return
    with beside(target, what) as temporary:
        with temporary.open("wb") as file:
            yield file
        with telling(what):
            become(temporary, target)


@contextmanager
def beside(target: Path, what: str) -> Generator[Path]:
    """Give an empty file in the target's folder, which is removed at the end if it is there still.

    What a process left that was killed is removed by the next with the same target.
    """
    prefix = f".{target.name}-"
    with telling(what):
        _remove_left(target.parent, prefix)
        descriptor, name = tempfile.mkstemp(prefix=prefix, dir=target.parent)
        fcntl.flock(descriptor, fcntl.LOCK_EX)  # until it is closed, or the process ends
    try:
        yield Path(name)
    finally:
        os.close(descriptor)
        Path(name).unlink(missing_ok=True)


def become(temporary: Path, target: Path) -> None:
    """Give a file the target's name, durably; what bore it before is gone then."""
    with temporary.open("rb") as file:
        os.fsync(file.fileno())
    temporary.replace(target)
    folder = os.open(target.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def _remove_left(folder: Path, prefix: str) -> None:
    for path in folder.iterdir():
        if path.name.startswith(prefix) and path.is_file():
            with suppress(OSError), path.open("rb") as file:
                fcntl.flock(file.fileno(), fcntl.LOCK_EX | fcntl.LOCK_NB)
                path.unlink()
