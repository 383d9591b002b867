"""Text that no database takes: it is refused at the door, so that no statement ever holds it."""

from typing import Any

from graphql import DocumentNode, StringValueNode, Visitor, visit

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
