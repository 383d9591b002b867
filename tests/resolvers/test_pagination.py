"""Pages of every list, in every order and direction, are slices of the whole list."""

from typing import Any, NamedTuple

import pytest

from tests.resolvers.lists import LISTS, Asker, Node

FORWARDS = ("first", "after", "endCursor", "hasNextPage")
BACKWARDS = ("last", "before", "startCursor", "hasPreviousPage")
WAYS = [
    pytest.param(name, order, direction, marks=[pytest.mark.full] if later else [])
    for name, listed in LISTS.items()
    for place, order in enumerate(listed.orders)
    for direction in ("ASC", "DESC")
    for later in [place > 0 and direction == "DESC"]
]


class Walk(NamedTuple):
    """A way through a list: how many rows at a time, from which end, in which order."""

    size: int
    backward: bool
    by: object


async def pages(asker: Asker, name: str, walk: Walk) -> list[Any]:
    """Return all pages of a list in the list's order."""
    size, cursor, end, more = BACKWARDS if walk.backward else FORWARDS
    asked = {size: walk.size, "by": walk.by}
    found = [await asker.page(name, **asked)]
    while found[-1]["pageInfo"][more]:
        found.append(await asker.page(name, **asked, **{cursor: found[-1]["pageInfo"][end]}))
    return found[::-1] if walk.backward else found


def nodes(found: list[Any]) -> list[Node]:
    return [edge["node"] for page in found for edge in page["edges"]]


@pytest.mark.parametrize(("name", "order", "direction"), WAYS)
async def test_pages_read_from_either_end_are_the_whole_list_in_its_order(
    ben: Asker, name: str, order: str, direction: str
) -> None:
    by = {"field": order, "direction": direction}
    whole = await ben.nodes(name, by=by)
    assert whole == sorted(whole, key=LISTS[name].orders[order], reverse=direction == "DESC")
    assert len(whole) >= 7
    for backward in (False, True):
        found = await pages(ben, name, Walk(len(whole) // 3, backward, by))
        assert nodes(found) == whole
        assert {page["totalCount"] for page in found} == {len(whole)}
        check_info(found)


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
