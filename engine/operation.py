"""One operation of a document, as far as it can be known before its variables are."""

from dataclasses import dataclass, field
from typing import Any

from graphql import (
    DirectiveNode,
    DocumentNode,
    FragmentDefinitionNode,
    OperationDefinitionNode,
    OperationType,
    VariableNode,
    Visitor,
    get_operation_ast,
    visit,
)
from graphql.execution.collect_fields import FragmentDetails

from engine.variables import Read

KNOWN_DIRECTIVES = {"skip", "include"}
LONGEST_NAME = 64  # of an operation, in the log


@dataclass(slots=True, eq=False)
class Operation:
    """An operation, its document's fragments, and the variables that decide its fields.

    `read` reads the variables, once that was made for the executor's schema.
    `unsupported` says why only the standard executor can run it, None where it may be compiled.
    `logged` are the reasons for which it was not compiled and the log knows it.
    """

    definition: OperationDefinitionNode
    fragments: dict[str, FragmentDetails]
    deciding: tuple[str, ...]
    unsupported: str | None
    plans: dict[tuple[Any, ...], Any] = field(default_factory=dict)
    read: Read | None = None
    logged: set[str] = field(default_factory=set[str])

    @property
    def name(self) -> str | None:
        """Return the name that the client gave, as long as the log may have it."""
        name = self.definition.name
        return name.value[:LONGEST_NAME] if name else None


class _Directives(Visitor):
    def __init__(self) -> None:
        super().__init__()
        self.names: set[str] = set()
        self.variables: set[str] = set()

    def enter_directive(self, node: DirectiveNode, *_: Any) -> None:
        self.names.add(node.name.value)
        values = (argument.value for argument in node.arguments or ())
        self.variables |= {v.name.value for v in values if isinstance(v, VariableNode)}


def read_operation(document: DocumentNode, name: str | None) -> Operation | None:
    """Return the operation of the name, or the only one; None where there isn't just that one."""
    definition = get_operation_ast(document, name)
    if definition is None:
        return None
    directives = _Directives()
    visit(document, directives)
    fragments = {
        each.name.value: FragmentDetails(each)
        for each in document.definitions
        if isinstance(each, FragmentDefinitionNode)
    }
    reason = None
    if definition.operation is not OperationType.QUERY:
        reason = definition.operation.value
    elif directives.names - KNOWN_DIRECTIVES:
        reason = "directive"
    return Operation(definition, fragments, tuple(sorted(directives.variables)), reason)
