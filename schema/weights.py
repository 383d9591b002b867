"""What one selected field may bring back, as a table made once for each schema."""

# graphql-core leaves the parameters of GraphQLList and GraphQLNonNull open in what it returns.
# pyright: reportUnknownMemberType=false, reportUnknownArgumentType=false
# pyright: reportUnknownVariableType=false

from collections.abc import Iterable, Iterator, Mapping
from enum import Enum
from functools import lru_cache
from typing import NamedTuple, TypeAlias

from graphql import (
    GraphQLArgument,
    GraphQLField,
    GraphQLInputObjectType,
    GraphQLInterfaceType,
    GraphQLNamedType,
    GraphQLObjectType,
    GraphQLSchema,
    GraphQLUnionType,
    get_named_type,
    get_nullable_type,
    is_list_type,
)

LISTED = 100  # no list without a page or ids is longer

Place: TypeAlias = tuple[str, str]  # the names of a type and of a field in it


class Counts(Enum):
    """What a field itself counts: nothing, one node, its page's size or the number of its ids.

    A change of many counts its `results` as often as it is given ids; a list that has no page is
    counted as if it were as long as such lists get.
    """

    NOTHING = "nothing"
    NODE = "node"
    PAGE = "page"
    IDS = "ids"
    LIST = "list"
    RESULTS = "results"
    CHANGES = "changes"


class Weight(NamedTuple):
    """What a field counts, and the name of the type whose fields are selected below it."""

    counts: Counts
    below: str


UNKNOWN = Weight(Counts.NOTHING, "")

Fields: TypeAlias = Mapping[str, Mapping[str, GraphQLField]]
Weights: TypeAlias = Mapping[str, Mapping[str, Weight]]


@lru_cache(maxsize=8)
def weights_of(schema: GraphQLSchema) -> Weights:
    """Return the weight of every field, by the name of its type and then its own."""
    fields = {
        type_.name: type_.fields
        for type_ in schema.type_map.values()
        if isinstance(type_, GraphQLObjectType | GraphQLInterfaceType)
    }
    changes = dict(_changes(schema))
    known = {
        **dict.fromkeys(_wrappers(fields), Counts.NOTHING),
        **dict.fromkeys(changes, Counts.CHANGES),
        **dict.fromkeys(_results(fields, changes.values()), Counts.RESULTS),
    }
    return {
        type_name: {
            name: Weight(
                known.get((type_name, name)) or _counts(field), get_named_type(field.type).name
            )
            for name, field in own.items()
        }
        for type_name, own in fields.items()
    }


def _changes(schema: GraphQLSchema) -> Iterator[tuple[Place, str]]:
    """Yield the changes of many, each with the name of its payload's type."""
    root = schema.mutation_type
    for name, field in root.fields.items() if root else ():
        given = field.args.get("input")
        type_ = get_named_type(given.type) if given else None
        if isinstance(type_, GraphQLInputObjectType) and "ids" in type_.fields:
            yield (root.name if root else "", name), get_named_type(field.type).name


def _results(fields: Fields, payloads: Iterable[str]) -> Iterator[Place]:
    """Yield the lists in those payloads that have a row for each id."""
    for payload in payloads:
        for name, field in fields.get(payload, {}).items():
            if _is_list(field) and isinstance(get_named_type(field.type), GraphQLObjectType):
                yield payload, name


def _wrappers(fields: Fields) -> Iterator[Place]:
    """Yield the fields that only hold a page's nodes, which the page has counted already."""
    pages = [field for own in fields.values() for field in own.values() if "first" in field.args]
    for page in pages:
        connection = get_named_type(page.type).name
        for name in ("nodes", "edges"):
            yield connection, name
        edges = fields.get(connection, {}).get("edges")
        if edges is not None:
            yield get_named_type(edges.type).name, "node"


def _counts(field: GraphQLField) -> Counts:
    if "first" in field.args:
        return Counts.PAGE
    ids = field.args.get("ids")
    if ids is not None and _is_list(ids) and _is_list(field):
        return Counts.IDS
    if _is_node(get_named_type(field.type)):
        return Counts.NODE
    return Counts.LIST if _is_list(field) else Counts.NOTHING


def _is_list(holder: GraphQLField | GraphQLArgument) -> bool:
    return is_list_type(get_nullable_type(holder.type))


def _is_node(type_: GraphQLNamedType) -> bool:
    if isinstance(type_, GraphQLUnionType):
        return any(_is_node(member) for member in type_.types)
    if isinstance(type_, GraphQLObjectType | GraphQLInterfaceType):
        return type_.name == "Node" or any(own.name == "Node" for own in type_.interfaces)
    return False
