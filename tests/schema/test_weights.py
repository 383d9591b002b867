"""What the fields of our schema weigh: each tells that does more than look up a row by its key."""

from collections.abc import Iterator
from dataclasses import astuple
from functools import cache

import pytest
from graphql import GraphQLInterfaceType, GraphQLObjectType, GraphQLSchema, parse

from engine.edge import BY_KEY, Connection, Declaration, Edge, Weight
from engine.resolve import declaration_of
from resolvers import viewer
from resolvers.pagination import Matched
from schema.measure import measure
from schema.root import executable_schema
from schema.weights import weights_of

ROOT = "{ org { "


@cache
def schema() -> GraphQLSchema:
    return executable_schema()


def cost(text: str) -> int:
    return measure(schema(), parse(text), operation_name=None, variables={}, stop=1).cost


def declarations() -> Iterator[tuple[str, Declaration]]:
    for type_ in schema().type_map.values():
        if isinstance(type_, GraphQLObjectType):
            for name, field in type_.fields.items():
                declaration = declaration_of(field)
                if declaration is not None:
                    yield f"{type_.name}.{name}", declaration


def weight_of(path: str) -> Weight:
    declaration = dict(declarations())[path]
    assert isinstance(declaration, Edge | Connection)
    return declaration.weight


def is_by_key(edge: Edge) -> bool:
    """Whether an edge finds one row by its key, or asks nothing but the context."""
    batch = getattr(edge.rows, "__self__", None)
    return isinstance(batch, Matched) or edge.rows.__module__ == viewer.__name__


def test_whatever_is_no_look_up_by_key_says_its_weight() -> None:
    edges = [(path, each) for path, each in declarations() if isinstance(each, Edge)]
    silent = [path for path, each in edges if each.weight is BY_KEY and not is_by_key(each)]
    assert silent == []
    lists = [(path, each) for path, each in declarations() if isinstance(each, Connection)]
    assert [path for path, each in lists if each.weight is BY_KEY] == []


def test_nothing_that_asks_the_database_is_free() -> None:
    found = [each for _, each in declarations() if isinstance(each, Edge | Connection)]
    assert len(found) > 40
    assert all(each.weight.parent >= 1 and min(astuple(each.weight)) >= 0 for each in found)


@pytest.mark.parametrize(
    ("path", "asked"),
    [
        ("Space.projects", "spaces(first: 7) { nodes { projects(%s) { %s } } }"),
        ("Space.grants", "spaces(first: 7) { nodes { grants(%s) { %s } } }"),
        ("Space.whoHasAccess", "spaces(first: 7) { nodes { whoHasAccess(%s) { %s } } }"),
        ("Member.canAccess", "users(first: 7) { nodes { canAccess(%s) { %s } } }"),
        ("Group.members", "groups(first: 7) { nodes { members(%s) { %s } } }"),
        ("Group.history", "groups(first: 7) { nodes { history(%s) { %s } } }"),
    ],
)
def test_a_list_weighs_its_parents_its_rows_its_count_and_what_is_looked_through(
    path: str, asked: str
) -> None:
    weight, outer = weight_of(path), cost(ROOT + asked.partition("{")[0] + "{ __typename } } }")
    of_none = weight.parent
    assert cost(ROOT + asked % ("first: 0", "__typename") + " } }") == outer + 7 * of_none
    assert cost(ROOT + asked % ("first: 3", "nodes { __typename }") + " } }") == outer + 7 * (
        of_none + 3 * weight.row
    )
    assert cost(
        ROOT + asked % ("first: 0", "totalCount a: totalCount ...{ totalCount }") + " } }"
    ) == outer + 7 * (of_none + weight.count)


def test_a_filter_and_another_order_weigh_what_they_look_through() -> None:
    plain, weight = cost("{ org { assets(first: 0) { totalCount } } }"), weight_of("Org.assets")
    for sifted in (
        'filter: {nameContains: "a"}, first: 0',
        "orderBy: {field: NAME, direction: ASC}, first: 0",
        'first: 0, orderBy: {field: NAME, direction: ASC}, filter: {nameContains: "a"}',
    ):
        asked = f"{{ org {{ assets({sifted}) {{ totalCount }} }} }}"
        assert cost(asked) == plain + weight.sift
    assert cost('{ org { assets(first: 0, after: "x") { totalCount } } }') == plain


def test_explanations_weigh_what_it_takes_to_make_them() -> None:
    access, ways = weight_of("Space.access"), weight_of("Access.ways")
    asked = "spaces(first: 9) { nodes { access { level %s } } }"
    without = cost(ROOT + asked % "" + " } }")
    assert without >= 9 * access.parent
    found = cost(ROOT + asked % "ways(to: OWNER, first: 4) { redacted }" + " } }") - without
    assert found == 9 * (ways.parent + 4 * ways.row)
    usual = cost(ROOT + asked % "ways(to: OWNER) { redacted }" + " } }") - without
    assert usual == 9 * (ways.parent + 20 * ways.row)


def test_long_values_weigh_more_than_short_ones() -> None:
    asked = "{ org { assets(first: 100) { nodes { key %s } } } }"
    plain = cost(asked % "")
    assert cost(asked % "name kind") == plain
    assert cost(asked % "metadata") == plain + 100 * 5
    assert cost(asked % "content { text }") == plain + 100 * (1 + 100)


def test_what_an_interface_has_weighs_no_less_than_in_any_type_of_it() -> None:
    weights = weights_of(schema())
    pairs = [
        (own.weight, weights[type_.name][name].weight)
        for interface in schema().type_map.values()
        if isinstance(interface, GraphQLInterfaceType)
        for type_ in schema().get_implementations(interface).objects
        for name, own in weights[interface.name].items()
    ]
    assert len(pairs) > 10
    for own, weight in pairs:
        assert all(mine >= its for mine, its in zip(astuple(own), astuple(weight), strict=True))
