"""Measuring: exact numbers for each shape of field, fragment, argument and variable."""

from collections.abc import Mapping

import pytest
from graphql import parse

from schema.measure import UNCOUNTABLE, Usage, measure
from schema.sizes import shape
from schema.walk import CHANGED
from tests.schema.spaces import SCHEMA


def measured(
    text: str, variables: Mapping[str, object] | None = None, operation_name: str | None = None
) -> Usage:
    return measure(
        SCHEMA,
        parse(text),
        operation_name=operation_name,
        variables=variables or {},
        stop=10_000,
    )


@pytest.mark.parametrize(
    ("text", "cost"),
    [
        ("{ name }", 0),
        ("{ __typename }", 0),
        ("{ space { id name } }", 1),
        ("{ found { ... on Space { id } } }", 1),
        ('{ node(id: "a") { id } }', 1),
        ('mutation { projectRename(name: "a") { revision } }', 0),
        ('mutation { projectRename(name: "a") { node { space { id } } } }', 2),
        ("{ spaces { nodes { id } } }", 50),
        ("{ spaces(first: 3) { totalCount pageInfo { hasNextPage } } }", 3),
        ("{ spaces(first: 3) { nodes { id } edges { cursor node { id } } } }", 3),
        ("{ spaces(last: 7) { nodes { id } } }", 7),
        ("{ spaces(first: 2, last: 7) { nodes { id } } }", 7),
        ("{ spaces(first: null, last: 7) { nodes { id } } }", 7),
        ("{ spaces(first: 0) { nodes { projects { nodes { id } } } } }", 0),
        ("{ spaces(first: -4) { nodes { id } } }", 0),
        ("{ spaces(first: 1000) { nodes { id } } }", 1000),
        ("{ spaces(first: 1001) { nodes { id } } }", 1000),
        (f"{{ spaces(first: {'9' * 5000}) {{ nodes {{ id }} }} }}", 1000),
        ('{ spaces(first: "7") { nodes { id } } }', 50),
        ("{ spaces(first: 7.0) { nodes { id } } }", 50),
        ("{ spaces(first: true) { nodes { id } } }", 50),
        ("{ spaces(first: [7]) { nodes { id } } }", 50),
        ("{ spaces(first: null) { nodes { id } } }", 50),
        ("{ spaces(first: 5) { nodes { projects(first: 10) { nodes { id } } } } }", 55),
        ("{ spaces(first: 5) { edges { node { projects(first: 10) { totalCount } } } } }", 55),
        (("{ space { projects(first: 2) { nodes { space { id } assets(first: 3) { nodes "
         "{ id } } } } } }"), 1 + 2 * (1 + 1 + 3)),
        ("{ a: spaces(first: 2) { nodes { id } } b: spaces(first: 3) { nodes { id } } }", 5),
        ("{ search(first: 4) { space { id } } }", 8),
        ('{ common(ids: ["a", "b"]) { id } }', 1),
        ("{ nodes(ids: []) { id } }", 0),
        ('{ nodes(ids: ["a", "b"]) { id } }', 2),
        ('{ nodes(ids: "a") { id } }', 1),
        ('{ nodes(ids: ["a", "b"]) { ... on Space { projects(first: 3) { nodes { id } } } } }', 8),
        (("{ spaces(first: 2) { ...P } } fragment P on SpaceConnection { nodes { ...S } } "
         "fragment S on Space { projects(first: 3) { nodes { id } } }"), 8),
        (("{ spaces(first: 2) { nodes { ...S ...S } } } "
         "fragment S on Space { projects(first: 3) { nodes { id } } }"), 14),
        (('{ node(id: "a") { ... on Space { projects(first: 3) { nodes { id } } } '
         "... on Project { assets(first: 4) { nodes { id } } } } }"), 8),
        ('{ node(id: "a") { ... @include(if: false) { ... on Project { space { id } } } } }', 2),
    ],
)  # fmt: skip
def test_the_cost_is_the_nodes_that_may_come_back(text: str, cost: int) -> None:
    assert measured(text).cost == cost


@pytest.mark.parametrize(
    ("variables", "cost"),
    [
        ({}, 50),
        ({"first": 4}, 4),
        ({"first": 4.0}, 4),
        ({"first": 4.5}, 50),
        ({"first": 1e300}, 1000),
        ({"first": float("nan")}, 50),
        ({"first": float("inf")}, 50),
        ({"first": -1}, 0),
        ({"first": 10**30}, 1000),
        ({"first": True}, 50),
        ({"first": None}, 50),
        ({"first": "4"}, 50),
        ({"first": [4]}, 50),
        ({"first": {"first": 4}}, 50),
        ({"last": 6}, 6),
        ({"other": 6}, 50),
    ],
)
def test_a_page_is_as_large_as_graphql_reads_its_variable(
    variables: dict[str, object], cost: int
) -> None:
    text = "query ($first: Int, $last: Int) { spaces(first: $first, last: $last) { nodes { id } } }"
    assert measured(text, variables).cost == cost


@pytest.mark.parametrize(("variables", "cost"), [({}, 7), ({"first": 4}, 4), ({"first": None}, 50)])
def test_a_variable_has_its_default_unless_it_is_given(
    variables: dict[str, object], cost: int
) -> None:
    text = "query ($first: Int = 7) { ...Q } fragment Q on Query { spaces(first: $first) { ...P } }"
    assert measured(text + "fragment P on SpaceConnection { nodes { id } }", variables).cost == cost


@pytest.mark.parametrize(
    ("variables", "cost"),
    [
        ({}, 3),
        ({"ids": []}, 0),
        ({"ids": ["a", "b"]}, 2),
        ({"ids": "a"}, 1),
        ({"ids": None}, 0),
        ({"ids": True}, 1),
    ],
)
def test_ids_in_a_variable_count_one_by_one(variables: dict[str, object], cost: int) -> None:
    text = 'query ($ids: [ID!]! = ["a", "b", "c"]) { nodes(ids: $ids) { id } }'
    assert measured(text, variables).cost == cost


TWO = 2 * CHANGED
MANY = '{ projectsMove(input: {ids: ["a", "b"], into: "c"})'


@pytest.mark.parametrize(
    ("text", "cost"),
    [
        (f"mutation {MANY} {{ revision results {{ id }} }} }}", TWO),
        (f"mutation {MANY} {{ results {{ id node {{ id }} }} }} }}", TWO + 2),
        (f"mutation {MANY} {{ results {{ node {{ space {{ id }} }} }} }} }}", TWO + 4),
        (
            f"mutation {MANY} {{ results {{ node {{ assets(first: 3) {{ totalCount }} }} }} }} }}",
            TWO + 8,
        ),
        (f"mutation {MANY} {{ first {{ levels }} }} }}", TWO),
        (
            f"mutation {MANY} {{ first {{ pairs {{ project {{ id }} space {{ id }} }} }} }} }}",
            TWO + 200,
        ),
        ((f"mutation {MANY} {{ ...P ...P }} }} "
         "fragment P on ManyPayload { results { ...R } first { pairs { space { id } } } } "
         "fragment R on Result { node { id } }"), TWO + 204),
        ('mutation { projectsMove(input: {ids: "a"}) { results { node { id } } } }', CHANGED + 1),
        ("mutation { projectsMove(input: {ids: null}) { results { node { id } } } }", CHANGED + 1),
        ("mutation { projectsMove(input: {}) { results { node { id } } } }", CHANGED + 1),
        ("mutation { projectsMove(input: 1) { results { node { id } } } }", CHANGED + 1),
        ("mutation { projectsMove { results { node { id } } } }", CHANGED + 1),
    ],
)  # fmt: skip
def test_each_result_of_a_change_of_many_counts(text: str, cost: int) -> None:
    assert measured(text).cost == cost


@pytest.mark.parametrize(
    ("variables", "cost"),
    [
        ({}, CHANGED + 1),
        ({"input": {"ids": ["a", "b", "c"]}}, 3 * CHANGED + 3),
        ({"input": {"ids": "a"}}, CHANGED + 1),
        ({"input": {"into": "a"}}, CHANGED + 1),
        ({"input": {"members": ["a", "b"], "into": "c"}}, 2 * CHANGED + 2),
        ({"input": None}, CHANGED + 1),
        ({"input": ["a", "b"]}, CHANGED + 1),
    ],
)
def test_the_ids_of_a_change_may_come_in_a_variable(
    variables: dict[str, object], cost: int
) -> None:
    text = "mutation ($input: Many!) { projectsMove(input: $input) { results { node { id } } } }"
    assert measured(text, variables).cost == cost


def test_the_memory_of_costs_tells_the_numbers_of_ids_apart() -> None:
    shapes = [shape({"ids": ids}) for ids in ([], ["a"], ["a", "b"], ["c", "d"], None)]
    assert len({*shapes}) == 3  # none is as good as null
    assert shapes[2] == shapes[3]


def test_a_variable_may_hold_the_ids_alone() -> None:
    text = """mutation ($ids: [ID!] = ["a"]) {
      projectsMove(input: {ids: $ids}) { results { node { id } } } }"""
    assert measured(text).cost == CHANGED + 1
    assert measured(text, {"ids": ["a", "b"]}).cost == TWO + 2


@pytest.mark.parametrize(
    ("text", "depth"),
    [
        ("{ name }", 1),
        ("{ space { name } name }", 2),
        ("{ spaces { nodes { projects { edges { node { id } } } } } }", 6),
        ("{ ... { ... on Query { space { ... { id } } } } }", 2),
        ("{ space { ...S } } fragment S on Space { projects { totalCount } }", 3),
    ],
)
def test_the_depth_counts_fields_and_not_fragments(text: str, depth: int) -> None:
    assert measured(text).depth == depth


def test_aliases_and_directives_count_wherever_their_fragment_is_spread() -> None:
    usage = measured(
        "query ($a: Int @one) @two { ...F @three ...F x: space { id @four } ... @five { name } } "
        "fragment F on Query @six { y: name @seven z: name }"
    )
    assert (usage.aliases, usage.directives) == (5, 9)


@pytest.mark.parametrize(
    ("name", "cost"), [("Few", 2), ("Many", 9), (None, 9), ("Unknown", 9), ("", 9)]
)
def test_where_the_operation_cannot_be_told_the_largest_counts(name: str | None, cost: int) -> None:
    text = (
        "query Few($n: Int = 2) { spaces(first: $n) { totalCount } }"
        "query Many { spaces(first: 9) { totalCount } }"
    )
    assert measured(text, operation_name=name).cost == cost


def test_a_document_without_an_operation_asks_for_nothing() -> None:
    assert measured("fragment F on Query { space { id } }") == Usage(0, 0, 0, 2, 0, 0)


@pytest.mark.parametrize(
    "text",
    [
        "{ unknown { nodes { id } } space { unknown { id } } }",
        "{ ...Unknown space { id } }",
        "{ ... on Unknown { spaces { nodes { id } } } space { id } }",
        "{ space(first: 3) { id } }",
        "{ space { id } } type Space { id: ID }",
        "{ space { id } } fragment F on Unknown { a { b } }",
    ],
)
def test_what_is_unknown_counts_nothing(text: str) -> None:
    assert measured(text).cost == 1


@pytest.mark.parametrize(
    "text",
    [
        "{ ...F } fragment F on Query { ...F }",
        "{ ...F } fragment F on Query { space { id } ...G } fragment G on Query { ...F ...G }",
        "{ space { ...F } } fragment F on Space { projects { nodes { space { ...F } } } }",
        "{ name } fragment F on Space { projects { nodes { space { ...F } } } }",
    ],
)
def test_cycles_of_fragments_end(text: str) -> None:
    usage = measured(text)
    assert usage.depth < 10
    assert usage.selections < 30


def doubling(levels: int) -> str:
    """Each fragment spreads the next one twice: 2 to the power of the levels in all."""
    fragments = [
        f"fragment F{level} on Query {{ a: space {{ id }} ...F{level + 1} ...F{level + 1} }}"
        for level in range(levels)
    ]
    return "{ ...F0 } " + " ".join(fragments) + f" fragment F{levels} on Query {{ name }}"


def test_a_fragment_is_counted_as_often_as_it_is_spread() -> None:
    usage = measured(doubling(levels=10))
    assert (usage.aliases, usage.cost) == (1023, 1023)


def test_numbers_beyond_counting_are_all_the_same() -> None:
    usage = measured(doubling(levels=60))
    assert (usage.aliases, usage.cost) == (UNCOUNTABLE, UNCOUNTABLE)


def test_a_chain_of_fragments_is_no_deep_recursion() -> None:
    chain = [f"fragment F{each} on Query {{ ...F{each + 1} }}" for each in range(3000)]
    usage = measured("{ ...F0 } " + " ".join(chain) + " fragment F3000 on Query { space { id } }")
    assert (usage.depth, usage.cost) == (2, 1)
