"""The inputs that choose and order the rows of a list, as far as nouns have them in common."""

from enum import Enum
from typing import Any

import strawberry

from auth.levels import Permission
from engine.edge import Argument
from engine.inputs import RULE, Rule
from resolvers.values import LONGEST_NAME
from schema.scalars import DateTime

MINIMUM = Argument("minimum", Permission | None, "Only where they may do at least this.")


def optional(description: str, rule: Rule | None = None) -> Any:
    """Declare a field of an input that may be left out; in a filter it then asks for nothing."""
    return strawberry.field(default=None, description=description, metadata=ruled(rule))


def left_as_it_is(description: str, rule: Rule | None = None) -> Any:
    """Declare a field of an input for which null is a value: left out, it changes nothing."""
    return strawberry.field(default=strawberry.UNSET, description=description, metadata=ruled(rule))


def ruled(rule: Rule | None) -> dict[object, Any]:
    """Return the metadata that hold the rule for a field's values."""
    return {} if rule is None else {RULE: rule}


def in_name(description: str = "The name has this in it, whatever the case.") -> Any:
    """Declare the field of a filter that looks into names."""
    return optional(description, Rule(LONGEST_NAME))


@strawberry.input(description="Which rows are wanted: those that meet all that is given.")
class Filter:
    """The filter of whatever has a key and a name."""

    name_contains: str | None = in_name()
    key: str | None = optional("The key is exactly this.")
    updated_since: DateTime | None = optional("Last changed itself at this time or later.")


@strawberry.input(description="Which nodes are wanted: those that meet all that is given.")
class NodeFilter(Filter):
    """The filter of whatever has a permission too."""

    minimum_permission: Permission | None = optional("The viewer may do at least this.")


@strawberry.enum(description="Which way an order goes.")
class OrderDirection(Enum):
    """Up or down."""

    ASC = "ASC"
    DESC = "DESC"


def order_field() -> Any:
    """Declare by what rows are ordered."""
    return strawberry.field(description="By what.")


def order_direction(default: OrderDirection = OrderDirection.ASC) -> Any:
    """Declare which way rows are ordered."""
    return strawberry.field(default=default, description="Which way.")
