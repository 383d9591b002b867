"""Bytes read as JSON objects, each with the number of its line."""

import re
from collections.abc import Iterable, Iterator
from functools import partial
from itertools import groupby
from typing import NamedTuple, Protocol, cast, runtime_checkable

import orjson

from resolvers.json_values import loads
from resolvers.manifest.errors import ManifestError

LARGEST_LINE = 4 * 1024 * 1024  # bytes, with the line's end
BYTE_ORDER_MARK = b"\xef\xbb\xbf"
ESCAPED_NUL = re.compile(rb"(?<!\\)(?:\\\\)*\\u0000")


class Numbered(NamedTuple):
    """A line's number (the first is 1), its size in bytes, and the object on it."""

    number: int
    size: int
    fields: dict[str, object]


@runtime_checkable
class Readable(Protocol):
    """A binary file."""

    def readline(self, size: int, /) -> bytes:
        """Return the next line, or as much of it as `size` allows."""
        ...


def read_objects(lines: Iterable[bytes]) -> Iterator[Numbered]:
    """Give the objects of the lines that aren't blank; of a file never more than one line is read.

    Raises ManifestError for a line that is too long, or isn't one JSON object in UTF-8.
    """
    for number, line in enumerate(_bounded(lines), 1):
        if len(line) > LARGEST_LINE:
            raise ManifestError(number, "the line is longer than 4 MiB")
        text = line.removeprefix(BYTE_ORDER_MARK) if number == 1 else line
        if text and not text.isspace():
            yield Numbered(number, len(line), _object(number, text))


def by_org(objects: Iterable[Numbered]) -> Iterator[Iterator[Numbered]]:
    """Divide the objects before each that is an Org."""
    orgs = 0

    def org(numbered: Numbered) -> int:
        nonlocal orgs
        orgs += numbered.fields.get("type") == "org"
        return orgs

    return (group for _, group in groupby(objects, org))


def _bounded(lines: Iterable[bytes]) -> Iterable[bytes]:
    if isinstance(lines, Readable):
        return iter(partial(lines.readline, LARGEST_LINE + 1), b"")
    return lines


def _object(number: int, line: bytes) -> dict[str, object]:
    try:
        value: object = loads(line)
    except orjson.JSONDecodeError as error:
        raise ManifestError(number, _unreadable(line, error)) from error
    if b"\\u0000" in line and ESCAPED_NUL.search(line):
        raise ManifestError(number, "the character NUL can't be stored")
    if not isinstance(value, dict):
        raise ManifestError(number, "a JSON object is expected")
    return cast("dict[str, object]", value)


def _unreadable(line: bytes, error: orjson.JSONDecodeError) -> str:
    try:
        line.decode()
    except UnicodeDecodeError as undecoded:
        return f"this is not UTF-8, from byte {undecoded.start + 1} on"
    return f"this is not JSON: {error.msg}, at character {error.pos + 1}"
