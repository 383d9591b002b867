"""Introspection weighs what it returns, and the queries of clients' tools are kept in memory."""

# graphql-core leaves the parameters of its generic types open.
# pyright: reportUnknownVariableType=false, reportUnknownMemberType=false
# pyright: reportUnknownArgumentType=false, reportUnknownLambdaType=false

import itertools
import json
import time
from functools import cache
from typing import Any

import orjson
import pytest
from graphql import GraphQLSchema, execute_sync, get_introspection_query, parse

from schema.documents import Documents, Prepared, Refused
from schema.introspection import COST, MOST, Introspection, standard_form
from schema.measure import measure
from schema.root import executable_schema

OPTIONS = (
    *("descriptions", "specified_by_url", "directive_is_repeatable", "schema_description"),
    *("input_value_deprecation", "one_of"),
)
VARIANTS: list[dict[str, Any]] = [
    dict(zip(OPTIONS, chosen, strict=True))
    for chosen in itertools.product((True, False), repeat=len(OPTIONS))
]


@cache
def schema() -> GraphQLSchema:
    return executable_schema()


def cost(text: str) -> int:
    return measure(schema(), parse(text), operation_name=None, variables={}, stop=1).cost


def values_in(answer: Any) -> int:
    """Count the objects and the values of an answer."""
    lengths: list[int] = []
    json.loads(orjson.dumps(answer), object_hook=lambda found: lengths.append(1 + len(found)))
    return sum(lengths)


@pytest.mark.parametrize(
    "text",
    [
        "{ __schema { types { name } } }",
        "{ __schema { types { name fields { name args { name } } } } }",
        "{ __schema { types { enumValues { name } inputFields { name } } } }",
        "{ __schema { directives { name args { name } locations } } }",
        '{ __type(name: "Mutation") { fields { name type { name } } } }',
        '{ __type(name: "Org") { fields { name } } }',
        (
            "{ ...F } fragment F on Query { __schema { types { ...T } } } "
            "fragment T on __Type { name description }"
        ),
    ],
)
def test_introspection_weighs_no_less_than_what_it_returns(text: str) -> None:
    returned = values_in(execute_sync(schema(), parse(text)).data)
    assert returned <= cost(text) <= 60 * returned


def test_aliases_multiply() -> None:
    once = cost("{ __schema { types { name } } }")
    many = " ".join(f"a{number}: __schema {{ types {{ name }} }}" for number in range(199))
    assert cost(f"{{ {many} }}") == 199 * once
    told = "{ types { name fields { name args { name } type { name } } } }"
    copies = " ".join(f"a{number}: __schema {told}" for number in range(199))
    answer = Documents().prepare(schema(), f"{{ {copies} }}")
    assert isinstance(answer, Refused)
    assert (answer.errors[0].extensions or {})["code"] == "LIMIT_COST"


@pytest.mark.parametrize("options", VARIANTS)
@pytest.mark.parametrize("depth", [7, 9])
def test_the_queries_of_tools_are_known_in_whatever_layout(
    options: dict[str, Any], depth: int
) -> None:
    text = get_introspection_query(**options, type_depth=depth)
    assert standard_form(text) is not None
    squeezed = " ".join(text.split()).replace("IntrospectionQuery", "Introspect_9")
    assert standard_form(squeezed) == standard_form(text)
    assert standard_form(text.replace("kind", "name kind", 1)) is None
    assert standard_form(text.replace("__schema", "a: __schema", 1)) is None


def test_what_is_kept_is_what_would_be_answered_and_is_made_once() -> None:
    kept = Introspection()
    text = get_introspection_query(input_value_deprecation=True)
    first = kept.answer(schema(), text, parse(text))
    assert orjson.loads(orjson.dumps(first)) == execute_sync(schema(), parse(text)).data
    began = time.process_time()
    for _ in range(100):
        assert kept.answer(schema(), text, parse("{ no }")) is first
    assert time.process_time() - began < 0.5


def test_a_standard_query_costs_what_it_takes_to_send_and_few_are_kept() -> None:
    documents = Documents()
    answer = documents.prepare(schema(), get_introspection_query())
    assert isinstance(answer, Prepared)
    assert answer.usage.cost == COST < cost(get_introspection_query())
    kept = Introspection()
    for number in range(MOST):
        kept.keep(f"query{{{number}}}", None)
    assert not kept.knows(get_introspection_query())
