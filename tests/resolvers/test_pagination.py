"""Pages of every list, in every order and direction, are slices of the whole list."""

from typing import Any

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from tests.factories import Manifest, ask, load
from tests.resolvers.conftest import Stored
from tests.resolvers.lists import LISTS, Asker, Walk, nodes, pages

WAYS = [
    pytest.param(name, order, direction, marks=[pytest.mark.full] if later else [])
    for name, listed in LISTS.items()
    for place, order in enumerate(listed.orders)
    for direction in ("ASC", "DESC")
    for later in [place > 0 and direction == "DESC"]
]


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


@pytest.mark.parametrize("name", LISTS)
@pytest.mark.parametrize("size", ["first", "last"])
async def test_a_page_may_be_empty_a_single_row_or_a_thousand(
    ada: Asker, name: str, size: str
) -> None:
    empty, single, whole = [await ada.page(name, **{size: rows}) for rows in (0, 1, 1000)]
    count, (side, end) = whole["totalCount"], ("Next", 0) if size == "first" else ("Previous", -1)
    assert [len(page["edges"]) for page in (empty, single, whole)] == [0, 1, count]
    assert [page["totalCount"] for page in (empty, single, whole)] == [count] * 3
    assert [page["pageInfo"][f"has{side}Page"] for page in (empty, single, whole)] == [1, 1, 0]
    assert empty["pageInfo"]["startCursor"] is None
    assert single["edges"] == [whole["edges"][end]]


async def test_a_page_has_fifty_rows_unless_its_size_is_given(ada: Asker) -> None:
    whole, page = await ada.nodes("Org.assets"), await ada.page("Org.assets")
    assert [edge["node"] for edge in page["edges"]] == whole[:50]
    assert len(whole) > 50
    assert page["pageInfo"]["hasNextPage"]


@pytest.mark.parametrize(
    ("size", "code"), [("first", "BAD_PAGE"), ("last", "BAD_PAGE"), ("after", "BAD_CURSOR")]
)
async def test_what_is_no_page_is_an_error_of_the_list(ada: Asker, size: str, code: str) -> None:
    value = '"x"' if size == "after" else "1001"
    text = (
        f"{{ org {{ key spaces({size}: {value}) {{ totalCount }} }} viewer {{ org {{ key }} }} }}"
    )
    answer = await ask(ada.engine, ada.user, "acme", text)
    assert answer.data == {"org": None, "viewer": {"org": {"key": "acme"}}}
    assert [(one.path, (one.extensions or {})["code"]) for one in answer.errors] == [
        (["org", "spaces"], code)
    ]


async def test_a_cursor_of_another_order_is_refused(ada: Asker) -> None:
    cursor = (await ada.page("Org.spaces", first=1))["pageInfo"]["endCursor"]
    text = f'{{ org {{ spaces(after: "{cursor}", orderBy: {{ field: KEY }}) {{ totalCount }} }} }}'
    answer = await ask(ada.engine, ada.user, "acme", text)
    assert [error.message for error in answer.errors] == [
        "The cursor is of another order: keep `orderBy` while you page."
    ]


async def test_names_come_in_the_order_in_which_people_read_them(ada: Asker) -> None:
    assert await ada.names("Org.spaces") == [
        "100 % wool",
        "100% wool",
        "Space 1",
        "space 2",
        "Space 10",
        "Straße",
        "under_score",
        "zebra",
        "Éclair",
    ]
    numbers = (1, 2, 7, 9, 10, 33, 100)
    assert await ada.names("Space.projects") == [f"Project {number}" for number in numbers]
    assert await ada.names("Group.members") == [f"user-{number}" for number in numbers]


async def test_the_orgs_assets_start_with_those_of_its_shared_project(ada: Asker) -> None:
    assets = await ada.nodes("Org.assets")
    common = [asset["name"] for asset in assets if asset["project"]["space"] is None]
    assert common == [f"Common {number}" for number in (1, 2, 7, 9, 10, 33, 100)]
    assert [asset["name"] for asset in assets[: len(common)]] == common
    reverse = {"field": "PATH", "direction": "DESC"}
    assert await ada.nodes("Org.assets", by=reverse) == assets[::-1]


@pytest.mark.parametrize("user", ["ada", "ben"])
async def test_pages_go_on_from_the_orgs_shared_project_into_the_spaces(
    standing: AsyncEngine, stored: Stored, user: str
) -> None:
    asker = Asker(standing, stored.loaded, user)
    whole = await asker.page("Org.assets", first=1000)
    edges = whole["edges"]
    border = sum(edge["node"]["project"]["space"] is None for edge in edges)
    for place in (0, border - 2, border - 1, border, len(edges) - 2):
        forwards = await asker.page("Org.assets", first=2, after=edges[place]["cursor"])
        assert forwards["edges"] == edges[place + 1 : place + 3]
        backwards = await asker.page("Org.assets", last=2, before=edges[place + 1]["cursor"])
        assert backwards["edges"] == edges[max(place - 1, 0) : place + 1]


async def test_cursors_of_the_longest_names_are_taken_back(engine: AsyncEngine) -> None:
    widest = "\u1fb7" * 254  # folds to more bytes than any other letter
    org = Manifest().user("ada", admin=True).space("core", name=widest)
    org.project("core/site", name=widest)
    for number in (1, 2):
        org.asset(f"core/site/{number}", name=f"{widest}{number}")
    asker = Asker(engine, await load(engine, org), "ada")
    first = await asker.page("Org.assets", first=1)
    second = await asker.page("Org.assets", first=1, after=first["pageInfo"]["endCursor"])
    assert [page["edges"][0]["node"]["key"] for page in (first, second)] == ["1", "2"]


@pytest.mark.parametrize("field", ["spaces", "projects", "assets", "users", "groups"])
async def test_rows_may_be_asked_for_nothing_but_their_type(
    engine: AsyncEngine, field: str
) -> None:
    org = Manifest().user("ada", admin=True).group("g").space("core").project("core/site")
    await load(engine, org.asset("core/site/home"))
    answer = await ask(
        engine, "ada", "acme", f"{{ org {{ {field}(first: 1) {{ nodes {{ __typename }} }} }} }}"
    )
    assert len(answer.data["org"][field]["nodes"]) == 1
