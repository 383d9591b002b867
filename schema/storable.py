"""Text that no database takes: it is refused at the door, so that no statement ever holds it."""

from collections.abc import Mapping
from typing import Any

from graphql import DocumentNode, StringValueNode, Visitor, visit

from resolvers.json_values import DEEPEST, problem_of

OF_INPUTS = 20  # levels
UNSTORABLE = "Text can't hold the character U+0000, nor half of a surrogate pair."


def is_storable(value: Any) -> bool:
    """Whether every text in a JSON value can be stored: PostgreSQL refuses U+0000, UTF-8 halves."""
    waiting = [value]
    while waiting:  # not by recursion: the value's depth is its sender's choice
        found = waiting.pop()
        if isinstance(found, str):
            # All but a few texts are plain ASCII, which Python knows of each.
            if ("\0" in found) if found.isascii() else not _is_storable(found):
                return False
        elif isinstance(found, dict):
            waiting += [*found, *found.values()]
        elif isinstance(found, list):
            waiting += found
    return True


def problem_of_variables(variables: Mapping[str, Any]) -> str | None:
    """Return why variables can't be kept or answered as they were sent; None where they can.

    They may be nested a little deeper than a value of JSON, which may stand in an input.
    """
    if problem := problem_of(variables, deepest=DEEPEST + OF_INPUTS):
        return f"The variables: JSON {problem}."
    return None if is_storable(variables) else UNSTORABLE


def has_storable_literals(text: str, document: DocumentNode) -> bool:
    """Whether every literal of a document, parsed from the text, can be stored."""
    if "\\u" not in text and "\0" not in text:
        return True
    literals = _Literals()
    visit(document, literals)
    return is_storable(literals.values)


def _is_storable(text: str) -> bool:
    try:
        return b"\0" not in text.encode()
    except UnicodeEncodeError:
        return False


class _Literals(Visitor):
    def __init__(self) -> None:
        super().__init__()
        self.values: list[str] = []

    def enter_string_value(self, node: StringValueNode, *_: object) -> None:
        self.values.append(node.value)
