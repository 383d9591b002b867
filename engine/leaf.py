"""Writes the expressions of leaves: values made of a row's columns."""

# graphql-core leaves the parameters of its generic types open.
# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false
# pyright: reportUnknownArgumentType=false

import re
from collections.abc import Callable, Sequence
from typing import Any

from graphql import (
    GraphQLLeafType,
    get_named_type,
    is_enum_type,
    is_non_null_type,
    is_specified_scalar_type,
)

from engine.plan import Leaf
from engine.runtime import Memo
from engine.source import Source

OWN = re.compile(r"\{(?!context\.)")  # what a text takes of the row, not of the context
# How scalars that aren't as the driver gives them are written: SQLite has no booleans.
SCALARS = {"Boolean": "{} != 0", "Int": "small({})"}


def leaf_expression(source: Source, leaf: Leaf, columns: Sequence[str]) -> str:
    """Return the value of a leaf over the expressions of its columns."""
    column, type_ = leaf.column, get_named_type(leaf.type)
    place = ", ".join(column.columns)
    if column.template:
        return _text(source, column.template.format(*(f"{{{name}}}" for name in columns)))
    if column.raw:
        return f"{source.constant('raw', column.raw, place)}({columns[0]})"
    if column.make is None and is_specified_scalar_type(type_):
        return _scalar(SCALARS.get(type_.name, "{}"), columns[0], leaf)
    serialize = _serializer(type_, column.make)
    if is_enum_type(type_) and len(columns) == 1:
        return f"{source.constant(type_.name, Memo(serialize), place)}[{columns[0]}]"
    return f"{source.constant('make', serialize, place)}({', '.join(columns)})"


def _scalar(form: str, column: str, leaf: Leaf) -> str:
    """Return a column as its scalar is written; null stays null."""
    written = form.format(column)
    whole = written == column or is_non_null_type(leaf.type)
    return written if whole else f"(None if {column} is None else {written})"


def _text(source: Source, template: str) -> str:
    """Return a text of columns; what comes before the first of the row's own is made once."""
    own = OWN.search(template)
    head = template[: own.start()] if own else template
    if "{" in head:
        name = source.name("head")
        source.line(f"{name} = f{head!r}")
        template = f"{{{name}}}{template[len(head) :]}"
    return f"f{template!r}"


def _serializer(type_: Any, make: Callable[..., Any] | None) -> Callable[..., Any]:
    """Return what the standard executor makes of a leaf: the field's making, then the type's."""
    leaf: GraphQLLeafType = type_

    def serialize(*values: Any) -> Any:
        made = values[0] if make is None else make(*values)
        return None if made is None else leaf.serialize(made)

    return serialize
