"""What one selected field makes the server do, as a table made once for each schema."""

# graphql-core leaves the parameters of GraphQLList and GraphQLNonNull open in what it returns.
# pyright: reportUnknownMemberType=false, reportUnknownArgumentType=false
# pyright: reportUnknownVariableType=false

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import astuple, replace
from enum import Enum
from functools import lru_cache
from typing import NamedTuple, TypeAlias

from graphql import (
    GraphQLArgument,
    GraphQLField,
    GraphQLInterfaceType,
    GraphQLNamedType,
    GraphQLObjectType,
    GraphQLSchema,
    GraphQLUnionType,
    get_named_type,
    get_nullable_type,
    is_list_type,
)

from engine.edge import BY_KEY, Column, Connection, Edge, PagePart, Weight
from engine.page import DEFAULT_SIZE
from engine.resolve import declaration_of
from schema.introspected import BY_NAME, OBJECT, TEXT, lengths_of

LISTED = 100  # no list without a page or ids is longer

Place: TypeAlias = tuple[str, str]  # the names of a type and of a field in it


class Counts(Enum):
    """How many rows a field itself gives: none, one, its page's size or the number of its ids.

    A change, and its `results`, count as often as it is given ids, members or grants; a list that
    has no page is counted as if it were as long as such lists get. The `total` of a list is its
    connection's.
    """

    NOTHING = "nothing"
    NODE = "node"
    PAGE = "page"
    IDS = "ids"
    LIST = "list"
    TOTAL = "total"
    RESULTS = "results"
    CHANGES = "changes"


class Weighed(NamedTuple):
    """What a field counts, the name of the type below it, its weight, and its usual size."""

    counts: Counts
    below: str
    weight: Weight
    size: int = DEFAULT_SIZE


FREE = Weight(0, 0, 0, 0)
PLAIN = Weight(parent=0, row=1, count=0)  # of a list that declares nothing
UNKNOWN = Weighed(Counts.NOTHING, "", FREE)

Fields: TypeAlias = Mapping[str, Mapping[str, GraphQLField]]
Weights: TypeAlias = Mapping[str, Mapping[str, Weighed]]


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
    found = {
        type_name: {
            name: _weighed(field, known.get((type_name, name)) or _counts(field))
            for name, field in own.items()
        }
        for type_name, own in fields.items()
    }
    told = {name: found.get(name, {}) | its for name, its in _introspection(schema, fields)}
    return {**found, **dict(_interfaces(schema, found)), **told}


def _introspection(
    schema: GraphQLSchema, fields: Fields
) -> Iterator[tuple[str, dict[str, Weighed]]]:
    """Yield the fields of introspection's types, and those that lead to them from the root."""
    lengths = lengths_of(schema)
    for type_name, own in fields.items():
        if type_name.startswith("__"):
            told = {
                name: _told(field, lengths.get((type_name, name))) for name, field in own.items()
            }
            yield type_name, told
    if schema.query_type is not None:
        by_name = Weighed(Counts.LIST, "__Type", OBJECT, lengths[BY_NAME])
        roots = {"__schema": Weighed(Counts.NODE, "__Schema", OBJECT), "__type": by_name}
        yield schema.query_type.name, roots


def _told(field: GraphQLField, length: int | None) -> Weighed:
    below = get_named_type(field.type)
    if not isinstance(below, GraphQLObjectType):
        return Weighed(Counts.NOTHING, "", replace(FREE, parent=TEXT * (length or 1)))
    counts = Counts.NODE if length is None else Counts.LIST
    return Weighed(counts, below.name, OBJECT, length or 1)


def _interfaces(schema: GraphQLSchema, found: Weights) -> Iterator[tuple[str, dict[str, Weighed]]]:
    """Yield the fields of each interface, which weigh what they do in the heaviest type of it."""
    for type_ in schema.type_map.values():
        if isinstance(type_, GraphQLInterfaceType):
            types = [each.name for each in schema.get_implementations(type_).objects]
            yield (
                type_.name,
                {
                    name: own._replace(
                        weight=_heaviest(
                            [own.weight, *(found[each][name].weight for each in types)]
                        )
                    )
                    for name, own in found[type_.name].items()
                },
            )


def _heaviest(weights: Sequence[Weight]) -> Weight:
    most = (max(each) for each in zip(*map(astuple, weights), strict=True))
    return Weight(*most)


def _weighed(field: GraphQLField, counts: Counts) -> Weighed:
    below = get_named_type(field.type).name
    first = field.args.get("first")
    default = first.default_value if first else None
    size = default if isinstance(default, int) else DEFAULT_SIZE
    size = LISTED if counts is Counts.LIST else size
    return Weighed(counts, below, _weight(field, counts), size)


def _weight(field: GraphQLField, counts: Counts) -> Weight:
    """Return what the field declares, or what is usual for one of its kind."""
    match declaration_of(field):
        case Edge(weight=weight) | Connection(weight=weight):
            return weight
        case Column(weight=weight):
            return replace(FREE, parent=weight)
        case _:
            usual = {Counts.NODE: BY_KEY, Counts.PAGE: PLAIN, Counts.IDS: PLAIN}
            return usual.get(counts, FREE)


def _changes(schema: GraphQLSchema) -> Iterator[tuple[Place, str]]:
    """Yield the changes, each with the name of its payload's type."""
    root = schema.mutation_type
    for name, field in root.fields.items() if root else ():
        if "input" in field.args:
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
    declaration = declaration_of(field)
    if isinstance(declaration, PagePart):
        return Counts.TOTAL if declaration.name == "total_count" else Counts.NOTHING
    if "first" in field.args:
        return Counts.PAGE
    ids = field.args.get("ids")
    if ids is not None and _is_list(ids) and _is_list(field):
        return Counts.IDS
    if _is_node(get_named_type(field.type)):
        return Counts.NODE
    if isinstance(declaration, Edge) and not declaration.many:
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
