"""Gives every declared field of a schema its resolver for the standard executor."""

# graphql-core leaves the parameters of its generic types open.
# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false

from collections.abc import Callable, Mapping
from operator import attrgetter
from typing import Any

from graphql import GraphQLArgument, GraphQLField, GraphQLObjectType, GraphQLSchema, get_named_type
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
from engine.inputs import check_of, raise_mistake
from engine.loader import Listed, PageEdge
from engine.page import read_page

Resolver = Callable[..., Any]


def declaration_of(field: GraphQLField) -> Declaration | None:
    """Return the declaration that a schema's field bears, if any."""
    definition = field.extensions.get(GraphQLCoreConverter.DEFINITION_BACKREF)
    return definition.metadata.get(MARK) if definition else None


def install(schema: GraphQLSchema) -> None:
    """Set the resolver of every field that bears a declaration.

    The resolver then gets its arguments as the client named them, as the compiled executor does,
    and none that break a rule which is declared for them.
    """
    for type_ in schema.type_map.values():
        if isinstance(type_, GraphQLObjectType):
            for field in type_.fields.values():
                declaration = declaration_of(field)
                if declaration is not None:
                    field.resolve = _resolver(declaration, field.args)


def _resolver(declaration: Declaration, arguments: Mapping[str, GraphQLArgument]) -> Resolver:
    if isinstance(declaration, Mutated):
        given: Any = arguments["input"].type
        return _mutated(declaration, get_named_type(given))
    return _ruled(RESOLVERS[type(declaration)](declaration), arguments)


def _ruled(resolve: Resolver, arguments: Mapping[str, GraphQLArgument]) -> Resolver:
    """Return the resolver behind a look at its arguments."""
    check = check_of(arguments)
    if check is None:
        return resolve

    def resolve_ruled(row: Any, info: Any, **given: Any) -> Any:
        raise_mistake(check(given, ""))
        return resolve(row, info, **given)

    return resolve_ruled


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
        return [find(info, public_id) for public_id in arguments["ids"]]

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


def _mutated(mutated: Mutated, given: Any) -> Resolver:
    """Return what makes a change, unless there are mistakes in the input: they are its answer."""
    check = check_of(given.fields)

    async def resolve(_row: Any, info: Any, **arguments: Any) -> Any:
        mistakes = [*check(arguments["input"], "")] if check else []
        if mistakes:
            return info.context.refuse(mistakes)
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
}
