"""Answers as JSON: what may be long is written by parts, so that others are served meanwhile."""

import asyncio
import time
from collections.abc import Iterator, Mapping
from typing import Any, cast

import orjson

OPTIONS = orjson.OPT_UTC_Z
PART = 65_536  # bytes, about
ROWS = 50  # without lists in them, that are written at once
SECONDS_AT_A_STRETCH = 0.005


class TooLongError(Exception):
    """An answer is longer than an answer may be."""


def serialised(body: Mapping[str, Any]) -> bytes:
    """Return what is short as JSON."""
    return orjson.dumps(body, option=OPTIONS)


async def parts_of(body: Mapping[str, Any], most: int) -> list[bytes]:
    """Return what may be long as parts of one JSON text, letting others run in between.

    TooLongError as soon as it has more bytes than it may.
    """
    found, part, size = list[bytes](), bytearray(), 0
    until = time.perf_counter() + SECONDS_AT_A_STRETCH
    for piece in _pieces(body):
        part += piece
        if size + len(part) > most:
            raise TooLongError
        if len(part) >= PART:
            size += len(part)
            found.append(bytes(part))
            part.clear()
        if time.perf_counter() > until:
            await asyncio.sleep(0)
            until = time.perf_counter() + SECONDS_AT_A_STRETCH
    return [*found, bytes(part)] if part else found


def _pieces(value: object) -> Iterator[bytes]:
    """Yield the JSON text of a value by pieces: none holds more than a few rows, or one text."""
    if isinstance(value, dict) and value:
        yield from _of_object(cast("dict[str, Any]", value))
    elif isinstance(value, list) and value:
        yield from _of_list(value)  # pyright: ignore[reportUnknownArgumentType]
    else:
        yield orjson.dumps(value, option=OPTIONS)


def _of_object(value: dict[str, Any]) -> Iterator[bytes]:
    mark = b"{"
    for key, inner in value.items():
        yield mark + orjson.dumps(key) + b":"
        yield from _pieces(inner)
        mark = b","
    yield b"}"


def _of_list(value: list[Any]) -> Iterator[bytes]:
    mark, begin, end = b"[", 0, 0
    while begin < len(value):
        if _has_more(value[begin]):
            end = begin + 1
            yield mark
            yield from _pieces(value[begin])
        else:
            end = begin + 1
            while end < len(value) and end - begin < ROWS and not _has_more(value[end]):
                end += 1
            yield mark + orjson.dumps(value[begin:end], option=OPTIONS)[1:-1]
        mark, begin = b",", end
    yield b"]"


def _has_more(value: object) -> bool:
    """Return whether there are lists in a row, or texts that may be long."""
    if isinstance(value, dict):
        return any(map(_has_more, cast("dict[str, Any]", value).values()))
    if isinstance(value, str):
        return len(value) > PART
    return isinstance(value, list | orjson.Fragment)
