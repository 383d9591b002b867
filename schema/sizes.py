"""How many nodes the arguments of a field ask for."""

from collections.abc import Iterable, Mapping, Sequence
from typing import TypeAlias, cast

from graphql import (
    FieldNode,
    IntValueNode,
    ListValueNode,
    NullValueNode,
    ObjectValueNode,
    OperationDefinitionNode,
    ValueNode,
    VariableNode,
)

from engine.page import LARGEST_SIZE

PAGING = {"first", "after", "last", "before"}
Variables: TypeAlias = Mapping[str, object]


class Sizes:
    """Reads sizes from literals, from the request's variables and from their defaults."""

    def __init__(self, operations: Iterable[OperationDefinitionNode], variables: Variables) -> None:
        self._variables = variables
        self._defaults = {
            definition.variable.name.value: definition.default_value
            for operation in operations
            for definition in operation.variable_definitions or ()
        }

    def page(self, field: FieldNode, *, usual: int) -> int:
        """Return how many nodes the field's page may hold: the usual where nothing says so.

        Of `first` and `last` together, which a resolver refuses, the larger counts.
        """
        sizes = [whole(self._argument(field, name)) for name in ("first", "last")]
        return max((size for size in sizes if size is not None), default=usual)

    def sifts(self, field: FieldNode) -> bool:
        """Return whether the field's list may be filtered, or in another order than its own."""
        given = {argument.name.value for argument in field.arguments or ()}
        return bool(given - PAGING)

    def ids(self, field: FieldNode) -> int:
        """Return how many ids the field is given; a value that is no list is a list of one."""
        value = self._argument(field, "ids")
        return 0 if value is None else length(value)

    def changed(self, field: FieldNode) -> int:
        """Return how much a change is of: as much as the lists in its `input` hold, or of one."""
        value = self._argument(field, "input")
        if isinstance(value, ObjectValueNode):
            value = {each.name.value: self._read(each.value) for each in value.fields}
        return max(1, listed(value))

    def _argument(self, field: FieldNode, name: str) -> object:
        for argument in field.arguments or ():
            if argument.name.value == name:
                return self._read(argument.value)
        return None

    def _read(self, node: ValueNode) -> object:
        """Return numbers and lists as Python's, null and absence as None, the rest as it is."""
        match node:
            case VariableNode():
                return self._variable(node.name.value)
            case IntValueNode():
                return int(node.value[:9])  # far above a page; int() refuses thousands of digits
            case ListValueNode():
                return node.values
            case NullValueNode():
                return None
            case _:
                return node

    def _variable(self, name: str) -> object:
        if name in self._variables:
            return self._variables[name]
        default = self._defaults.get(name)
        return None if default is None else self._read(default)


def whole(value: object) -> int | None:
    """Return what graphql-core reads as an Int, within 0 and the largest page; None for the rest.

    10.0 is ten; a boolean, a fraction or a string is no number.
    """
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    if isinstance(value, float) and not value.is_integer():
        return None
    return max(0, min(int(value), LARGEST_SIZE))


def length(value: object) -> int:
    """Return how many items a value other than null holds, read as a list."""
    items = _items(value)
    return 1 if items is None else items


def listed(value: object) -> int:
    """Return how many items the lists in an object hold together."""
    if not isinstance(value, dict):
        return 0
    held = cast("dict[str, object]", value).values()
    return sum(_items(each) or 0 for each in held)


def _items(value: object) -> int | None:
    return len(cast("Sequence[object]", value)) if isinstance(value, list | tuple) else None


def shape(value: object) -> object:
    """Return what sizes can depend on in a variable's value: equal shapes give equal sizes."""
    return None if value is None else (whole(value), length(value), listed(value))
