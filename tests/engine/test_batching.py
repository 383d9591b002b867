"""Each batch function is called once a level, whatever the number of parents."""

import pytest

from tests.engine.library import ask

TREE = """
{
  shelves {
    name
    books {
      totalCount
      nodes { title author { name } shelf { name } siblings { title } }
    }
  }
}
"""


async def test_a_tree_calls_each_batch_function_once_a_level(compiles: bool) -> None:
    asked = await ask(TREE, compiles=compiles)
    called = [name for name, _ in asked.desk.called]
    assert sorted(called) == [
        "all_shelves",
        "authors_by_id",
        "books_on",
        "count_on",
        "shelves_by_id",
        "siblings",
    ]


async def test_the_standard_executor_fetches_no_row_that_a_level_above_has_fetched() -> None:
    asked = await ask("{ shelves { books { nodes { shelf { books { totalCount } } } } } }")
    again = await ask("{ shelves { books { nodes { shelf { books { nodes { id } } } } } } }")
    names = ["all_shelves", "books_on", "shelves_by_id"]
    assert [name for name, _ in asked.desk.called] == [*names, "count_on"]
    assert [name for name, _ in again.desk.called] == names


async def test_a_batch_function_gets_each_key_once(compiles: bool) -> None:
    asked = await ask("{ shelves { books { nodes { shelf { name } } } } }", compiles=compiles)
    assert asked.desk.called[-1] == ("shelves_by_id", [(1,), (2,)])


@pytest.mark.parametrize(
    ("fields", "arguments"),
    [
        ("siblings(most: 1) { id }", [1]),
        ("a: siblings(most: 1) { id } b: siblings(most: 2) { id }", [1, 2]),
        ("a: siblings { id } b: siblings(most: 2) { id }", [9, 2]),
    ],
)
async def test_aliases_with_different_arguments_are_fetched_each_for_itself(
    compiles: bool, fields: str, arguments: list[int]
) -> None:
    text = f'{{ shelf(name: "Poems") {{ books {{ nodes {{ {fields} }} }} }} }}'
    asked = await ask(text, compiles=compiles)
    keys = [(1, 1), (2, 1), (3, 1), (4, 1)]
    calls = [(call.keys, call.argument) for call in asked.desk.calls if call.batch == "siblings"]
    assert calls == [(keys, argument) for argument in arguments]


async def test_aliases_answer_by_their_own_arguments(compiles: bool) -> None:
    text = """{ item(id: "book-5") { ... on Book {
      none: siblings(most: 0) { title } some: siblings(most: 1) { title }
    } } }"""
    asked = await ask(text, compiles=compiles)
    assert asked.data == {"item": {"none": [], "some": [{"title": "The Ferry"}]}}


async def test_pages_of_one_list_are_counted_together() -> None:
    text = """{ shelves {
      a: books(first: 1) { totalCount } b: books(last: 2) { totalCount }
      c: books(filter: { since: 1900 }) { totalCount }
      d: books(filter: { since: 1900 }, orderBy: { field: YEAR }) { totalCount }
    } }"""
    asked = await ask(text)
    keys = [(1,), (2,), (3,)]
    assert [(call.batch, call.keys, call.argument) for call in asked.desk.calls[1:]] == [
        ("count_on", keys, ()),
        ("count_on", keys, (("since", 1900),)),
    ]
    totals = {"a": 4, "b": 4, "c": 3, "d": 3}
    assert asked.data["shelves"][0] == {a: {"totalCount": n} for a, n in totals.items()}


async def test_the_same_page_under_two_names_is_fetched_once() -> None:
    text = (
        "{ shelves { a: books(first: 1) { nodes { id } } b: books(first: 1) { nodes { title } } } }"
    )
    asked = await ask(text)
    assert [name for name, _ in asked.desk.called] == ["all_shelves", "books_on"]


async def test_no_parents_call_no_batch_function(compiles: bool) -> None:
    asked = await ask(
        '{ shelf(name: "Maps") { books { nodes { author { name } siblings { id } } } } }',
        compiles=compiles,
    )
    assert [name for name, _ in asked.desk.called] == ["shelf_named", "books_on"]


async def test_the_standard_executor_asks_for_all_columns_and_the_order() -> None:
    asked = await ask("{ shelves { books(orderBy: { field: YEAR }) { nodes { title } } } }")
    row = ("id", "title", "year", "shelf_id", "author_id", "topic")
    assert [call.columns for call in asked.desk.calls] == [("id", "name"), (*row, "year", "id")]


async def test_the_compiled_executor_asks_for_what_is_named() -> None:
    asked = await ask("{ shelves { books { nodes { loud author { id } } } } }", compiles=True)
    assert [set(call.columns) for call in asked.desk.calls] == [
        {"id"},
        {"title", "author_id"},
        {"id"},
    ]
