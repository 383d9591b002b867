"""How many bytes of long texts one read may bring into memory, and all reads of a process."""

import sys
from collections.abc import Awaitable, Callable, Sequence

from db.base import LongText
from db.errors import BUSY, Kind, Trouble, TroubleError
from db.queries import AnySelect
from db.stream import Row, Take

MEBIBYTE = 2**20
MOST = 64 * MEBIBYTE  # of one read
MOST_AT_ONCE = 96 * MEBIBYTE  # of all reads of a process
FIRST, LEAST, LARGEST = 16, 4, 256  # rows that are asked for in one part
OF_PART = MEBIBYTE  # about how much a part is to bring
TOO_LARGE = Trouble(
    Kind.ANSWER_TOO_LARGE,
    f"These texts are more than {MOST // MEBIBYTE} MiB together: ask for fewer rows at once of"
    " `content`, `metadata`, `description`, `before` or `after`, and for the rest another time.",
)


def long_columns(statement: AnySelect) -> tuple[int, ...]:
    """Return the places of the statement's columns whose values may be long."""
    columns = enumerate(statement.selected_columns)
    return tuple(place for place, column in columns if isinstance(column.type, LongText))


class Budget:
    """What one read may still bring in; `held` is what all reads of the process have."""

    held = 0

    def __init__(self, most: int = MOST) -> None:
        self._most, self._own = most, 0

    def spend(self, rows: Sequence[Row], places: Sequence[int]) -> int:
        """Count the long values of rows; TroubleError where they are too many.

        Returns their bytes in memory.
        """
        size = sum(sys.getsizeof(row[place]) for row in rows for place in places)
        self._own += size
        Budget.held += size
        if self._own > self._most:
            raise TroubleError(TOO_LARGE)
        if Budget.held > MOST_AT_ONCE:
            raise TroubleError(BUSY)
        return size

    @property
    def brought(self) -> int:
        """Return the bytes that were read so far."""
        return self._own

    def close(self) -> None:
        """Give back what was counted."""
        Budget.held -= self._own
        self._own = 0

    async def fetch(
        self,
        ask: Callable[[int], Awaitable[Sequence[Row]]],
        places: Sequence[int],
        take: Take,
    ) -> None:
        """Give `take` the rows that `ask` brings, by parts that are small where values are long."""
        size = FIRST
        while rows := await ask(size):
            brought = self.spend(rows, places)
            take(rows)
            if len(rows) < size:
                return
            size = min(size * 2, LARGEST) if brought < OF_PART else max(size // 2, LEAST)
