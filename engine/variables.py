"""The values of an operation's variables: as they were given where that will do, else coerced."""

# graphql-core leaves the parameters of its generic types open.
# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false
# pyright: reportUnknownArgumentType=false, reportUnknownParameterType=false

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any, TypeAlias

from graphql import (
    GraphQLBoolean,
    GraphQLError,
    GraphQLID,
    GraphQLInputType,
    GraphQLInt,
    GraphQLSchema,
    GraphQLString,
    GraphQLType,
    VariableDefinitionNode,
    get_nullable_type,
    is_list_type,
)
from graphql.execution.get_variable_signature import (
    GraphQLVariableSignature,
    get_variable_signature,
)
from graphql.execution.values import VariableValues, VariableValueSource, get_variable_values

INTS = range(-(2**31), 2**31)
# Which values of JSON the type takes as they are.
IS_PLAIN: Mapping[GraphQLType, Callable[[Any], bool]] = {
    GraphQLID: lambda value: type(value) is str,
    GraphQLString: lambda value: type(value) is str,
    GraphQLBoolean: lambda value: type(value) is bool,
    GraphQLInt: lambda value: type(value) is int and value in INTS,
}
Plain: TypeAlias = Sequence[tuple[GraphQLVariableSignature, Callable[[Any], bool]]]
Read: TypeAlias = Callable[[Mapping[str, Any]], VariableValues | None]


def reader_of(schema: GraphQLSchema, definitions: Sequence[VariableDefinitionNode]) -> Read:
    """Return what reads the variables of requests; it returns None where they are no good."""
    coerced = partial(_coerced, schema, definitions)
    signatures = [get_variable_signature(schema, definition) for definition in definitions]
    plain = [
        (each, is_plain)
        for each in signatures
        if not isinstance(each, GraphQLError)
        and (is_plain := _takes_as_it_is(each.type)) is not None
    ]
    if len(plain) < len(signatures):
        return coerced
    return lambda given: _plain(plain, given) or coerced(given)


def _takes_as_it_is(type_: GraphQLInputType) -> Callable[[Any], bool] | None:
    """Return which values the type takes as they are; None for a type that has to look at each."""
    nullable = get_nullable_type(type_)
    if not is_list_type(nullable):
        return IS_PLAIN.get(nullable)
    is_plain = _takes_as_it_is(nullable.of_type)
    return is_plain and (lambda value: type(value) is list and all(map(is_plain, value)))


def _plain(plain: Plain, given: Mapping[str, Any]) -> VariableValues | None:
    """Return what coercion would, if each variable is given and a value that stays as it is."""
    values = VariableValues({}, {})
    for signature, is_plain in plain:
        name = signature.name
        if name not in given or not is_plain(given[name]):
            return None
        values.sources[name] = VariableValueSource(signature, given[name])
        values.coerced[name] = given[name]
    return values


def _coerced(
    schema: GraphQLSchema, definitions: Sequence[VariableDefinitionNode], given: Mapping[str, Any]
) -> VariableValues | None:
    values = get_variable_values(schema, definitions, dict(given))
    return values if isinstance(values, VariableValues) else None
