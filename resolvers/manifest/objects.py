"""Bytes read as JSON objects, each with the number of its line."""

import re
from collections.abc import Iterable, Iterator
from functools import partial
from itertools import groupby
from typing import NamedTuple, Protocol, cast, runtime_checkable

import orjson

from resolvers.json_values import loads
from resolvers.manifest.errors import ManifestError

LARGEST_LINE = 16 * 1024 * 1024  # bytes, with the line's end; no export has a longer one
BEGINNING = '{"type":"org","key":"acme","name":"Acme"}'
FIRST = f"a manifest is JSON Lines, one object a line, and the first is like {BEGINNING}"
EMPTY = f"there is nothing in it: {FIRST}"
NO_END = 'the last line isn\'t of the type "end": it was cut off, or written without (see --no-end)'
ONLY_ORG = 'after a line of the type "end" an "org" must come'
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
    is_first = True
    for number, line in enumerate(_bounded(lines), 1):
        text = line.removeprefix(BYTE_ORDER_MARK) if number == 1 else line
        try:
            found = _object(number, text)
        except ManifestError as error:
            if is_first:
                raise ManifestError(number, f"{error.message}; {FIRST}") from error
            raise
        if found is not None:
            yield Numbered(number, len(line), found)
            is_first = False


def whole(objects: Iterable[Numbered], *, needs_end: bool) -> Iterator[Numbered]:
    """Give the objects without the lines that end a manifest, which say how many came before.

    Raises ManifestError where it is another number, where there is none at the end though it
    `needs_end`, and where there is nothing at all.
    """
    count, number = 0, 0
    for numbered in objects:
        is_org, is_end = (numbered.fields.get("type") == type_ for type_ in ("org", "end"))
        if number and not count and not is_org:
            raise ManifestError(numbered.number, ONLY_ORG)
        number = numbered.number
        if is_end:
            _check_end(numbered, count)
            count = 0
        else:
            count += 1
            yield numbered
    if not number:
        raise ManifestError(1, EMPTY)
    if needs_end and count:
        raise ManifestError(number, NO_END)


def _check_end(end: Numbered, count: int) -> None:
    if end.fields != {"type": "end", "objects": count}:
        found = f"here the manifest ends, and {count:,} objects came before"
        raise ManifestError(end.number, f'{found}; "objects" must say so')


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


def _object(number: int, line: bytes) -> dict[str, object] | None:
    """Return the object on a line, None for a blank one."""
    if len(line) > LARGEST_LINE:
        raise ManifestError(number, f"the line is longer than {LARGEST_LINE >> 20} MiB")
    if not line or line.isspace():
        return None
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
