"""How long an answer is that has long texts, found without writing it.

A text that is read once may stand in an answer many times: under a repeated id, or in the space
of each of many projects.
"""

from typing import Any

import orjson
from graphql import GraphQLError

from db.budget import MOST, TOO_LARGE


def too_large(data: Any, *, most: int = MOST) -> GraphQLError | None:
    """Return the error where the texts in an answer are too long together."""
    if _is_within(data, most):
        return None
    return GraphQLError(TOO_LARGE.message, extensions={"code": str(TOO_LARGE.kind)})


def _is_within(data: Any, most: int) -> bool:
    waiting, left = [data], most
    while waiting and left >= 0:
        value = waiting.pop()
        if isinstance(value, dict):
            waiting.extend(value.values())  # pyright: ignore[reportUnknownArgumentType, reportUnknownMemberType]
        elif isinstance(value, list):
            waiting.extend(value)  # pyright: ignore[reportUnknownArgumentType]
        elif isinstance(value, str):
            left -= len(value)
        elif isinstance(value, orjson.Fragment):
            left -= len(orjson.dumps(value))  # it doesn't tell its length otherwise
    return left >= 0
