"""Validation of documents: GraphQL's rules, kept from answering at length."""

# graphql-core leaves the parameter of GraphQLList open in GraphQLInputType.
# pyright: reportUnknownParameterType=false, reportUnknownVariableType=false

import re
from typing import NoReturn

from graphql import (
    SKIP,
    ASTValidationRule,
    DocumentNode,
    GraphQLError,
    GraphQLInputType,
    GraphQLSchema,
    NoSchemaIntrospectionCustomRule,
    ValueNode,
    ValuesOfCorrectTypeRule,
    VisitorAction,
    specified_rules,
    validate,
    validate_input_literal,
)
from strawberry.schema.validation_rules.maybe_null import MaybeNullValidationRule

MOST_ERRORS = 20

SUGGESTION = re.compile(r" Did you mean [^?]*\?")


class FirstErrorInValueRule(ValuesOfCorrectTypeRule):
    """Reports the first thing wrong with a literal, where its base reports everything.

    Each error prints the literal, so an object of 3,300 unknown fields took six seconds.
    """

    def is_valid_value_node(
        self, node: ValueNode, input_type: GraphQLInputType | None
    ) -> VisitorAction:
        """Check a literal up to its first error."""
        if input_type is not None:
            try:
                validate_input_literal(node, input_type, _stop)
            except GraphQLError as error:
                self.report_error(error)
        return SKIP


# Strawberry's rule for one-of inputs is left out: an undefined variable makes it raise KeyError,
# and coercion checks those inputs again.
RULES: tuple[type[ASTValidationRule], ...] = (
    *(rule for rule in specified_rules if rule is not ValuesOfCorrectTypeRule),
    FirstErrorInValueRule,
    MaybeNullValidationRule,
)


def validation_errors(
    schema: GraphQLSchema, document: DocumentNode, *, introspection: bool
) -> list[GraphQLError]:
    """Return the errors, none if the document is valid; after twenty the last says so.

    Without `introspection` it is refused, and the errors do not suggest names of the schema.
    """
    if introspection:
        return validate(schema, document, RULES, max_errors=MOST_ERRORS)
    rules = (*RULES, NoSchemaIntrospectionCustomRule)
    errors = validate(schema, document, rules, max_errors=MOST_ERRORS)
    hide_suggestions(errors)
    return errors


def hide_suggestions(errors: list[GraphQLError] | None) -> None:
    """Cut "Did you mean ...?", which tells the schema's names, out of the messages in place."""
    for error in errors or ():
        error.message = SUGGESTION.sub("", error.message)


def _stop(error: GraphQLError, _path: list[str | int]) -> NoReturn:
    raise error
