"""Variables are read as graphql-core coerces them, by whichever way is the quicker."""

# graphql-core leaves the parameters of its generic types open.
# pyright: reportUnknownMemberType=false, reportUnknownArgumentType=false

from typing import Any

import pytest
from graphql import OperationDefinitionNode, build_schema, parse
from graphql.execution.values import VariableValues, get_variable_values

from engine import variables
from engine.variables import reader_of

SCHEMA = build_schema(
    "type Query { a(id: ID, ids: [ID!], text: String, whole: Int, yes: Boolean, kind: Kind): Int }"
    " enum Kind { BIG SMALL }"
)


def told(values: VariableValues | None) -> object:
    """Return all that values tell; types and defaults are equal only to themselves."""
    if values is None:
        return None
    sources = {
        name: (source.signature.name, str(source.signature.type), source.value)
        for name, source in values.sources.items()
    }
    return values.coerced, sources


@pytest.mark.parametrize(
    ("definitions", "given"),
    [
        ("$a: ID", {"a": "x"}),
        ("$a: ID!", {"a": "x"}),
        ("$a: ID!", {"a": 7}),
        ("$a: ID!", {"a": None}),
        ("$a: ID", {"a": None}),
        ("$a: ID", {}),
        ("$a: ID!", {}),
        ('$a: ID = "y"', {}),
        ('$a: ID = "y"', {"a": "x"}),
        ("$a: String", {"a": ""}),
        ("$a: String", {"a": 1}),
        ("$a: Boolean", {"a": False}),
        ("$a: Boolean", {"a": 0}),
        ("$a: Int", {"a": 2**31 - 1}),
        ("$a: Int", {"a": -(2**31)}),
        ("$a: Int", {"a": 2**31}),
        ("$a: Int", {"a": 1.0}),
        ("$a: Int", {"a": True}),
        ("$a: [ID!]", {"a": ["x"]}),
        ("$a: [ID!]", {"a": "x"}),
        ("$a: [ID!]!", {"a": ["x", "y"]}),
        ("$a: [ID!]!", {"a": ["x", 7]}),
        ("$a: [ID!]", {"a": ["x", None]}),
        ("$a: [ID]", {"a": ["x", None]}),
        ("$a: [ID!]", {"a": []}),
        ("$a: [ID!]", {"a": None}),
        ("$a: [Int]", {"a": [1, True]}),
        ("$a: [[Int!]!]", {"a": [[1], [2, 3]]}),
        ("$a: [[Int!]!]", {"a": [1, [2]]}),
        ("$a: [Kind]", {"a": ["BIG"]}),
        ("$a: Kind", {"a": "BIG"}),
        ("$a: Nothing", {"a": "x"}),
        ("$a: ID, $b: Int", {"a": "x", "b": 1, "c": 2}),
        ("$a: ID, $b: Int", {"a": "x", "b": "1"}),
        ("$a: ID, $b: Kind", {"a": "x", "b": "BIG"}),
    ],
)
def test_the_values_are_those_of_graphql_core(definitions: str, given: dict[str, Any]) -> None:
    operation = parse(f"query({definitions}) {{ a }}").definitions[0]
    assert isinstance(operation, OperationDefinitionNode)
    nodes = operation.variable_definitions or ()
    expected = get_variable_values(SCHEMA, nodes, given)
    found = reader_of(SCHEMA, nodes)(given)
    assert told(found) == told(None if isinstance(expected, list) else expected)


def test_plain_values_are_not_coerced(monkeypatch: pytest.MonkeyPatch) -> None:
    operation = parse("query($a: ID!, $b: Int, $c: [ID!]!) { a }").definitions[0]
    assert isinstance(operation, OperationDefinitionNode)
    given: dict[str, Any] = {"a": "x", "b": 1, "c": ["y", "z"]}
    monkeypatch.setattr(variables, "get_variable_values", None)
    values = reader_of(SCHEMA, operation.variable_definitions or ())(given)
    assert values is not None
    assert values.coerced == given
