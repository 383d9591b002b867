"""What the fields of introspection weigh: what they return of a schema, by its lists' lengths."""

# graphql-core leaves the parameters of its generic types open.
# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false
# pyright: reportUnknownArgumentType=false

import math
from collections.abc import Collection, Iterable, Mapping

from graphql import (
    GraphQLEnumType,
    GraphQLField,
    GraphQLInputObjectType,
    GraphQLInterfaceType,
    GraphQLNamedType,
    GraphQLObjectType,
    GraphQLSchema,
    GraphQLUnionType,
)

from engine.edge import Weight

OBJECT = Weight(parent=2, row=2, count=0)  # one thing that is told, made by the standard executor
TEXT = 1  # a value of it
BY_NAME = ("", "__type")

Lengths = Mapping[tuple[str, str], int]


def lengths_of(schema: GraphQLSchema) -> Lengths:
    """Return how long the lists of introspection are: those of each type, and so on, on average.

    Of one type by its name, whatever is asked counts as often as the longest goes into the average.
    """
    types = schema.type_map.values()
    fields = [_fields(each) for each in types]
    arguments = [field.args for own in fields for field in own.values()]
    arguments += [each.args for each in schema.directives]
    return {
        ("__Schema", "types"): len(types),
        ("__Schema", "directives"): len(schema.directives),
        ("__Type", "fields"): _average(fields),
        ("__Type", "inputFields"): _average(
            each.fields if isinstance(each, GraphQLInputObjectType) else () for each in types
        ),
        ("__Type", "enumValues"): _average(
            each.values if isinstance(each, GraphQLEnumType) else () for each in types
        ),
        ("__Type", "interfaces"): _average(getattr(each, "interfaces", ()) for each in types),
        ("__Type", "possibleTypes"): _average(_possible(schema, each) for each in types),
        ("__Field", "args"): _average(arguments),
        ("__Directive", "args"): _average(each.args for each in schema.directives),
        ("__Directive", "locations"): 1,
        BY_NAME: math.ceil(max(map(len, fields)) / _average(fields)),
    }


def _fields(type_: GraphQLNamedType) -> dict[str, GraphQLField]:
    if isinstance(type_, GraphQLObjectType | GraphQLInterfaceType):
        return {**type_.fields}
    return {}


def _possible(schema: GraphQLSchema, type_: GraphQLNamedType) -> Collection[object]:
    if isinstance(type_, GraphQLInterfaceType | GraphQLUnionType):
        return schema.get_possible_types(type_)
    return ()


def _average(found: Iterable[Collection[object]]) -> int:
    lengths = [len(each) for each in found]
    return math.ceil(sum(lengths) / max(len(lengths), 1)) or 1
