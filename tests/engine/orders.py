"""Orders to page by, and how a client asks for one."""

from enum import Enum
from typing import Any

import pytest
from graphql import GraphQLError

from engine.page import Order, Orders, read_page


class Field(Enum):
    NAME = "NAME"
    KEY = "KEY"
    PATH = "PATH"


class Direction(Enum):
    ASC = "ASC"
    DESC = "DESC"


ORDERS: Orders = {
    "NAME": {"sort": str, "id": int},
    "KEY": {"key": str},
    "PATH": {"sort_0": str, "id_0": int, "sort": str, "id": int},
}
NAME = Order("NAME", ("sort", "id"), (str, int))


def order_by(field: Field, direction: Direction = Direction.ASC) -> dict[str, Enum]:
    return {"field": field, "direction": direction}


def error_of(arguments: dict[str, Any]) -> tuple[str, str]:
    """Return the code and the message of the error that the arguments lead to."""
    with pytest.raises(GraphQLError) as refused:
        read_page(arguments, ORDERS)
    extensions = refused.value.extensions or {}
    return extensions["code"], refused.value.message
