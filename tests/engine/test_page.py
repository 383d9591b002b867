"""The arguments of a connection become a page, or an error that says what is wrong with them."""

from enum import Enum
from typing import Any

import pytest

from engine.page import Order, Shape, read_page, write_cursor
from tests.engine.orders import NAME, ORDERS, Direction, Field, error_of, order_by

ANNA, BEN = write_cursor(NAME, ["anna", 1]), write_cursor(NAME, ["ben", 2])


@pytest.mark.parametrize(
    ("arguments", "page"),
    [
        ({}, (50, False, None, None)),
        ({"first": None, "last": None, "after": None, "before": None}, (50, False, None, None)),
        ({"first": 0}, (0, False, None, None)),
        ({"first": 1}, (1, False, None, None)),
        ({"first": 1000}, (1000, False, None, None)),
        ({"last": 0}, (0, True, None, None)),
        ({"last": 1000}, (1000, True, None, None)),
        ({"after": ANNA}, (50, False, ("anna", 1), None)),
        ({"before": BEN}, (50, False, None, ("ben", 2))),
        ({"after": ANNA, "before": BEN}, (50, False, ("anna", 1), ("ben", 2))),
        ({"first": 3, "after": ANNA}, (3, False, ("anna", 1), None)),
        ({"first": 3, "before": BEN}, (3, False, None, ("ben", 2))),
        ({"first": 3, "after": ANNA, "before": BEN}, (3, False, ("anna", 1), ("ben", 2))),
        ({"last": 3, "after": ANNA}, (3, True, ("anna", 1), None)),
        ({"last": 3, "before": BEN}, (3, True, None, ("ben", 2))),
        ({"last": 3, "after": ANNA, "before": BEN}, (3, True, ("anna", 1), ("ben", 2))),
    ],
)
def test_sizes_directions_and_cursors_are_read(
    arguments: dict[str, Any], page: tuple[object, ...]
) -> None:
    found = read_page(arguments, ORDERS)
    assert (found.size, found.backward, found.after, found.before) == page
    assert (found.order, found.filters, found.peek) == (NAME, (), True)


@pytest.mark.parametrize(
    ("given_order", "read"),
    [
        (None, NAME),
        (order_by(Field.NAME), NAME),
        (order_by(Field.NAME, Direction.DESC), Order("NAME", ("sort", "id"), (str, int), True)),
        (order_by(Field.KEY), Order("KEY", ("key",), (str,))),
        (
            order_by(Field.PATH, Direction.DESC),
            Order("PATH", ("sort_0", "id_0", "sort", "id"), (str, int, str, int), True),
        ),
    ],
)
def test_the_order_is_the_first_one_unless_another_is_asked_for(
    given_order: dict[str, Enum] | None, read: Order
) -> None:
    assert read_page({"orderBy": given_order}, ORDERS).order == read


@pytest.mark.parametrize(
    ("given_order", "descending"),
    [(None, True), (order_by(Field.NAME), False), (order_by(Field.KEY, Direction.DESC), True)],
)
def test_the_default_order_may_go_down_and_no_other_does_by_itself(
    given_order: dict[str, Enum] | None, *, descending: bool
) -> None:
    page = read_page({"orderBy": given_order}, ORDERS, descending=True)
    assert page.order.descending is descending


@pytest.mark.parametrize(
    ("given_filter", "read"),
    [
        (None, ()),
        ({}, ()),
        ({"key": None}, ()),
        ({"key": ""}, (("key", ""),)),
        ({"key": "a", "kind": None}, (("key", "a"),)),
        ({"nameContains": "x", "key": "a"}, (("key", "a"), ("nameContains", "x"))),
        ({"key": "a", "nameContains": "x"}, (("key", "a"), ("nameContains", "x"))),
        ({"updatedSince": 0}, (("updatedSince", 0),)),
    ],
)
def test_filters_are_what_was_given_in_one_order(
    given_filter: dict[str, Any] | None, read: tuple[tuple[str, object], ...]
) -> None:
    assert read_page({"filter": given_filter}, ORDERS).filters == read


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"first": 1, "last": 1}, "Give either `first` or `last`, not both."),
        ({"first": 0, "last": 0}, "Give either `first` or `last`, not both."),
        ({"first": -1}, "A page has 0 to 1000 rows, not -1."),
        ({"last": -1}, "A page has 0 to 1000 rows, not -1."),
        (
            {"first": 1001},
            "A page has 0 to 1000 rows, not 1001. Ask for less and go on with `after`.",
        ),
        (
            {"last": 2**31 - 1},
            "A page has 0 to 1000 rows, not 2147483647. Ask for less and go on with `after`.",
        ),
    ],
)
def test_a_size_that_can_not_be_is_refused(arguments: dict[str, Any], message: str) -> None:
    assert error_of(arguments) == ("BAD_PAGE", message)


@pytest.mark.parametrize(
    ("arguments", "shape"),
    [
        ({}, Shape(NAME, backward=False, after=False, before=False, filters=())),
        ({"last": 3}, Shape(NAME, backward=True, after=False, before=False, filters=())),
        (
            {"first": 201},
            Shape(NAME, backward=False, after=False, before=False, filters=(), short=False),
        ),
        ({"after": ANNA}, Shape(NAME, backward=False, after=True, before=False, filters=())),
        (
            {"before": BEN, "filter": {"key": "a"}},
            Shape(NAME, backward=False, after=False, before=True, filters=("key",)),
        ),
    ],
)
def test_the_shape_of_a_page_has_no_values(arguments: dict[str, Any], shape: Shape) -> None:
    assert read_page(arguments, ORDERS).shape == shape
    other = {**arguments, **({"after": BEN} if "after" in arguments else {})}
    assert read_page(other, ORDERS).shape == shape


@pytest.mark.parametrize(("peek", "limit"), [(True, 51), (False, 50)])
def test_one_row_more_is_fetched_to_tell_whether_the_list_goes_on(peek: bool, limit: int) -> None:
    assert read_page({}, ORDERS, peek=peek).limit == limit


@pytest.mark.parametrize(
    ("arguments", "before_it", "behind_it"),
    [
        ({"first": 5}, None, None),
        ({"first": 5, "after": ANNA}, (True, None, ("anna", 1)), None),
        ({"last": 5, "before": BEN}, None, (False, ("ben", 2), None)),
        (
            {"first": 5, "after": ANNA, "before": BEN},
            (True, None, ("anna", 1)),
            (False, ("ben", 2), None),
        ),
    ],
)
def test_what_lies_beyond_a_cursor_is_a_page_of_one_row(
    arguments: dict[str, Any], before_it: object, behind_it: object
) -> None:
    page = read_page({**arguments, "filter": {"key": "a"}}, ORDERS)
    beyond = (page.up_to_after, page.from_before)
    found = [one and (one.backward, one.after, one.before) for one in beyond]
    assert found == [before_it, behind_it]
    for one in filter(None, beyond):
        assert (one.limit, one.inclusive, one.filters) == (1, True, page.filters)
        assert one.shape.inclusive


def test_pages_that_ask_for_the_same_are_the_same() -> None:
    arguments = {"first": 3, "after": ANNA, "filter": {"key": "a"}}
    one, other = read_page(arguments, ORDERS), read_page(dict(arguments), ORDERS)
    assert one == other
    assert hash(one) == hash(other)
    assert one != read_page({**arguments, "first": 4}, ORDERS)
