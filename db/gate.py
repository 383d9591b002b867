"""Who may go on and who waits: so many at once, so many of one kind, and a line for the rest."""

import asyncio
from collections import Counter, deque
from collections.abc import Hashable
from contextlib import suppress
from typing import TypeAlias

from db.errors import BUSY, TroubleError

Turn: TypeAlias = "asyncio.Future[None]"
LONGEST_LINE = 2_000
LONGEST_LINE_OF_ONE = 500


class Gate:
    """Lets in `at_once`, of which at most `of_one` have the same key; None is no key.

    Whoever waits gets in as soon as there is room, in the order of their coming, except that those
    whose own kind fills its share let others pass.
    """

    def __init__(self, at_once: int, *, of_one: int) -> None:
        self._room, self._of_one = at_once, of_one
        self._inside = Counter[Hashable]()
        self._waiting = Counter[Hashable]()
        self._line = deque[tuple[Hashable, Turn]]()

    def try_enter(self, key: Hashable) -> bool:
        """Go in, unless there is no room now: whoever waits then waits for their own kind."""
        if self._room == 0 or (key is not None and self._inside[key] >= self._of_one):
            return False
        self._room -= 1
        self._inside[key] += 1
        return True

    async def enter(self, key: Hashable, seconds: float) -> None:
        """Go in, when there is room; TroubleError where that takes too long."""
        if self.try_enter(key):
            return
        if len(self._line) >= LONGEST_LINE or self._waiting[key] >= LONGEST_LINE_OF_ONE:
            raise TroubleError(BUSY)
        turn: Turn = asyncio.get_running_loop().create_future()
        self._line.append((key, turn))
        self._waiting[key] += 1
        try:
            await self._wait(turn, seconds)
        except BaseException:
            self._give_up(key, turn)
            raise
        finally:
            _count_down(self._waiting, key)

    def leave(self, key: Hashable) -> None:
        """Go out, and let in whoever may come now."""
        self._room += 1
        _count_down(self._inside, key)
        self._admit()

    async def _wait(self, turn: Turn, seconds: float) -> None:
        try:
            async with asyncio.timeout(seconds):
                await turn
        except TimeoutError:
            raise TroubleError(BUSY) from None

    def _give_up(self, key: Hashable, turn: Turn) -> None:
        if turn.done() and not turn.cancelled():
            self.leave(key)  # it was let in at the last moment
        else:
            with suppress(ValueError):
                self._line.remove((key, turn))

    def _admit(self) -> None:
        stay = deque[tuple[Hashable, Turn]]()
        while self._line and self._room:
            key, turn = self._line.popleft()
            if turn.done():
                continue
            if self.try_enter(key):
                turn.set_result(None)
            else:
                stay.append((key, turn))
        stay.extend(self._line)
        self._line = stay


def _count_down(counter: Counter[Hashable], key: Hashable) -> None:
    """Count one less, and forget who isn't there any more."""
    counter[key] -= 1
    if counter[key] <= 0:
        del counter[key]
