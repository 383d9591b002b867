"""Whoever pages on while others change the list gets every row that stayed, and each once."""

from collections.abc import Awaitable, Callable
from typing import NamedTuple, TypeAlias

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from tests.factories import Loaded
from tests.resolvers.lists import LISTS, Asker, Node, store
from tests.resolvers.writing import add_asset, add_project, add_space, delete

Add: TypeAlias = Callable[[AsyncEngine, Loaded], Awaitable[str]]


class Additions(NamedTuple):
    """Rows added before the place reached in the list and behind it, in its first order."""

    before: tuple[Add, ...]
    behind: tuple[Add, ...]


def space(name: str) -> Add:
    return lambda engine, org: add_space(engine, org, name)


def project(name: str, where: str) -> Add:
    return lambda engine, org: add_project(engine, org, name, space=where)


def asset(name: str, where: str) -> Add:
    return lambda engine, org: add_asset(engine, org, name, project=where)


# Places as seen from the third row: Space 1, Project 2 of 100% wool, Common 7, and so on.
CASES = {
    "Org.spaces": Additions(
        (space("0"), space("Space 0"), space("100% wool and more")),
        (space("Space 1 and more"), space("Space 1.5"), space("zzz")),
    ),
    "Org.projects": Additions(
        (project("Alpha", "k1"), project("A new one", "k5")),
        (project("Zeta", "k8"), project("Project 8", "k4"), project("Alpha", "k8")),
    ),
    "Org.assets": Additions(
        (asset("Common 0", "shared"), asset("Common 2 and a half", "shared")),
        (asset("Common 8", "shared"), asset("A new one", "k1/p10"), asset("Zeta", "k2/shared")),
    ),
    "Space.projects": Additions(
        (project("Alpha", "k4"), project("Project 6", "k4")),
        (project("Project 7 and more", "k4"), project("Zeta", "k4")),
    ),
    "Project.assets": Additions(
        (asset("Alpha", "k4/p7"), asset("Asset 6", "k4/p7")),
        (asset("Asset 8", "k4/p7"), asset("Zeta", "k4/p7")),
    ),
}
WAYS = {
    False: ("first", "after", "endCursor", "hasNextPage"),
    True: ("last", "before", "startCursor", "hasPreviousPage"),
}


@pytest.fixture
async def ada(engine: AsyncEngine) -> Asker:
    return Asker(engine, await store(engine), "ada")


async def rest(asker: Asker, name: str, cursor: str, *, backward: bool, by: object) -> list[str]:
    """Return the ids that pages of two give from the cursor on, in the order of the list."""
    size, position, end, more = WAYS[backward]
    found, going_on = list[str](), True
    while going_on:
        page = await asker.page(name, **{size: 2, position: cursor, "by": by})
        ids = [edge["node"]["id"] for edge in page["edges"]]
        found = [*ids, *found] if backward else [*found, *ids]
        cursor, going_on = page["pageInfo"][end], page["pageInfo"][more]
    return found


async def whole(asker: Asker, name: str, by: object) -> dict[str, str]:
    """Return the cursors of the whole list by id, in its order."""
    page = await asker.page(name, first=1000, by=by)
    return {edge["node"]["id"]: edge["cursor"] for edge in page["edges"]}


@pytest.mark.parametrize("direction", ["ASC", "DESC"])
@pytest.mark.parametrize("name", CASES)
async def test_rows_that_others_add_push_none_out_and_repeat_none(
    ada: Asker, name: str, direction: str
) -> None:
    by = {"field": next(iter(LISTS[name].orders)), "direction": direction}
    old = await whole(ada, name, by)
    place = 2 if direction == "ASC" else len(old) - 3
    reached, cursor = list(old.items())[place]
    for add in (*CASES[name].before, *CASES[name].behind):
        await add(ada.engine, ada.loaded)
    new = list(await whole(ada, name, by))
    added = CASES[name].before if direction == "ASC" else CASES[name].behind
    assert new.index(reached) == place + len(added)
    assert [id_ for id_ in new if id_ in old] == list(old)
    forwards = await rest(ada, name, cursor, backward=False, by=by)
    backwards = await rest(ada, name, cursor, backward=True, by=by)
    assert [*backwards, reached, *forwards] == new


@pytest.mark.parametrize("name", CASES)
async def test_the_place_of_a_row_that_is_deleted_is_kept(ada: Asker, name: str) -> None:
    old = await whole(ada, name, None)
    ids = list(old)
    await delete(ada.engine, ada.loaded, ids[2])
    forwards = await rest(ada, name, old[ids[2]], backward=False, by=None)
    backwards = await rest(ada, name, old[ids[2]], backward=True, by=None)
    assert list(await whole(ada, name, None)) == [*backwards, *forwards]
    gone = set(ids) - {*backwards, *forwards}
    assert (ids[2] in gone, ids[1] in gone, ids[3] in gone) == (True, False, False)


def space_of(asset: Node) -> str | None:
    space = asset["project"]["space"]
    return str(space["name"]) if space else None


async def test_what_lay_in_a_deleted_space_is_left_out_wherever_the_cursor_is(ada: Asker) -> None:
    old = await whole(ada, "Org.assets", None)
    nodes = await ada.nodes("Org.assets")
    spaces = [space_of(node) for node in nodes]
    inside = spaces.index("under_score") + 1
    await delete(ada.engine, ada.loaded, ada.loaded.ids["k4"])
    cursor = old[nodes[inside]["id"]]
    stay = [node["id"] for node, space in zip(nodes, spaces, strict=True) if space != "under_score"]
    forwards = await rest(ada, "Org.assets", cursor, backward=False, by=None)
    backwards = await rest(ada, "Org.assets", cursor, backward=True, by=None)
    assert [*backwards, *forwards] == stay
    assert backwards == stay[: inside - 1]


async def test_a_row_that_is_added_behind_each_page_is_met_on_the_next(ada: Asker) -> None:
    found, cursor = list[str](), None
    for number in range(1, 4):
        page = await ada.page("Project.assets", first=2, after=cursor)
        found += [edge["node"]["name"] for edge in page["edges"]]
        cursor = page["pageInfo"]["endCursor"]
        await add_asset(ada.engine, ada.loaded, f"{found[-1]} {number}", project="k4/p7")
    assert found == ["Asset 1", "Asset 2", "Asset 2 1", "Asset 7", "Asset 7 2", "Asset 9"]
