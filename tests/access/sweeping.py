"""The fields of the built schema that lead to nodes or take their ids."""

from collections.abc import Collection
from typing import Any

from graphql import (
    GraphQLField,
    GraphQLNamedType,
    GraphQLObjectType,
    is_interface_type,
)

from schema.root import executable_schema

SCHEMA = executable_schema()
# What lists are made of, and what the rows of mutations are about.
APART = ("Connection", "Edge", "PageInfo", "Payload", "Result", "Mutation")


def mutations() -> dict[str, set[str]]:
    """Return the names of the fields of each mutation's payload."""
    root = SCHEMA.mutation_type
    assert root is not None
    return {name: set(_fields(_of(field))) for name, field in root.fields.items()}


def node_fields() -> set[str]:
    """Return the fields that return nodes or what leads to them, or take an id."""
    leading = _leading()
    return {
        f"{type_.name}.{name}"
        for type_ in _types()
        for name, field in type_.fields.items()
        if leads_to(field).name in leading or _takes_id(field)
    }


def field_of(name: str) -> GraphQLField:
    """Return the field with a name such as `Space.projects`."""
    type_, _, field = name.partition(".")
    return _fields(SCHEMA.type_map[type_])[field]


def leads_to(field: GraphQLField) -> GraphQLNamedType:
    """Return the type that a field leads to: of a list that of its rows."""
    type_ = _of(field)
    return _of(_fields(type_)["nodes"]) if is_connection(field) else type_


def is_connection(field: GraphQLField) -> bool:
    """Return whether a field gives pages of a list."""
    return _of(field).name.endswith("Connection")


def _types() -> list[GraphQLObjectType]:
    objects = (type_ for type_ in SCHEMA.type_map.values() if isinstance(type_, GraphQLObjectType))
    return [type_ for type_ in objects if not type_.name.endswith(APART) and type_.name[0] != "_"]


def _leading() -> set[str]:
    """Return the types that are nodes, or have a field that leads to one that does."""
    found = {type_.name for type_ in SCHEMA.type_map.values() if is_interface_type(type_)}
    found |= {type_.name for type_ in _types() if type_.interfaces}
    while more := {type_.name for type_ in _types() if _leads_into(found, type_)} - found:
        found |= more
    return found


def _leads_into(found: Collection[str], type_: GraphQLObjectType) -> bool:
    return any(leads_to(field).name in found for field in type_.fields.values())


def _takes_id(field: GraphQLField) -> bool:
    return any(_of(argument).name == "ID" for argument in field.args.values())


def _fields(type_: GraphQLNamedType) -> dict[str, GraphQLField]:
    return type_.fields if isinstance(type_, GraphQLObjectType) else {}


def _of(place: Any) -> GraphQLNamedType:
    """Return the type of a field or an argument, be it one, many or perhaps none."""
    return SCHEMA.type_map[str(place.type).strip("[]!")]
