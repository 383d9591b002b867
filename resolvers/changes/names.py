"""The names and keys that a change is given: checked, and made into what a row keeps."""

import unicodedata
from collections.abc import Callable
from typing import Any

from db.names import fold, sort_form
from resolvers import values
from resolvers.changes.change import Input
from resolvers.errors import INVALID, UserError
from resolvers.values import UnfitError

RESERVED = "shared"  # the name and key of shared projects


def checked(given: Input, field: str, check: Callable[[object], Any]) -> Any:
    """Return the checked value of an input's field; INVALID says what it must be."""
    try:
        return check(given[field])
    except UnfitError as error:
        raise UserError(INVALID, f"The {field} {error}.", field) from error


def name_columns(given: Input, field: str = "name") -> dict[str, str]:
    """Return the columns of a node's name, which is brought into Unicode's form NFC."""
    name: str = checked({field: unicodedata.normalize("NFC", given[field])}, field, values.name)
    folded = fold(name)
    if folded == RESERVED:
        raise UserError(INVALID, f'The name "{RESERVED}" is reserved.', field)
    return {"name": name, "folded": folded, "sort": sort_form(folded)}


def key_of(given: Input, field: str = "key") -> str:
    """Return a node's key, which no shared project has."""
    key: str = checked(given, field, values.key)
    if key == RESERVED:
        raise UserError(INVALID, f'The key "{RESERVED}" is reserved.', field)
    return key
