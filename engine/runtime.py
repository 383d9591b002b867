"""What generated functions call: the steps that are the same for every plan."""

from collections.abc import Callable, Iterable, Sequence
from collections.abc import Set as AbstractSet
from typing import Any, NamedTuple

from engine.edge import Batch, Key, Row
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


async def parents_with(
    fetch: Batch, context: Any, parents: Sequence[Key], page: Page | None
) -> AbstractSet[Any]:
    """Return the parents that have a row on the page; none without a page."""
    if page is None or not parents:
        return frozenset()
    return {row[0] for row in await fetch(context, parents, page, ())}


class Around(NamedTuple):
    """The parents that have more rows where their page was cut, before `after`, from `before`."""

    more: AbstractSet[Any]
    up_to_after: AbstractSet[Any] = frozenset()
    from_before: AbstractSet[Any] = frozenset()


class Infos:
    """The PageInfo of each parent's page, made from the rows kept and their order values."""

    def __init__(self, rows: Iterable[Row], page: Page, around: Around, values: slice) -> None:
        self._page, self._around, self._values = page, around, values
        self._first: dict[Any, Row] = {}
        self._last: dict[Any, Row] = {}
        for row in rows:
            self._first.setdefault(row[0], row)
            self._last[row[0]] = row

    def has_next_page(self, key: Any) -> bool:
        """Return whether there are rows after the page."""
        cut = not self._page.backward and key in self._around.more
        return cut or key in self._around.from_before

    def has_previous_page(self, key: Any) -> bool:
        """Return whether there are rows before the page."""
        cut = self._page.backward and key in self._around.more
        return cut or key in self._around.up_to_after

    def start_cursor(self, key: Any) -> str | None:
        """Return the first row's cursor."""
        return self._cursor(self._first.get(key))

    def end_cursor(self, key: Any) -> str | None:
        """Return the last row's cursor."""
        return self._cursor(self._last.get(key))

    def _cursor(self, row: Row | None) -> str | None:
        return None if row is None else write_cursor(self._page.order, row[self._values])
