"""Fields are columns, functions of columns, and edges to one row or to many."""

import pytest
from graphql import GraphQLObjectType

from engine.edge import Column, Connection, Edge, Lookup, PagePart
from engine.resolve import declaration_of
from tests.engine.library import ask, library


@pytest.mark.parametrize(
    ("fields", "answer"),
    [
        ("title", {"title": "Dawn"}),
        ("year", {"year": 1900}),
        ("id", {"id": "book-1"}),
        ("loud", {"loud": "DAWN"}),
        ("short", {"short": "Da00"}),
        ("name: title title", {"name": "Dawn", "title": "Dawn"}),
        ("__typename", {"__typename": "Book"}),
        ("author { name }", {"author": {"name": "Ada Winter"}}),
        ("shelf { id name }", {"shelf": {"id": "shelf-1", "name": "Poems"}}),
        (
            "siblings { title }",
            {"siblings": [{"title": "Dusk"}, {"title": "Frost"}, {"title": "Noon"}]},
        ),
        ("siblings(most: 1) { title }", {"siblings": [{"title": "Dusk"}]}),
        ("siblings(most: 0) { title }", {"siblings": []}),
    ],
)
async def test_a_field_is_what_its_declaration_says(
    compiles: bool, fields: str, answer: object
) -> None:
    asked = await ask(
        f'{{ item(id: "book-1") {{ ... on Book {{ {fields} }} }} }}', compiles=compiles
    )
    assert (asked.data, asked.errors) == ({"item": answer}, [])


@pytest.mark.parametrize(
    ("book", "author"),
    [("book-1", {"name": "Ada Winter"}), ("book-4", None), ("book-6", None)],
    ids=["found", "refers to nothing", "refers to what is not there"],
)
async def test_a_row_that_is_missing_is_null(compiles: bool, book: str, author: object) -> None:
    text = "query($id: ID!) { item(id: $id) { ... on Book { author { name } } } }"
    asked = await ask(text, compiles=compiles, id=book)
    assert (asked.data, asked.errors) == ({"item": {"author": author}}, [])


@pytest.mark.parametrize(
    ("arguments", "answer"),
    [
        ("", None),
        ('(name: "Poems")', {"id": "shelf-1"}),
        ('(name: "poems")', None),
        ("(name: null)", None),
    ],
)
async def test_an_edge_reads_its_arguments(compiles: bool, arguments: str, answer: object) -> None:
    asked = await ask(f"{{ shelf{arguments} {{ id }} }}", compiles=compiles)
    assert (asked.data, asked.errors) == ({"shelf": answer}, [])


async def test_an_argument_left_out_has_its_default_and_one_given_as_a_variable_its_value(
    compiles: bool,
) -> None:
    text = """query($most: Int!) { item(id: "book-1") { ... on Book {
      some: siblings(most: $most) { id } all: siblings { id }
    } } }"""
    asked = await ask(text, compiles=compiles, most=2)
    two = [{"id": "book-2"}, {"id": "book-3"}]
    assert asked.data == {"item": {"some": two, "all": [*two, {"id": "book-4"}]}}
    assert [call.argument for call in asked.desk.calls] == [None, 2, 9]


async def test_fields_lead_on_as_deep_as_they_are_asked(compiles: bool) -> None:
    text = """{ item(id: "book-5") { ... on Book {
      shelf { books { nodes { siblings { shelf { name } } } } }
    } } }"""
    asked = await ask(text, compiles=compiles)
    inner = {"siblings": [{"shelf": {"name": "Plays"}}]}
    assert asked.data == {"item": {"shelf": {"books": {"nodes": [inner, inner]}}}}


async def test_an_error_in_one_field_leaves_the_others(compiles: bool) -> None:
    text = '{ shelf(name: "Poems") { name books(last: 2) { nodes { title short } } } }'
    asked = await ask(text, compiles=compiles)
    frost, noon = {"title": "Frost", "short": None}, {"title": "Noon", "short": "No50"}
    assert asked.data == {"shelf": {"name": "Poems", "books": {"nodes": [frost, noon]}}}
    assert asked.errors == [(["shelf", "books", "nodes", 0, "short"], "no short form")]


async def test_a_batch_function_that_fails_is_an_error_at_each_parent(compiles: bool) -> None:
    text = '{ shelf(name: "Plays") { books { nodes { title lost { name } author { name } } } } }'
    asked = await ask(text, compiles=compiles)
    assert asked.data["shelf"]["books"]["nodes"] == [
        {"title": "The Ferry", "lost": None, "author": None},
        {"title": "The Inn", "lost": None, "author": {"name": "Ben Amber"}},
    ]
    assert asked.errors == [
        (["shelf", "books", "nodes", place, "lost"], "the index has burnt") for place in (0, 1)
    ]


def test_a_declared_field_can_be_asked_for_its_declaration() -> None:
    kinds = {
        ("Query", "shelf"): Edge,
        ("Query", "items"): Lookup,
        ("Shelf", "books"): Connection,
        ("Book", "title"): Column,
        ("BookConnection", "totalCount"): PagePart,
        ("BookEdge", "cursor"): type(None),
        ("PageInfo", "endCursor"): type(None),
    }
    found = {}
    for type_, field in kinds:
        of = library().type_map[type_]
        assert isinstance(of, GraphQLObjectType)
        found[type_, field] = type(declaration_of(of.fields[field]))
    assert found == kinds


async def test_what_the_context_knows_of_all_rows_is_not_fetched(compiles: bool) -> None:
    fields = "mark house fellows { name mark }"
    text = f'{{ items(ids: ["author-2", "author-1"]) {{ ... on Author {{ {fields} }} }} }}'
    asked = await ask(text, compiles=compiles)
    fellows = [
        {"name": "Ada Winter", "mark": "north-1."},
        {"name": "Ben Amber", "mark": "north-2."},
    ]
    assert asked.data == {
        "items": [
            {"mark": "north-2.", "house": "north", "fellows": fellows},
            {"mark": "north-1.", "house": "north", "fellows": fellows},
        ]
    }
    assert asked.desk.called == [
        ("authors_by_id", [(2,), (1,)]),
        ("authors_of_house", [("north",)]),
    ]
    if compiles:
        assert [call.columns for call in asked.desk.calls] == [("id",), ("name", "id")]
