"""A reader is told what each constant of a compiled operation stands for."""

import re
from typing import Any

import pytest
from graphql import parse
from graphql.execution.values import VariableValues, get_variable_values

from engine.executor import Compiled, Executor
from engine.legend import legend
from engine.operation import read_operation
from tests.engine.library import library

ROWS = "tests.engine.rows"


def compiled(text: str, **variables: Any) -> Compiled:
    operation = read_operation(parse(text), None)
    assert operation is not None
    definitions = operation.definition.variable_definitions or ()
    values = get_variable_values(library(), definitions, variables)
    assert isinstance(values, VariableValues)
    return Executor(library()).compiled(operation, values)


@pytest.mark.parametrize(
    ("text", "constants"),
    [
        (
            "{ shelves { name } }",
            {
                "argument_1": "Query.shelves: no arguments",
                "fetch_1": f"Query.shelves, by {ROWS}.all_shelves",
            },
        ),
        (
            '{ shelf(name: "Poems") { few: books(last: 2) { totalCount nodes { loud } } } }',
            {
                "argument_1": "Query.shelf: 'Poems'",
                "fetch_1": f"Query.shelf, by {ROWS}.shelf_named",
                "argument_2": "Query.shelf.few: Page(last=2, order=TITLE)",
                "fetch_2": f"Query.shelf.few, by {ROWS}.books_on",
                "fetch_3": f"Query.shelf.few.totalCount, by {ROWS}.count_on",
                "make_1": "made of title",
            },
        ),
        (
            '{ shelf(name: "' + "n" * 250 + '") { name } }',
            {
                "argument_1": f"Query.shelf: '{'n' * 199}…",
                "fetch_1": f"Query.shelf, by {ROWS}.shelf_named",
            },
        ),
        (
            """{ shelf { books(filter: {since: 1900}, orderBy: {field: YEAR, direction: DESC}) {
              nodes { year } } } }""",
            {
                "argument_1": "Query.shelf: no arguments",
                "fetch_1": f"Query.shelf, by {ROWS}.shelf_named",
                "argument_2": "Query.shelf.books: "
                "Page(first=50, order=YEAR DESC, filter={'since': 1900})",
                "stream_1": f"Query.shelf.books, by {ROWS}.books_by_and_by",
            },
        ),
    ],
    ids=["an edge", "a page", "a long argument", "a filter"],
)
def test_a_constant_is_told_by_its_place_and_its_value(
    text: str, constants: dict[str, str]
) -> None:
    assert legend(compiled(text).constants) == constants


def test_of_variables_it_is_told_what_reads_them() -> None:
    found = compiled("query ($id: ID!) { item(id: $id) { id } }", id="book-1")
    assert legend(found.constants) == {
        "read_1": "reads the arguments of Query.item",
        "parse_1": "Query.item, by tests.engine.library.parse_id",
        "fetch_1": f"Query.item (shelf), by {ROWS}.by_id.batch",
        "fetch_2": f"Query.item (book), by {ROWS}.by_id.batch",
        "fetch_3": f"Query.item (author), by {ROWS}.by_id.batch",
    }


def test_every_constant_that_the_source_names_is_told() -> None:
    text = (
        '{ items(ids: ["book-1"]) { id ... on Book { short shelf { books { nodes { id } } } } } }'
    )
    found = compiled(text)
    named = set(re.findall(r"\b(?:fetch|stream|argument|read|parse|make|raw)_\d+\b", found.source))
    assert named == set(legend(found.constants))
