"""Pages of every list, in every order and direction, are slices of the whole list."""

from typing import Any

import pytest

from tests.resolvers.lists import LISTS, Asker, Node

SIZE = 3
WAYS = [
    pytest.param(name, order, direction, marks=[pytest.mark.full] if later else [])
    for name, listed in LISTS.items()
    for place, order in enumerate(listed.orders)
    for direction in ("ASC", "DESC")
    for later in [place > 0 and direction == "DESC"]
]


async def pages(asker: Asker, name: str, *, backward: bool, by: object) -> list[Any]:
    """Return all pages of a list in their order, read from one of its ends."""
    size, cursor, end, more = (
        ("last", "before", "startCursor", "hasPreviousPage")
        if backward
        else ("first", "after", "endCursor", "hasNextPage")
    )
    found = [await asker.page(name, **{size: SIZE, "by": by})]
    while found[-1]["pageInfo"][more]:
        position = {cursor: found[-1]["pageInfo"][end]}
        found.append(await asker.page(name, **{size: SIZE, "by": by}, **position))
    return found[::-1] if backward else found


def nodes(found: list[Any]) -> list[Node]:
    return [edge["node"] for page in found for edge in page["edges"]]


@pytest.mark.parametrize(("name", "order", "direction"), WAYS)
async def test_pages_read_from_either_end_are_the_whole_list_in_its_order(
    ben: Asker, name: str, order: str, direction: str
) -> None:
    by = {"field": order, "direction": direction}
    forwards = await pages(ben, name, backward=False, by=by)
    backwards = await pages(ben, name, backward=True, by=by)
    found = nodes(forwards)
    assert found == nodes(backwards)
    assert found == sorted(found, key=LISTS[name].orders[order], reverse=direction == "DESC")
    assert len(found) > 2 * SIZE
    assert {page["totalCount"] for page in (*forwards, *backwards)} == {len(found)}
    check_info(forwards)
    check_info(backwards)


def check_info(found: list[Any]) -> None:
    """Check what each page says of itself: only the first and the last lie at an edge."""
    for place, page in enumerate(found):
        cursors = [edge["cursor"] for edge in page["edges"]]
        assert page["pageInfo"] == {
            "hasNextPage": place < len(found) - 1,
            "hasPreviousPage": place > 0,
            "startCursor": cursors[0],
            "endCursor": cursors[-1],
        }
