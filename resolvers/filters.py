"""The fields of a connection's filter, as SQL on the columns of a listing."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import BigInteger, ColumnElement, SmallInteger, Text, bindparam, func, or_
from sqlalchemy.types import TypeEngine

from db.names import fold
from db.queries import contains


def _as_is(value: Any) -> Any:
    return value


@dataclass(frozen=True)
class Filter:
    """One field of a filter: its condition on a column, and how its value becomes a parameter."""

    column: str
    condition: Callable[[ColumnElement[Any], ColumnElement[Any]], ColumnElement[bool]]
    type: TypeEngine[Any]
    read: Callable[[Any], Any] = _as_is


def _same(column: ColumnElement[Any], value: ColumnElement[Any]) -> ColumnElement[bool]:
    return column == value


def _at_least(column: ColumnElement[Any], value: ColumnElement[Any]) -> ColumnElement[bool]:
    return column >= value


def _before(column: ColumnElement[Any], value: ColumnElement[Any]) -> ColumnElement[bool]:
    return column < value


def _of_noun(column: ColumnElement[Any], value: ColumnElement[Any]) -> ColumnElement[bool]:
    """Return the condition that an action is just this, or one of this noun's."""
    noun = value + "."
    return or_(column == value, func.substr(column, 1, func.length(noun)) == noun)


FILTERS: Mapping[str, Filter] = {
    "nameContains": Filter("folded", contains, Text(), fold),
    "key": Filter("key", _same, Text()),
    "kind": Filter("kind", _same, Text()),
    "nodeKind": Filter("kind", _same, Text(), str),
    "minimum": Filter("level", _at_least, SmallInteger(), int),
    "deletedBy": Filter("deleted_by", _same, Text()),
    "deletedSince": Filter("deleted_at", _at_least, BigInteger()),
    "deletedBefore": Filter("deleted_at", _before, BigInteger()),
    "minimumPermission": Filter("level", _at_least, SmallInteger(), int),
    "updatedSince": Filter("updated_at", _at_least, BigInteger()),
    "actor": Filter("actor", _same, Text()),
    "action": Filter("action", _of_noun, Text()),
    "object": Filter("touched_id", _same, Text()),
    "since": Filter("at", _at_least, BigInteger()),
    "until": Filter("at", _before, BigInteger()),
}


def filter_conditions(
    columns: Mapping[str, ColumnElement[Any]], names: Iterable[str]
) -> list[ColumnElement[Any]]:
    """Return the conditions of the filter's fields, whose values are parameters."""
    return [_condition(columns, name, FILTERS[name]) for name in names]


def _condition(
    columns: Mapping[str, ColumnElement[Any]], name: str, filter_: Filter
) -> ColumnElement[Any]:
    value = bindparam(f"filter_{name}", type_=filter_.type)
    return filter_.condition(columns[filter_.column], value)


def filter_parameters(values: Iterable[tuple[str, Any]]) -> dict[str, Any]:
    """Return the parameters that `filter_conditions` names."""
    return {f"filter_{name}": FILTERS[name].read(value) for name, value in values}
