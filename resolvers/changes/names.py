"""The names and keys that a change is given: checked, and made into what a row keeps."""

from collections.abc import Callable
from typing import Any

from db.names import fold, sort_form
from resolvers import values
from resolvers.changes.change import Input
from resolvers.errors import INVALID, UserError
from resolvers.values import UnfitError

NOTHING = "Give what is to be changed."
KEPT = "The {} can't be null: leave it out to keep it."


def checked(given: Input, field: str, check: Callable[[object], Any]) -> Any:
    """Return the checked value of an input's field; INVALID says what it must be."""
    try:
        return check(given[field])
    except UnfitError as error:
        raise UserError(INVALID, f"The {field} {error}.", field) from error


def name_columns(given: Input, field: str = "name") -> dict[str, str]:
    """Return the columns of a node's name, which is brought into Unicode's form NFC."""
    return _columns(given, field, values.node_name)


def title_columns(given: Input) -> dict[str, str]:
    """Return the columns of a member's or a group's name, in which any character may be."""
    return _columns(given, "name", values.composed_title)


def _columns(given: Input, field: str, check: Callable[[object], Any]) -> dict[str, str]:
    name: str = checked(given, field, check)
    folded = fold(name)
    return {"name": name, "folded": folded, "sort": sort_form(folded)}


def is_given(given: Input, field: str) -> bool:
    """Return whether an update is to change the field; INVALID for null, which it can't be."""
    if field in given and given[field] is None:
        raise UserError(INVALID, KEPT.format(field), field)
    return field in given


def description_columns(given: Input) -> dict[str, str | None]:
    """Return the column of what a node is for, if that is to change: null clears it."""
    return {"description": given["description"]} if "description" in given else {}


def key_of(given: Input, field: str = "key") -> str:
    """Return a node's key, which no shared project has."""
    key: str = checked(given, field, values.node_key)
    return key
