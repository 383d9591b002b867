"""Compression: of answers as the client takes it, and of requests within a limit."""

import asyncio
import re
import sys
import zlib
from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import Protocol

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

LEAST = 1024  # bytes of an answer that is worth it
LARGE = 131_072  # bytes that are compressed beside the loop: these may take over 10 ms
REMEMBERED = 64  # Accept-Encoding headers
QUALITY = re.compile(r"q=(0(?:\.\d{0,3})?|1(?:\.0{0,3})?)", re.ASCII)
GZIP, PLAIN = "gzip", "identity"
WITH_GZIP_HEADER = 31  # zlib's word for gzip, with its largest window


class Compressor(Protocol):
    """What compresses a text that comes in parts."""

    def compress(self, data: bytes, /) -> bytes:
        """Return what is ready after the next part."""
        ...

    def flush(self) -> bytes:
        """Return what is left."""
        ...


def _gzip() -> Compressor:
    return zlib.compressobj(5, zlib.DEFLATED, WITH_GZIP_HEADER)


# The first for whoever takes them alike.
MADE: dict[str, Callable[[], Compressor]] = {"zstd": zstd.ZstdCompressor, GZIP: _gzip}


class BrokenError(Exception):
    """What is to be decompressed isn't whole, or no gzip."""


@lru_cache(REMEMBERED)
def encoding_of(accepted: str) -> str | None:
    """Return the encoding that the client wants most, None where it is to be left plain."""
    wanted = dict(map(_range, accepted.lower().split(",")))
    others = wanted.get("*", 0.0)
    qualities = {name: wanted.get(name, others) for name in MADE}
    best = max(MADE, key=lambda name: qualities[name])
    plain = wanted.get(PLAIN, 0.0)
    return best if qualities[best] > 0 and qualities[best] >= plain else None


def _range(text: str) -> tuple[str, float]:
    name, _, option = text.partition(";")
    quality = QUALITY.fullmatch(option.strip()) if option else None
    return name.strip(), float(quality.group(1)) if quality else float(not option)


async def compressed(parts: Sequence[bytes], encoding: str) -> list[bytes]:
    """Return the parts compressed, beside the loop where there is much to do."""
    if sum(map(len, parts)) < LARGE:
        return _compressed(parts, encoding)
    return await asyncio.to_thread(_compressed, parts, encoding)


def _compressed(parts: Sequence[bytes], encoding: str) -> list[bytes]:
    compressor = MADE[encoding]()
    found = [compressor.compress(part) for part in parts]
    return [part for part in (*found, compressor.flush()) if part]


class Unpacking:
    """A gzip text on its way in: `unpack` gives what is in each part, `most` bytes and one more."""

    def __init__(self, most: int) -> None:
        self._left, self._reader = most + 1, zlib.decompressobj(WITH_GZIP_HEADER)

    def unpack(self, part: bytes) -> bytes:
        """Return what is in the next part; BrokenError where it is no gzip."""
        found = bytearray()
        while part and self._left > 0:
            if self._reader.eof:
                self._reader = zlib.decompressobj(WITH_GZIP_HEADER)
            try:
                found += self._reader.decompress(part, self._left - len(found))
            except zlib.error as error:
                raise BrokenError from error
            part = self._reader.unconsumed_tail or self._reader.unused_data
            if len(found) >= self._left:
                break
        self._left -= len(found)
        return bytes(found)

    def end(self) -> bytes:
        """Return that nothing is left; BrokenError where the text wasn't whole."""
        if self._left > 0 and not self._reader.eof:
            raise BrokenError
        return b""
