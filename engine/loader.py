"""How the standard executor reaches a batch function: one DataLoader per edge and argument."""

import asyncio
from collections import defaultdict
from collections.abc import Awaitable, Hashable, Sequence
from typing import Any, NamedTuple

from aiodataloader import DataLoader

from engine.edge import Columns, Connection, Edge, Key
from engine.page import Page, Value, write_cursor


class PageEdge(NamedTuple):
    """One row of a page with its cursor."""

    cursor: str
    node: Any


class Loaders:
    """The loaders of one operation; they share its snapshot and end with it."""

    def __init__(self, context: object) -> None:
        self._context = context
        self._loaders: dict[Hashable, DataLoader[Key, Any]] = {}

    def close(self) -> None:
        """Forget what was loaded, which the loaders would hold in circles."""
        self._loaders.clear()

    async def load(self, edge: Edge, argument: Hashable, key: Key) -> Any:
        """Return the edge's row or None, or all its rows where it leads to many."""

        async def batch(keys: list[Key]) -> list[Any]:
            rows = await edge.rows(self._context, keys, argument, edge.gives._fields)
            return _answers(keys, [(row[0], edge.gives._make(row[1:])) for row in rows], edge)

        return await self._answer((edge, argument), batch, key)

    async def page(self, edge: Connection, page: Page, key: Key) -> list[tuple[Any, Any]]:
        """Return the page's rows with their order values, and one more where there are more."""
        width = 1 + len(edge.gives._fields)
        columns: Columns = edge.gives._fields + page.order.columns

        async def batch(keys: list[Key]) -> list[Any]:
            rows = await edge.rows(self._context, keys, page, columns)
            found = [(row[0], (edge.gives._make(row[1:width]), row[width:])) for row in rows]
            return _grouped(keys, found)

        return list(await self._answer((edge, page), batch, key))

    async def has_rows(self, edge: Connection, page: Page | None, key: Key) -> bool:
        """Return whether the page, if there is one, has rows."""
        if page is None:
            return False

        async def batch(keys: list[Key]) -> list[Any]:
            found = {row[0] for row in await edge.rows(self._context, keys, page, ())}
            return [_mark(one) in found for one in keys]

        return bool(await self._answer((edge, "any", page), batch, key))

    async def count(self, edge: Connection, page: Page, key: Key) -> int:
        """Return how many rows the whole list has; pages of one list are counted together."""

        async def batch(keys: list[Key]) -> list[Any]:
            counted = await edge.count(self._context, keys, page, ())
            found = {row[0]: row[1] for row in counted}
            return [found.get(_mark(one), 0) for one in keys]

        return int(await self._answer((edge, "count", page.filters), batch, key))

    async def _answer(self, name: Hashable, batch: Any, key: Key) -> Any:
        """Return what the loader of the name answers to the key.

        An error cancels whatever waits beside it. That must not cancel what others wait for, too.
        """
        if name not in self._loaders:
            self._loaders[name] = DataLoader(batch)
        return await asyncio.shield(self._loaders[name].load(key))


def _mark(key: Key) -> Any:
    return key[0] if key else None


def _grouped(keys: Sequence[Key], found: Sequence[tuple[Any, Any]]) -> list[Any]:
    groups: defaultdict[Any, list[Any]] = defaultdict(list)
    for mark, row in found:
        groups[mark].append(row)
    return [groups.get(_mark(key), []) for key in keys]


def _answers(keys: Sequence[Key], found: Sequence[tuple[Any, Any]], edge: Edge) -> list[Any]:
    if edge.many:
        return _grouped(keys, found)
    rows = dict(found)
    return [rows.get(_mark(key)) for key in keys]


class Listed:
    """A connection's value: it asks for rows, or for their number, only when a field needs them."""

    def __init__(self, loaders: Loaders, edge: Connection, *, page: Page, key: Key) -> None:
        self._loaders, self._edge, self._page, self._key = loaders, edge, page, key

    async def nodes(self) -> list[Any]:
        """Return the page's rows."""
        rows, _ = await self._rows()
        return [row for row, _ in rows]

    async def edges(self) -> list[PageEdge]:
        """Return the page's rows with their cursors."""
        rows, _ = await self._rows()
        return [PageEdge(self._cursor(values), row) for row, values in rows]

    def page_info(self) -> "PageInfo":
        """Return where the page lies."""
        return PageInfo(self)

    async def total_count(self) -> int:
        """Return how many rows the viewer sees in the whole list, filtered but not paged."""
        return await self._loaders.count(self._edge, self._page, self._key)

    async def goes_on(self, *, backward: bool) -> bool:
        """Return whether there are rows beyond the page: cut off, or beyond a cursor given."""
        page = self._page
        _, more = await self._rows()
        if more and page.backward is backward:
            return True
        outside = page.up_to_after if backward else page.from_before
        return await self._loaders.has_rows(self._edge, outside, self._key)

    async def cursor_at(self, place: int) -> str | None:
        """Return the cursor of the row at a place of the page, which may be empty."""
        rows, _ = await self._rows()
        return self._cursor(rows[place][1]) if rows else None

    def _cursor(self, values: Sequence[Value]) -> str:
        return write_cursor(self._page.order, values)

    async def _rows(self) -> tuple[list[tuple[Any, Any]], bool]:
        rows = await self._loaders.page(self._edge, self._page, self._key)
        kept = rows[: self._page.size]
        return kept[::-1] if self._page.backward else kept, len(rows) > self._page.size


class PageInfo:
    """Where a page lies in its list: each field finds that out when it is asked for."""

    def __init__(self, listed: Listed) -> None:
        self._listed = listed

    @property
    def has_next_page(self) -> Awaitable[bool]:
        """Return whether there are rows after the page."""
        return self._listed.goes_on(backward=False)

    @property
    def has_previous_page(self) -> Awaitable[bool]:
        """Return whether there are rows before the page."""
        return self._listed.goes_on(backward=True)

    @property
    def start_cursor(self) -> Awaitable[str | None]:
        """Return the first row's cursor."""
        return self._listed.cursor_at(0)

    @property
    def end_cursor(self) -> Awaitable[str | None]:
        """Return the last row's cursor."""
        return self._listed.cursor_at(-1)
