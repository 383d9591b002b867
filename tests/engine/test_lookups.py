"""Rows of many types are found by their public ids."""

import pytest

from tests.engine.library import ask

IDS = "query($ids: [ID!]!) { items(ids: $ids) { __typename id ... on Book { title } } }"
DAWN = {"__typename": "Book", "id": "book-1", "title": "Dawn"}
PLAYS = {"__typename": "Shelf", "id": "shelf-2"}
BEN = {"__typename": "Author", "id": "author-2"}


@pytest.mark.parametrize(
    ("public_id", "item"),
    [
        ("book-1", DAWN),
        ("shelf-2", PLAYS),
        ("author-2", BEN),
        ("book-77", None),
        ("book", None),
        ("", None),
    ],
)
async def test_an_id_finds_its_row_or_null(compiles: bool, public_id: str, item: object) -> None:
    text = "query($id: ID!) { item(id: $id) { __typename id ... on Book { title } } }"
    asked = await ask(text, compiles=compiles, id=public_id)
    assert (asked.data, asked.errors) == ({"item": item}, [])


@pytest.mark.parametrize(
    ("ids", "items"),
    [
        ([], []),
        (["book-1"], [DAWN]),
        (["author-2", "book-1", "shelf-2"], [BEN, DAWN, PLAYS]),
        (["book-1", "nonsense", "book-77", "book-1"], [DAWN, None, None, DAWN]),
    ],
)
async def test_ids_find_their_rows_in_their_order(
    compiles: bool, ids: list[str], items: list[object]
) -> None:
    asked = await ask(IDS, compiles=compiles, ids=ids)
    assert (asked.data, asked.errors) == ({"items": items}, [])


async def test_ids_of_one_type_are_looked_up_together() -> None:
    asked = await ask(IDS, ids=["book-1", "shelf-1", "book-2", "book-1", "shelf-3"])
    assert asked.desk.called == [
        ("books_by_id", [(1,), (2,)]),
        ("shelves_by_id", [(1,), (3,)]),
    ]


async def test_ids_that_name_nothing_are_not_looked_up(compiles: bool) -> None:
    asked = await ask(IDS, compiles=compiles, ids=["nonsense", ""])
    assert asked.data == {"items": [None, None]}
    assert asked.desk.called == []


async def test_too_many_ids_are_refused(compiles: bool) -> None:
    asked = await ask(IDS, compiles=compiles, ids=["book-1"] * 1001)
    message = "Give 1,000 ids at most, not 1,001. Ask for the rest another time."
    assert asked.errors == [(["items"], message)]
    assert asked.desk.called == []


TOPICS = "{ shelf(name: %s) { books { nodes { title topic { __typename id } } } } }"


@pytest.mark.parametrize(
    ("shelf", "topics"),
    [
        ("Poems", {"Dawn": BEN, "Dusk": PLAYS, "Frost": None, "Noon": None}),
        ("Plays", {"The Inn": {"__typename": "Book", "id": "book-1"}, "The Ferry": None}),
        ("Maps", {}),
    ],
)
async def test_an_id_in_a_column_finds_its_row_or_null(
    compiles: bool, shelf: str, topics: dict[str, object]
) -> None:
    asked = await ask(TOPICS % f'"{shelf}"', compiles=compiles)
    nodes = asked.data["shelf"]["books"]["nodes"]
    assert {node["title"]: node["topic"] for node in nodes} == topics
    assert asked.errors == []


async def test_ids_in_a_column_are_looked_up_together_by_their_types(compiles: bool) -> None:
    text = "{ shelves { books { nodes { topic { __typename } } } } }"
    asked = await ask(text, compiles=compiles)
    assert sorted(call for call in asked.desk.called if call[0].endswith("by_id")) == [
        ("authors_by_id", [(2,), (9,)]),
        ("books_by_id", [(1,)]),
        ("shelves_by_id", [(2,)]),
    ]
