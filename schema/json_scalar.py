"""The scalar JSON: literals and variables are taken by one rule."""

from typing import Any

from graphql import (
    GraphQLError,
    GraphQLScalarType,
    GraphQLSchema,
    StringValueNode,
    ValueNode,
    value_from_ast_untyped,
)

from resolvers.json_values import problem_of

NAME = "JSON"


def taken(value: Any) -> Any:
    """Return a value as it is; GraphQLError where it can't be kept or answered so."""
    if problem := problem_of(value):
        raise GraphQLError(f"{NAME} {problem}.")
    return value


def _literal(node: ValueNode) -> Any:
    """Return the value of a literal, in which variables have been replaced by what was sent."""
    return taken(value_from_ast_untyped(node))


def _text(value: Any) -> StringValueNode | None:
    return StringValueNode(value=value) if isinstance(value, str) else None


def install_json(schema: GraphQLSchema) -> None:
    """Let the schema's scalar take literals as it takes variables.

    The usual way reads variables within a literal as they are inside: a time as a number. An ID
    is put there as the text that it is, not as a number where it looks like one.
    """
    scalar, id_ = schema.type_map[NAME], schema.type_map["ID"]
    if isinstance(scalar, GraphQLScalarType) and isinstance(id_, GraphQLScalarType):
        scalar.coerce_input_literal = _literal
        id_.value_to_literal = _text
