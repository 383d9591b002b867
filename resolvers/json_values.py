"""JSON as it is taken from outside: nothing that would be kept or answered as something else.

A number is an integer of 64 bits or a finite double. Values are nested less deep than an answer
can hold them where they stand in it.
"""

import json
import re
from typing import Any

import orjson

LEAST_INTEGER, LARGEST_INTEGER = -(2**63), 2**64 - 1
DEEPEST = 100  # levels of a value; what writes answers takes 254 of the whole
LONG_NUMBER = re.compile(rb"\d{19}")
DIGITS = 21  # of an integer that may have 64 bits, with its sign
BEYOND = 2**65
INFINITE = float("inf")
TOO_LARGE = "can't hold a number beyond 64 bits or the range of a double"
TOO_DEEP = "is nested too deep: {} levels at most"
NO_JSON = "can't hold what is no JSON"


def loads(text: bytes) -> Any:
    """Read JSON; an integer that doesn't have 64 bits becomes another that hasn't, no double.

    orjson.JSONDecodeError, which is a ValueError, where the text isn't JSON.
    """
    found = orjson.loads(text)
    if LONG_NUMBER.search(text) is None or problem_of(found, deepest=DEEPEST * 2):
        return found
    return json.loads(text.decode(), parse_int=_integer)


def _integer(digits: str) -> int:
    return int(digits) if len(digits) <= DIGITS else BEYOND


def problem_of(value: object, *, deepest: int = DEEPEST) -> str | None:
    """Return what of a value can't be kept or answered, in words that follow its name."""
    waiting: list[Any] = [value]
    for _ in range(deepest + 1):  # not by recursion: the depth is the sender's choice
        if problem := next(filter(None, map(_problem, waiting)), None):
            return problem
        containers: list[Any] = [each for each in waiting if isinstance(each, dict | list)]
        if not containers:
            return None
        waiting = [inner for each in containers for inner in _inner(each)]
    return TOO_DEEP.format(deepest)


def _problem(value: object) -> str | None:
    if value is None or isinstance(value, str | bool | dict | list):
        return None
    if isinstance(value, int):
        return None if LEAST_INTEGER <= value <= LARGEST_INTEGER else TOO_LARGE
    if isinstance(value, float):
        return None if abs(value) < INFINITE else TOO_LARGE
    return NO_JSON


def _inner(value: dict[str, Any] | list[Any]) -> list[Any]:
    return value if isinstance(value, list) else [*value.values()]
