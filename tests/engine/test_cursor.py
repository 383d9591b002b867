"""Cursors: what one says is read back, and anything else is refused with BAD_CURSOR."""

import base64

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.page import Value, read_page, write_cursor
from tests.engine.orders import NAME, ORDERS, Direction, Field, error_of, order_by

LARGEST = 2**63 - 1
VALUES: dict[type[Value], st.SearchStrategy[Value]] = {
    str: st.text(st.characters(codec="utf-8", exclude_characters="\0")),
    int: st.integers(-LARGEST, LARGEST),
}
ANNA = write_cursor(NAME, ["anna", 1])


def encoded(content: object) -> str:
    return base64.urlsafe_b64encode(orjson.dumps(content)).decode().rstrip("=")


UNREADABLE = {
    "nothing": "",
    "no base64": "!",
    "a length that base64 can't have": "A",
    "base64 and something else": f"{ANNA}!!!!",
    "spaces before it": f"    {ANNA}",
    "letters of another alphabet": "ÄÄÄÄ",
    "a surrogate": "\ud800",
    "no JSON": base64.b64encode(b"nothing").decode(),
    "no UTF-8": base64.b64encode(b'["NAME","\xff",1]').decode(),
    "half a surrogate": base64.b64encode(b'["NAME","\\ud800",1]').decode(),
    "a number": encoded(7),
    "an object": encoded({"NAME": 1}),
    "null": encoded(None),
    "an empty list": encoded([]),
    "no values": encoded(["NAME"]),
    "a value too few": encoded(["NAME", "anna"]),
    "a value too many": encoded(["NAME", "anna", 1, 1]),
    "a number for text": encoded(["NAME", 1, 1]),
    "text for a number": encoded(["NAME", "anna", "1"]),
    "a fraction": encoded(["NAME", "anna", 1.0]),
    "a truth": encoded(["NAME", "anna", True]),
    "a null": encoded(["NAME", "anna", None]),
    "a list for text": encoded(["NAME", ["anna"], 1]),
    "a number of more than 64 bits": encoded(["NAME", "anna", 2**63]),
    "one of more than 64 bits below zero": encoded(["NAME", "anna", -(2**63)]),
    "a number that is no integer any more": base64.b64encode(b'["NAME","a",1e400]').decode(),
    "a zero byte": encoded(["NAME", "an\0na", 1]),
    "very much text": encoded(["NAME", "a" * 8192, 1]),
    "lists in lists": base64.b64encode(b"[" * 6000).decode(),
}
OF_ANOTHER_ORDER = {
    "the other direction": encoded(["-NAME", "anna", 1]),
    "another order of the same columns": encoded(["OTHER", "anna", 1]),
    "no order": encoded([None, "anna", 1]),
    "a number for the order": encoded([1, "anna", 1]),
    "small letters": encoded(["name", "anna", 1]),
}


@pytest.mark.parametrize("argument", ["after", "before"])
@pytest.mark.parametrize("cursor", UNREADABLE.values(), ids=UNREADABLE)
def test_a_cursor_that_can_not_be_read_is_refused(argument: str, cursor: str) -> None:
    message = "The cursor can't be read: pass one that this connection gave."
    assert error_of({argument: cursor}) == ("BAD_CURSOR", message)


@pytest.mark.parametrize("argument", ["after", "before"])
@pytest.mark.parametrize("cursor", OF_ANOTHER_ORDER.values(), ids=OF_ANOTHER_ORDER)
def test_a_cursor_of_another_order_is_refused(argument: str, cursor: str) -> None:
    message = "The cursor is of another order: keep `orderBy` while you page."
    assert error_of({argument: cursor}) == ("BAD_CURSOR", message)


@given(st.sampled_from(Field), st.sampled_from(Direction), st.data())
def test_a_cursor_is_read_back_whatever_the_order(
    field: Field, direction: Direction, data: st.DataObject
) -> None:
    asked = read_page({"orderBy": order_by(field, direction)}, ORDERS).order
    values = tuple(data.draw(VALUES[type_]) for type_ in asked.types)
    cursor = write_cursor(asked, values)
    arguments = {"orderBy": order_by(field, direction), "after": cursor, "before": cursor}
    page = read_page(arguments, ORDERS)
    assert (page.after, page.before) == (values, values)
    assert cursor.isascii()
    assert not set(cursor) & set("+/= \n")


@given(st.text() | st.from_regex(r"[A-Za-z0-9_-]{1,60}", fullmatch=True))
def test_any_other_cursor_is_refused_and_nothing_worse(cursor: str) -> None:
    assert error_of({"after": cursor})[0] == "BAD_CURSOR"
