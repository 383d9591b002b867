"""Closed sets of strings as enums, each value described where the set is written down."""

from collections.abc import Mapping
from enum import Enum
from typing import TYPE_CHECKING, Any

import strawberry

if TYPE_CHECKING:
    from strawberry.types.enum import StrawberryEnumDefinition


def closed(values: type[Enum], *, name: str, description: str, meanings: Mapping[Any, str]) -> None:
    """Make the enum one of the schema, with what each of its values means."""
    strawberry.enum(values, name=name, description=description)
    definition: StrawberryEnumDefinition = vars(values)["__strawberry_definition__"]
    by_name = {value.name: meanings[value] for value in values}
    for value in definition.values:
        value.description = by_name[value.name]
