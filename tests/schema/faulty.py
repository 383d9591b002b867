"""A schema whose fields go wrong in every way that a field can."""

import sqlite3
from collections.abc import Callable
from typing import Any

from graphql import GraphQLError, GraphQLObjectType, GraphQLScalarType, GraphQLSchema, build_schema
from sqlalchemy.exc import OperationalError

SDL = """
scalar Even
enum Way { UP DOWN }
type Item { name: String! }
type Query {
  fine: String
  broken: String
  late: String
  lost: String
  refused: String
  large: Int
  items: [Item]
  named(way: Way! = UP, even: Even): String
}
type Mutation { change: String }
"""


class OddError(Exception):
    """What nobody expected; its text is nobody's business."""


def faulty_schema() -> GraphQLSchema:
    """Return the schema with its resolvers."""
    schema = build_schema(SDL)
    for type_name, resolvers in RESOLVERS.items():
        type_ = schema.type_map[type_name]
        assert isinstance(type_, GraphQLObjectType)
        for name, resolve in resolvers.items():
            type_.fields[name].resolve = resolve
    even = schema.type_map["Even"]
    assert isinstance(even, GraphQLScalarType)
    even.coerce_input_value = _even
    return schema


def _even(value: Any) -> int:
    if value % 2:
        raise ValueError("Expected an even number.")
    return int(value)


def _always(value: object) -> Callable[..., object]:
    def resolve(*_: object, **_arguments: object) -> object:
        return value

    return resolve


def _broken(*_: object) -> str:
    raise OddError("SELECT secret FROM vault")


async def _late(*_: object) -> str:
    return _broken()


def _lost(*_: object) -> str:
    raise OperationalError("SELECT 1", (), sqlite3.OperationalError("no such table: space"))


def _refused(*_: object) -> str:
    raise GraphQLError("Not so.", extensions={"code": "BAD_PAGE"})


def _name(item: str, _info: object) -> str | None:
    return None if item == "nameless" else item


RESOLVERS: dict[str, dict[str, Any]] = {
    "Query": {
        "fine": _always("fine"),
        "broken": _broken,
        "late": _late,
        "lost": _lost,
        "refused": _refused,
        "large": _always(2**40),
        "items": _always(["one", "nameless"]),
        "named": _always("named"),
    },
    "Item": {"name": _name},
    "Mutation": {"change": _always("changed")},
}
