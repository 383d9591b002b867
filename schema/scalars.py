"""The scalars, and the enum of permissions."""

from typing import Any, NewType

import orjson
import strawberry
from strawberry.types.enum import StrawberryEnumDefinition
from strawberry.types.scalar import ScalarDefinition

from auth.levels import Permission
from db.clock import moment_of, time_text
from db.revision import LARGEST_REVISION
from schema.json_scalar import taken

DateTime = NewType("DateTime", int)
Json = NewType("Json", object)
Count = NewType("Count", int)
Revision = NewType("Revision", int)

PERMISSIONS = {
    "NONE": "Nothing, not even that it is there, but for a space that leads to something seen.",
    "READ": "See it and what is in it.",
    "READ_EXECUTE": "Also run its assets.",
    "FULL": "Also change it, and what is in it.",
    "OWNER": "Also change who may do what, and hand over ownership.",
}

strawberry.enum(
    Permission,
    name="Permission",
    description="What the viewer may do with a node; each level includes those before it.",
)
_definition: StrawberryEnumDefinition = vars(Permission)["__strawberry_definition__"]
for _value in _definition.values:
    _value.description = PERMISSIONS[_value.name]


def _moment(value: Any) -> int:
    if not isinstance(value, str):
        raise ValueError('Expected a time as text, such as "2027-01-01T00:00:00Z".')  # noqa: TRY004
    return moment_of(value)


def json_value(text: str | None) -> object:
    """Return the value of a JSON text; an empty object where there is none."""
    return {} if text is None else orjson.loads(text)


def json_fragment(text: str | None) -> orjson.Fragment:
    """Return what orjson writes as the text itself."""
    return orjson.Fragment("{}" if text is None else text)


def json_value_or_null(text: str | None) -> object:
    """Return the value of a JSON text; None where there is none."""
    return None if text is None else json_value(text)


def json_fragment_or_null(text: str | None) -> orjson.Fragment | None:
    """Return what orjson writes as the text itself; None where there is none."""
    return None if text is None else json_fragment(text)


def _whole(value: Any) -> int:
    if not isinstance(value, int) or isinstance(value, bool):
        raise ValueError("Expected a whole number.")  # noqa: TRY004
    return value


def _revision(value: Any) -> int:
    if not 0 <= _whole(value) <= LARGEST_REVISION:
        raise ValueError(f"Expected a number from 0 to {LARGEST_REVISION}.")
    return int(value)


SCALARS: dict[object, ScalarDefinition] = {
    DateTime: strawberry.scalar(
        name="DateTime",
        description="A time in UTC as RFC 3339 text, to the microsecond: 2027-01-01T00:00:00Z.",
        specified_by_url="https://scalars.graphql.org/chillicream/date-time.html",
        serialize=time_text,
        parse_value=_moment,
    ),
    Count: strawberry.scalar(
        name="Count",
        description="A number of things, which may be more than an Int holds; a number in JSON.",
        serialize=_whole,
        parse_value=_whole,
    ),
    Revision: strawberry.scalar(
        name="Revision",
        description="A revision of the Org, counted from its first change: at most 2^53 - 1, which "
        "may be more than an Int holds; a number in JSON.",
        serialize=_whole,
        parse_value=_revision,
    ),
    Json: strawberry.scalar(
        name="JSON",
        description="Any JSON value of 100 levels at most; its numbers are integers of 64 bits, or "
        "doubles.",
        parse_value=taken,
        specified_by_url="https://www.rfc-editor.org/rfc/rfc8259",
    ),
}
