"""Variables that decide by @skip or @include whether a field is asked for: none of them is null.

The language lets a variable with a default value stand there, and a client give null for it. That
is found here, before anything runs: the executor would find it where it comes to the field.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from graphql import (
    DirectiveNode,
    DocumentNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLError,
    OperationDefinitionNode,
    VariableNode,
    Visitor,
    visit,
)

BAD_INPUT = "BAD_INPUT"


def null_condition(
    operation: OperationDefinitionNode, document: DocumentNode, variables: Mapping[str, Any]
) -> GraphQLError | None:
    """Return the error where a variable that decides about a field is null."""
    nulls = {name for name, value in variables.items() if value is None}
    if not nulls:
        return None
    for node in _conditions(operation, document):
        if node.name.value in nulls:
            message = f"The variable ${node.name.value} of @skip or @include can't be null."
            return GraphQLError(message, node, extensions={"code": BAD_INPUT})
    return None


def _conditions(
    operation: OperationDefinitionNode, document: DocumentNode
) -> Iterator[VariableNode]:
    """Yield the variables in directives of the operation, and of the fragments that it uses."""
    fragments = {
        each.name.value: each
        for each in document.definitions
        if isinstance(each, FragmentDefinitionNode)
    }
    waiting: list[OperationDefinitionNode | FragmentDefinitionNode] = [operation]
    while waiting:
        found = _Conditions()
        visit(waiting.pop(), found)
        yield from found.variables
        waiting += [fragments.pop(name) for name in found.spreads if name in fragments]


class _Conditions(Visitor):
    def __init__(self) -> None:
        super().__init__()
        self.variables: list[VariableNode] = []
        self.spreads: dict[str, None] = {}

    def enter_directive(self, node: DirectiveNode, *_: Any) -> None:
        values = (argument.value for argument in node.arguments or ())
        self.variables += [value for value in values if isinstance(value, VariableNode)]

    def enter_fragment_spread(self, node: FragmentSpreadNode, *_: Any) -> None:
        self.spreads[node.name.value] = None
