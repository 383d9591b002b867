"""A page may be found by a short walk, or gathered from all that is held: it is the same page."""

from itertools import product

import pytest
from sqlalchemy import false, update
from sqlalchemy.ext.asyncio import AsyncEngine

from auth.access import Access
from db.clock import now
from db.engine import change
from db.models import PROJECT, SPACE
from db.queries import AnySelect
from engine.edge import Columns
from engine.page import Shape
from resolvers.short_walk import Pages, Trial, walked_or_gathered
from tests.access.forms import walk_alone, walk_to_the_end, walking
from tests.factories import Loaded, Manifest, load
from tests.resolvers.lists import Asker, Walk, nodes, pages

SPACES = 60
LISTS = ("Org.spaces", "Org.projects", "Org.assets")
BY = {"Org.spaces": "NAME", "Org.projects": "PATH", "Org.assets": "PATH"}
EVER, ONCE = "2101-01-01T00:00:00Z", "2001-01-01T00:00:00Z"


def manifest() -> Manifest:
    """Return an Org in which cleo sees most spaces somehow, and ben the last few of them."""
    org = Manifest().user("ada", admin=True).user("ben").user("cleo").group("crew", "cleo")
    for place in range(SPACES):
        space = f"s{place}"
        org.space(space, name=f"Space {place}").asset(f"{space}/shared/plan", name="Plan")
        for number in range(3):
            org.project(f"{space}/p{number}", name=f"Project {number}")
            org.asset(f"{space}/p{number}/a", name="Asset")
        _grant(org, space, place)
    return org


def _grant(org: Manifest, space: str, place: int) -> None:
    """Grant something at the space: of six in a row one holds nothing now."""
    match place % 6:
        case 0:
            org.grant("group:crew", "FULL", on=space, propagate=True)
            org.grant("user:cleo", "READ", on=f"{space}/p1", expires_at=EVER)
        case 1:
            org.grant("user:cleo", "READ", on=space)
            org.grant("group:crew", "OWNER", on=f"{space}/p2")
        case 2:
            org.grant("user:cleo", "READ", on=f"{space}/p0")
        case 3:
            org.grant("user:cleo", "READ", on=f"{space}/p0", expires_at=ONCE)
            org.grant("group:crew", "READ", on=space, propagate=True, expires_at=ONCE)
        case _:
            org.grant("group:crew", "READ_EXECUTE", on=space, propagate=True)
    if place >= SPACES - 6:
        for number in range(3):
            org.grant("user:ben", "READ", on=f"{space}/p{number}")


@pytest.fixture
async def loaded(engine: AsyncEngine) -> Loaded:
    """The Org, in which a space is deleted, and all that lets one be seen in another."""
    found = await load(engine, manifest())
    async with change(engine) as connection:
        for table, key in ((SPACE, "s4"), (PROJECT, "s8/p0")):
            number = int(found.ids[key].rpartition("_")[2])
            row = (table.c.org_id == found.org_id, table.c.id == number)
            await connection.execute(update(table).where(*row).values(deleted_at=now()))
    return found


@pytest.mark.parametrize("user", ["ben", "cleo"])
@pytest.mark.parametrize("name", LISTS)
async def test_short_pages_are_the_whole_list_in_its_order(
    engine: AsyncEngine, loaded: Loaded, name: str, user: str
) -> None:
    asker = Asker(engine, loaded, user)
    for direction, backward in product(("ASC", "DESC"), (False, True)):
        by = {"field": BY[name], "direction": direction}
        whole = await asker.nodes(name, by=by)
        assert len(whole) > 5
        for size in (2, 7) if direction == "ASC" else (3,):
            assert nodes(await pages(asker, name, Walk(size, backward, by))) == whole


def nothing_gathered(
    access: Access, shape: Shape, columns: Columns, page: Pages, *, trial: Trial
) -> AnySelect:
    """Return the page without what is gathered."""

    def walked(access: Access, shape: Shape, columns: Columns) -> AnySelect:
        found = page(access, shape, columns)
        return found.where(false()) if access.near is None else found

    return walked_or_gathered(access, shape, columns, walked, trial=trial)


@pytest.mark.parametrize("name", LISTS)
async def test_the_walk_by_itself_fills_a_page(
    engine: AsyncEngine, loaded: Loaded, name: str
) -> None:
    cleo = Asker(engine, loaded, "cleo")
    whole = await cleo.nodes(name)
    with walking(walk_to_the_end):
        for size in (5, 20, len(whole)):
            assert await cleo.nodes(name, first=size) == whole[:size]
            assert await cleo.nodes(name, first=None, last=size) == whole[-size:]


async def test_the_walk_goes_no_further_than_ten_spaces_for_a_row(
    engine: AsyncEngine, loaded: Loaded
) -> None:
    ben = Asker(engine, loaded, "ben")
    whole = await ben.nodes("Org.spaces")
    with walking(walk_alone):
        assert await ben.nodes("Org.spaces", first=2) == []
        assert await ben.nodes("Org.spaces", first=6) == whole


async def test_only_who_holds_much_is_answered_by_a_walk(
    engine: AsyncEngine, loaded: Loaded
) -> None:
    cleo, ben = Asker(engine, loaded, "cleo"), Asker(engine, loaded, "ben")
    whole = await cleo.nodes("Org.spaces")
    with walking(nothing_gathered):
        assert await cleo.nodes("Org.spaces", first=2) == whole[:2]
        assert await cleo.nodes("Org.spaces", first=len(whole)) == []
        assert await ben.nodes("Org.spaces", first=2) == []
