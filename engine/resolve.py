"""Gives every declared field of a schema its resolver for the standard executor."""

from collections.abc import Callable
from operator import attrgetter
from typing import Any

from graphql import GraphQLField, GraphQLObjectType, GraphQLSchema
from strawberry.schema.schema_converter import GraphQLCoreConverter

from engine.edge import (
    MARK,
    Column,
    Connection,
    Declaration,
    Edge,
    Key,
    Lookup,
    Mutated,
    OfEdge,
    PagePart,
    Reference,
)
from engine.loader import Listed, PageEdge
from engine.page import read_ids, read_page

Resolver = Callable[..., Any]


def declaration_of(field: GraphQLField) -> Declaration | None:
    """Return the declaration that a schema's field bears, if any."""
    definition = field.extensions.get(GraphQLCoreConverter.DEFINITION_BACKREF)
    return definition.metadata.get(MARK) if definition else None


def install(schema: GraphQLSchema) -> None:
    """Set the resolver of every field that bears a declaration.

    The resolver then gets its arguments as the client named them, as the compiled executor does.
    """
    for type_ in schema.type_map.values():
        if isinstance(type_, GraphQLObjectType):
            for field in type_.fields.values():
                declaration = declaration_of(field)
                if declaration is not None:
                    field.resolve = RESOLVERS[type(declaration)](declaration)


def _column(declaration: Column) -> Resolver:
    read, make = _reader(declaration.columns), declaration.make

    def resolve(row: Any, _info: Any) -> Any:
        values = read(row)
        return values[0] if make is None else make(*values)

    return resolve


def _edge(edge: Edge) -> Resolver:
    read = _reader(edge.needs)

    def resolve(row: Any, info: Any, **arguments: Any) -> Any:
        return info.context.loaders.load(edge, edge.read(arguments), read(row))

    return resolve


def _connection(edge: Connection) -> Resolver:
    read = _reader(edge.needs)

    def resolve(row: Any, info: Any, **arguments: Any) -> Listed:
        page = read_page(arguments, edge.orders, descending=edge.descending)
        return Listed(info.context.loaders, edge, page=page, key=read(row))

    return resolve


def _lookup(lookup: Lookup) -> Resolver:
    async def find(info: Any, public_id: str | None) -> Any:
        found = None if public_id is None else lookup.parse(info.context, public_id)
        if found is None or found[0] not in lookup.edges:
            return None
        type_, key = found
        return await info.context.loaders.load(lookup.edges[type_], None, key)

    def resolve(row: Any, info: Any, **arguments: Any) -> Any:
        if lookup.column is not None:
            return find(info, getattr(row, lookup.column))
        if "id" in arguments:
            return find(info, arguments["id"])
        return [find(info, public_id) for public_id in read_ids(arguments)]

    return resolve


def _reference(reference: Reference) -> Resolver:
    read = _reader((reference.kind, reference.key))

    def resolve(row: Any, info: Any) -> Any:
        kind, key = read(row)
        edge = reference.edges.get(kind)
        return (
            None if edge is None or key is None else info.context.loaders.load(edge, None, (key,))
        )

    return resolve


def _mutated(mutated: Mutated) -> Resolver:
    async def resolve(_row: Any, info: Any, **arguments: Any) -> Any:
        return await info.context.change(mutated.name, mutated.work, arguments["input"])

    return resolve


def _page_part(part: PagePart) -> Resolver:
    def resolve(listed: Any, _info: Any) -> Any:
        return getattr(listed, part.name)()

    return resolve


def _of_edge(declaration: OfEdge) -> Resolver:
    def resolve(edge: PageEdge, _info: Any) -> Any:
        return getattr(edge.node, declaration.column)

    return resolve


def _reader(columns: tuple[str, ...]) -> Callable[[Any], Key]:
    """Return what reads the columns of a row as a tuple."""
    if not columns:
        return lambda _row: ()
    get = attrgetter(*columns)
    return get if len(columns) > 1 else lambda row: (get(row),)


RESOLVERS: dict[type, Callable[[Any], Resolver]] = {
    Column: _column,
    Edge: _edge,
    Connection: _connection,
    Lookup: _lookup,
    Reference: _reference,
    PagePart: _page_part,
    OfEdge: _of_edge,
    Mutated: _mutated,
}
