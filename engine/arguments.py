"""How a compiled operation reads the arguments of a field."""

# graphql-core leaves the parameters of its generic types open.
# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false

from collections.abc import Callable, Mapping
from typing import Any

from graphql import VariableNode, Visitor, visit
from graphql.execution.values import VariableValues, get_argument_values

from engine.inputs import check_of, raise_mistake
from engine.plan import Called


def reading_of(
    called: Called, read: Callable[[Mapping[str, Any]], Any]
) -> Callable[[VariableValues], Any]:
    """Return the function from variables to what `read` makes of the field's arguments."""
    definition, node = called.definition, called.node
    check = check_of(definition.args)

    def reading(variables: VariableValues) -> Any:
        given = get_argument_values(definition, node, variables)
        if check is not None:
            raise_mistake(check(given, ""))
        return read(given)

    return reading


class _Variables(Visitor):
    found = False

    def enter_variable(self, _node: VariableNode, *_: Any) -> None:
        self.found = True


def has_variables(called: Called) -> bool:
    """Return whether the field's arguments name a variable."""
    visitor = _Variables()
    for argument in called.node.arguments or ():
        visit(argument, visitor)
    return visitor.found
