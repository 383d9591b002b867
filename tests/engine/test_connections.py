"""Connections: nodes, edges with cursors, what lies around the page, and the total."""

from typing import Any

import pytest

from engine.page import Order, write_cursor
from tests.engine.library import ask

POEMS = ["Dawn", "Dusk", "Frost", "Noon"]  # by title
BY_YEAR = ["Frost", "Dawn", "Dusk", "Noon"]  # books of one year by their ids
PAGE = """
query(
  $name: String! $first: Int $after: String $last: Int $before: String
  $order: BookOrder $filter: BookFilter
) {
  shelf(name: $name) {
    books(
      first: $first after: $after last: $last before: $before orderBy: $order filter: $filter
    ) {
      nodes { title }
      edges { cursor node { title } }
      pageInfo { hasNextPage hasPreviousPage startCursor endCursor }
      totalCount
    }
  }
}
"""


async def page(*, compiles: bool, **arguments: object) -> Any:
    asked = await ask(PAGE, compiles=compiles, **{"name": "Poems", **arguments})
    assert asked.errors == []
    return asked.data["shelf"]["books"]


async def cursors() -> dict[str, str]:
    found = await page(compiles=False)
    return {edge["node"]["title"]: edge["cursor"] for edge in found["edges"]}


def titles(found: Any) -> list[str]:
    return [node["title"] for node in found["nodes"]]


@pytest.mark.parametrize(
    ("order", "expected"),
    [
        (None, POEMS),
        ({"field": "TITLE"}, POEMS),
        ({"field": "TITLE", "direction": "DESC"}, POEMS[::-1]),
        ({"field": "YEAR", "direction": "ASC"}, BY_YEAR),
        ({"field": "YEAR", "direction": "DESC"}, BY_YEAR[::-1]),
    ],
)
@pytest.mark.parametrize("size", [1, 2, 3, 4, 5])
async def test_pages_put_together_are_the_whole_list_from_either_end(
    compiles: bool, order: object, expected: list[str], size: int
) -> None:
    forwards, backwards = list[str](), list[str]()
    after = before = None
    more = True
    while more:
        found = await page(compiles=compiles, first=size, after=after, order=order)
        forwards += titles(found)
        after, more = found["pageInfo"]["endCursor"], found["pageInfo"]["hasNextPage"]
    more = True
    while more:
        found = await page(compiles=compiles, last=size, before=before, order=order)
        backwards = titles(found) + backwards
        before, more = found["pageInfo"]["startCursor"], found["pageInfo"]["hasPreviousPage"]
    assert forwards == backwards == expected


@pytest.mark.parametrize(
    ("arguments", "found", "previous", "following"),
    [
        ({}, POEMS, False, False),
        ({"first": 4}, POEMS, False, False),
        ({"first": 3}, POEMS[:3], False, True),
        ({"first": 0}, [], False, True),
        ({"last": 0}, [], True, False),
        ({"last": 3}, POEMS[1:], True, False),
        ({"last": 4}, POEMS, False, False),
        ({"first": 1, "after": "Dawn"}, ["Dusk"], True, True),
        ({"first": 2, "after": "Dusk"}, ["Frost", "Noon"], True, False),
        ({"first": 2, "after": "Noon"}, [], True, False),
        ({"last": 1, "before": "Noon"}, ["Frost"], True, True),
        ({"last": 2, "before": "Frost"}, ["Dawn", "Dusk"], False, True),
        ({"last": 2, "before": "Dawn"}, [], False, True),
        ({"after": "Dawn", "before": "Noon"}, ["Dusk", "Frost"], True, True),
        ({"first": 1, "after": "Dawn", "before": "Noon"}, ["Dusk"], True, True),
        ({"last": 1, "after": "Dawn", "before": "Noon"}, ["Frost"], True, True),
        ({"after": "Noon", "before": "Dawn"}, [], True, True),
    ],
)
async def test_a_page_and_what_lies_around_it(
    compiles: bool, arguments: dict[str, Any], found: list[str], previous: bool, following: bool
) -> None:
    known = await cursors()
    given = {name: known.get(value, value) for name, value in arguments.items()}
    answer = await page(compiles=compiles, **given)
    assert titles(answer) == found
    assert answer["pageInfo"] == {
        "hasNextPage": following,
        "hasPreviousPage": previous,
        "startCursor": known[found[0]] if found else None,
        "endCursor": known[found[-1]] if found else None,
    }


async def test_edges_are_the_nodes_with_their_cursors(compiles: bool) -> None:
    found = await page(compiles=compiles, last=3, order={"field": "YEAR", "direction": "DESC"})
    assert [edge["node"] for edge in found["edges"]] == found["nodes"]
    assert [edge["cursor"] for edge in found["edges"]] == [
        "WyItWUVBUiIsMTkwMCwyXQ",
        "WyItWUVBUiIsMTkwMCwxXQ",
        "WyItWUVBUiIsMTg5MCwzXQ",
    ]


@pytest.mark.parametrize(
    ("arguments", "total"),
    [
        ({}, 4),
        ({"first": 1}, 4),
        ({"first": 0}, 4),
        ({"filter": {"since": 1900}}, 3),
        ({"filter": {"since": 1900}, "first": 1}, 3),
        ({"filter": {"since": 2000}}, 0),
        ({"filter": {"since": None}}, 4),
        ({"filter": {}}, 4),
        ({"name": "Maps"}, 0),
    ],
)
async def test_the_total_is_that_of_the_list_filtered_but_not_paged(
    compiles: bool, arguments: dict[str, Any], total: int
) -> None:
    assert (await page(compiles=compiles, **arguments))["totalCount"] == total


async def test_each_parent_has_its_own_page(compiles: bool) -> None:
    text = "{ shelves { books(first: 1) { nodes { title } pageInfo { hasNextPage } totalCount } } }"
    asked = await ask(text, compiles=compiles)
    assert [shelf["books"] for shelf in asked.data["shelves"]] == [
        {"nodes": [{"title": "Dawn"}], "pageInfo": {"hasNextPage": True}, "totalCount": 4},
        {"nodes": [{"title": "The Ferry"}], "pageInfo": {"hasNextPage": True}, "totalCount": 2},
        {"nodes": [], "pageInfo": {"hasNextPage": False}, "totalCount": 0},
    ]


@pytest.mark.parametrize(
    ("part", "called"),
    [
        ("nodes { title }", ["books_on"]),
        ("edges { cursor }", ["books_on"]),
        ("pageInfo { hasNextPage }", ["books_on"]),
        ("totalCount", ["count_on"]),
        ("__typename", []),
        ("nodes { title } edges { cursor } pageInfo { endCursor }", ["books_on"]),
        ("nodes { title } totalCount", ["books_on", "count_on"]),
    ],
)
async def test_rows_and_their_number_are_asked_for_only_where_they_are_needed(
    compiles: bool, part: str, called: list[str]
) -> None:
    asked = await ask(f"{{ shelves {{ books(first: 1) {{ {part} }} }} }}", compiles=compiles)
    assert asked.desk.called == [
        ("all_shelves", [()]),
        *((batch, [(1,), (2,), (3,)]) for batch in called),
    ]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ("first: 1, last: 1", "Give either `first` or `last`, not both."),
        ("first: -1", "A page has 0 to 1000 rows, not -1."),
        ('after: "x"', "The cursor can't be read: pass one that this connection gave."),
    ],
)
async def test_a_page_that_can_not_be_is_an_error_of_the_field(
    compiles: bool, arguments: str, message: str
) -> None:
    text = f'{{ shelves {{ id }} shelf(name: "Poems") {{ books({arguments}) {{ totalCount }} }} }}'
    asked = await ask(text, compiles=compiles)
    assert asked.errors == [(["shelf", "books"], message)]
    assert asked.data["shelf"] is None
    assert len(asked.data["shelves"]) == 3


async def test_a_cursor_stands_for_its_place_even_when_its_row_is_gone(compiles: bool) -> None:
    gone = write_cursor(Order("TITLE", ("title", "id"), (str, int)), ["Easter", 99])
    assert titles(await page(compiles=compiles, first=1, after=gone)) == ["Frost"]
    assert titles(await page(compiles=compiles, last=1, before=gone)) == ["Dusk"]


async def test_a_list_may_begin_with_the_newest_and_is_paged_so(compiles: bool) -> None:
    text = """query($after: String) { shelf(name: "Poems") {
      latest(first: 2, after: $after) { nodes { title } pageInfo { endCursor } }
    } }"""
    first = (await ask(text, compiles=compiles)).data["shelf"]["latest"]
    after = first["pageInfo"]["endCursor"]
    second = (await ask(text, compiles=compiles, after=after)).data["shelf"]["latest"]
    assert titles(first) + titles(second) == BY_YEAR[::-1]


async def test_what_rows_bear_of_their_parent_is_not_fetched(compiles: bool) -> None:
    page = "signed(first: 1) { nodes { name title sign } edges { node { name } } }"
    asked = await ask(f"{{ shelves {{ {page} }} }}", compiles=compiles)
    dawn = {"name": "Poems", "title": "Dawn", "sign": "Poems: Dawn"}
    ferry = {"name": "Plays", "title": "The Ferry", "sign": "Plays: The Ferry"}
    assert asked.data["shelves"] == [
        {"signed": {"nodes": [dawn], "edges": [{"node": {"name": "Poems"}}]}},
        {"signed": {"nodes": [ferry], "edges": [{"node": {"name": "Plays"}}]}},
        {"signed": {"nodes": [], "edges": []}},
    ]
    if compiles:
        assert asked.desk.calls[1].columns == ("title", "title", "id")


async def test_an_edge_may_need_what_rows_bear_of_their_parent(compiles: bool) -> None:
    text = "{ shelves { signed(first: 1) { nodes { name namesakes { id } } } } }"
    asked = await ask(text, compiles=compiles)
    poems = {"name": "Poems", "namesakes": [{"id": "shelf-1"}]}
    plays = {"name": "Plays", "namesakes": [{"id": "shelf-2"}]}
    nodes = [shelf["signed"]["nodes"] for shelf in asked.data["shelves"]]
    assert nodes == [[poems], [plays], []]
