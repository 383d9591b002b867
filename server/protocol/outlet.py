"""What a connection writes to: it counts, and it closes when what was written is taken."""

import asyncio
from collections.abc import Callable

from server.protocol.bounds import MEBIBYTE


class Outlet:
    """The way out of a connection, in place of its transport.

    Whoever takes less than a mebibyte of what was written, or less than the rest of it, in the
    time allowed is slow.
    """

    def __init__(self, transport: asyncio.Transport, finish: Callable[[], None]) -> None:
        self._transport, self.close = transport, finish
        self.written = 0
        self._mark: tuple[float, int] | None = None  # since when, and what was taken by then

    def write(self, data: bytes) -> None:
        """Write to the transport."""
        self.written += len(data)
        self._transport.write(data)

    def is_closing(self) -> bool:
        """Return whether nothing can be written any more."""
        return self._transport.is_closing()

    def is_slow(self, now: float, seconds: float) -> bool:
        """Return whether the client has taken too little; to be asked every now and then."""
        unread = self._transport.get_write_buffer_size()
        if not unread:
            self._mark = None
            return False
        taken = self.written - unread
        if self._mark is None or taken - self._mark[1] >= MEBIBYTE:
            self._mark = now, taken
        return now - self._mark[0] > seconds
