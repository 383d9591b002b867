"""What generated functions call: the steps that are the same for every plan."""

from collections.abc import Callable, Iterable, Sequence
from typing import Any

from engine.edge import Key, Row
from engine.page import Page, write_cursor

SMALLEST, LARGEST = -(2**31), 2**31 - 1


class Memo(dict[Any, Any]):
    """Remembers what a function makes of each value, for values that are few."""

    def __init__(self, make: Callable[[Any], Any]) -> None:
        super().__init__()
        self._make = make

    def __missing__(self, value: Any) -> Any:
        made = self[value] = self._make(value)
        return made


def small(number: int) -> int:
    """Return a number that GraphQL's Int can hold; OverflowError for any other."""
    if SMALLEST <= number <= LARGEST:
        return number
    raise OverflowError("more than 32 bits")


def cut(rows: Sequence[Row], page: Page) -> tuple[Sequence[Row], set[Any]]:
    """Return the rows of each parent's page in their order, and the parents that have more."""
    if not rows or not (page.backward or page.peek):
        return rows, set()
    lists: dict[Any, list[Row]] = {}
    for row in rows:
        lists.setdefault(row[0], []).append(row)
    more = {key for key, found in lists.items() if len(found) > page.size}
    step = -1 if page.backward else 1
    return [row for found in lists.values() for row in found[: page.size][::step]], more


def by_type(named: Iterable[tuple[str, Key] | None]) -> dict[str, dict[Key, None]]:
    """Return the distinct keys of each type, in their order, as the keys of a dict."""
    found: dict[str, dict[Key, None]] = {}
    for each in named:
        if each is not None:
            found.setdefault(each[0], {})[each[1]] = None
    return found


class Infos:
    """The PageInfo of each parent's page, made from the rows kept and their order values."""

    def __init__(self, rows: Iterable[Row], page: Page, more: set[Any], values: slice) -> None:
        self._page, self._more, self._values = page, more, values
        self._first: dict[Any, Row] = {}
        self._last: dict[Any, Row] = {}
        for row in rows:
            self._first.setdefault(row[0], row)
            self._last[row[0]] = row

    def has_next_page(self, key: Any) -> bool:
        """Return whether there are rows after the page."""
        return self._page.has_next(more=key in self._more)

    def has_previous_page(self, key: Any) -> bool:
        """Return whether there are rows before the page."""
        return self._page.has_previous(more=key in self._more)

    def start_cursor(self, key: Any) -> str | None:
        """Return the first row's cursor."""
        return self._cursor(self._first.get(key))

    def end_cursor(self, key: Any) -> str | None:
        """Return the last row's cursor."""
        return self._cursor(self._last.get(key))

    def _cursor(self, row: Row | None) -> str | None:
        return None if row is None else write_cursor(self._page.order, row[self._values])
