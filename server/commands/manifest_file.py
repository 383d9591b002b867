"""The file that an import reads: plain or gzipped, a file or the standard input."""

import gzip
import stat
import sys
import zlib
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from io import BufferedReader
from os import fstat
from pathlib import Path
from typing import cast

from server.commands.errors import CommandError

STANDARD_INPUT = "-"
GZIP_MAGIC = b"\x1f\x8b"


class ManifestFile:
    """Lines of a manifest; whatever keeps them from being read is a CommandError."""

    def __init__(self, name: str, raw: BufferedReader) -> None:
        self.name, self._raw = name, raw
        self._lines = gzip.GzipFile(fileobj=raw) if self._is_gzipped() else raw

    def readline(self, size: int, /) -> bytes:
        """Return the next line, or `size` bytes of it; nothing at the end."""
        try:
            return self._lines.readline(size)
        except (OSError, EOFError, zlib.error) as error:
            raise _unreadable(self.name, error) from error

    def __iter__(self) -> Iterator[bytes]:
        """Give the lines, whatever their length."""
        return iter(lambda: self.readline(-1), b"")

    @property
    def size(self) -> int | None:
        """Bytes of the file as it lies there, None for what has no end yet."""
        status = fstat(self._raw.fileno())
        return status.st_size if stat.S_ISREG(status.st_mode) else None

    @property
    def position(self) -> int:
        """Bytes of them that were read."""
        return self._raw.tell() if self.size is not None else 0

    def _is_gzipped(self) -> bool:
        try:
            return self._raw.peek(len(GZIP_MAGIC)).startswith(GZIP_MAGIC)
        except OSError as error:
            raise _unreadable(self.name, error) from error


@contextmanager
def manifest_file(path: str) -> Generator[ManifestFile]:
    """Open a file, or take the standard input for `-`."""
    if path == STANDARD_INPUT:
        yield ManifestFile("standard input", cast("BufferedReader", sys.stdin.buffer))
        return
    with _open(path) as raw:
        yield ManifestFile(path, raw)


def _open(path: str) -> BufferedReader:
    try:
        return Path(path).open("rb")
    except OSError as error:
        raise _unreadable(path, error) from error


def _unreadable(name: str, error: Exception) -> CommandError:
    text = getattr(error, "strerror", None) or str(error)
    return CommandError(f"{name}: it can't be read: {text.rstrip('.')}.")
