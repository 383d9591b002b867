"""An invented library in memory: its rows, and batch functions that note how they are called."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from engine.edge import Batch, Columns, Key, Row, Stream
from engine.loader import Loaders
from engine.page import Page


class ShelfRow(NamedTuple):
    id: int
    name: str


class BookRow(NamedTuple):
    id: int
    title: str
    year: int
    shelf_id: int
    author_id: int | None
    topic: str | None = None  # a public id


class SignedRow(NamedTuple):
    """A book with its shelf's name."""

    id: int
    title: str
    name: str
    year: int


class AuthorRow(NamedTuple):
    id: int
    name: str
    house: str = "north"


SHELVES = (ShelfRow(1, "Poems"), ShelfRow(2, "Plays"), ShelfRow(3, "Maps"))
AUTHORS = (AuthorRow(1, "Ada Winter"), AuthorRow(2, "Ben Amber"))
BOOKS = (
    BookRow(1, "Dawn", 1900, shelf_id=1, author_id=1, topic="author-2"),
    BookRow(2, "Dusk", 1900, shelf_id=1, author_id=2, topic="shelf-2"),
    BookRow(3, "Frost", 1890, shelf_id=1, author_id=1, topic="winter"),
    BookRow(4, "Noon", 1950, shelf_id=1, author_id=None),
    BookRow(5, "The Inn", 1910, shelf_id=2, author_id=2, topic="book-1"),
    BookRow(6, "The Ferry", 1905, shelf_id=2, author_id=9, topic="author-9"),
)


class Call(NamedTuple):
    """One call of a batch function."""

    batch: str
    keys: list[Key]
    argument: object
    columns: Columns


class Desk:
    """What batch functions get: it notes how they are called."""

    house = "north"  # that of all authors

    def __init__(self) -> None:
        self.calls: list[Call] = []
        self.loaders = Loaders(self)

    def note(self, batch: str, keys: Sequence[Key], argument: object, columns: Columns) -> None:
        """Remember a call."""
        self.calls.append(Call(batch, list(keys), argument, columns))

    @property
    def called(self) -> list[tuple[str, list[Key]]]:
        """Return which batch functions were called, each with its keys."""
        return [(call.batch, call.keys) for call in self.calls]


def values(row: Any, columns: Columns) -> tuple[Any, ...]:
    return tuple(getattr(row, name) for name in columns)


def by_id(name: str, rows: Sequence[Any]) -> Batch:
    """Return the batch function that finds rows by their ids."""

    async def batch(desk: Desk, keys: Sequence[Key], argument: Any, columns: Columns) -> list[Row]:
        desk.note(name, keys, argument, columns)
        wanted = {key[0] for key in keys}
        return [(row.id, *values(row, columns)) for row in rows if row.id in wanted]

    return batch


shelves_by_id = by_id("shelves_by_id", SHELVES)
books_by_id = by_id("books_by_id", BOOKS)
authors_by_id = by_id("authors_by_id", AUTHORS)


async def all_shelves(
    desk: Desk, keys: Sequence[Key], argument: Any, columns: Columns
) -> list[Row]:
    desk.note("all_shelves", keys, argument, columns)
    return [(None, *values(shelf, columns)) for shelf in SHELVES]


async def shelf_named(desk: Desk, keys: Sequence[Key], name: Any, columns: Columns) -> list[Row]:
    desk.note("shelf_named", keys, name, columns)
    return [(None, *values(shelf, columns)) for shelf in SHELVES if shelf.name == name]


async def shelves_named(
    desk: Desk, keys: Sequence[Key], argument: Any, columns: Columns
) -> list[Row]:
    desk.note("shelves_named", keys, argument, columns)
    return [
        (name, *values(shelf, columns))
        for (name,) in keys
        for shelf in SHELVES
        if shelf.name == name
    ]


async def siblings(desk: Desk, keys: Sequence[Key], most: Any, columns: Columns) -> list[Row]:
    """Find the other books of each book's shelf."""
    desk.note("siblings", keys, most, columns)
    return [
        (id_, *values(book, columns))
        for id_, shelf in keys
        for book in [b for b in BOOKS if b.shelf_id == shelf and b.id != id_][:most]
    ]


async def authors_of_house(
    desk: Desk, keys: Sequence[Key], argument: Any, columns: Columns
) -> list[Row]:
    desk.note("authors_of_house", keys, argument, columns)
    return [(house, *values(author, columns)) for (house,) in keys for author in AUTHORS]


async def lost(desk: Desk, keys: Sequence[Key], argument: Any, columns: Columns) -> list[Row]:
    desk.note("lost", keys, argument, columns)
    raise LookupError("the index has burnt")


async def books_on(desk: Desk, keys: Sequence[Key], page: Any, columns: Columns) -> list[Row]:
    desk.note("books_on", keys, page, columns)
    return [(shelf, *values(book, columns)) for (shelf,) in keys for book in cut(shelf, page)]


async def books_by_and_by(
    desk: Desk,
    keys: Sequence[Key],
    page: Any,
    columns: Columns,
    take: Callable[[Sequence[Row]], object],
) -> None:
    """Give the books of each shelf one after the other."""
    for row in await books_on(desk, keys, page, columns):
        take([row])


async def count_on(desk: Desk, keys: Sequence[Key], page: Any, columns: Columns) -> list[Row]:
    """Count the books on each shelf; an empty one has no row."""
    desk.note("count_on", keys, page.filters, columns)
    counts = {shelf: len(listed(shelf, page)) for (shelf,) in keys}
    return [(shelf, count) for shelf, count in counts.items() if count]


def listed(shelf: int, page: Page) -> list[BookRow]:
    since = dict(page.filters).get("since", 0)
    return [book for book in BOOKS if book.shelf_id == shelf and book.year >= since]


def cut(shelf: int, page: Page) -> list[BookRow]:
    def place(book: BookRow) -> tuple[Any, ...]:
        return values(book, page.order.columns)

    low, high = page.after, page.before
    if page.order.descending:
        low, high = high, low
    books = [
        book
        for book in listed(shelf, page)
        if (low is None or place(book) > low or (page.inclusive and place(book) == low))
        and (high is None or place(book) < high or (page.inclusive and place(book) == high))
    ]
    books.sort(key=place, reverse=page.order.descending is not page.backward)
    return books[: page.limit]


@dataclass(frozen=True)
class Paged:
    """What answers a connection."""

    rows: Batch
    count: Batch
    bears: Columns = ()
    stream: Stream | None = None


books_of_shelf = Paged(books_on, count_on, stream=books_by_and_by)


async def signed_on(desk: Desk, keys: Sequence[Key], page: Any, columns: Columns) -> list[Row]:
    """Find the books of each shelf, which bear its name."""
    desk.note("signed_on", keys, page, columns)
    return [
        (shelf, *(name if each == "name" else getattr(book, each) for each in columns))
        for shelf, name in keys
        for book in cut(shelf, page)
    ]


signed_of_shelf = Paged(signed_on, count_on, bears=("name",))
