"""The names and keys that a change is given: checked, and made into what a row keeps."""

from collections.abc import Callable
from typing import Any

from db.names import fold, sort_form
from resolvers import values
from resolvers.changes.change import Input
from resolvers.errors import INVALID, UserError
from resolvers.values import UnfitError

NO_DESCRIPTION = "Give the `description`, or null for none."


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


def description_column(given: Input) -> dict[str, str | None]:
    """Return the column of what a node is for: null for nothing; INVALID unless it is given."""
    if "description" not in given:
        raise UserError(INVALID, NO_DESCRIPTION, "description")
    return {"description": given["description"]}


def key_of(given: Input, field: str = "key") -> str:
    """Return a node's key, which no shared project has."""
    key: str = checked(given, field, values.node_key)
    return key
