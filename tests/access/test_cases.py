"""Each access case, held against the pure rule, the lists in SQL, and the check of one node."""

from collections.abc import AsyncIterator, Iterator
from typing import Any

import pytest

from db import clock
from db.engine import open_engine
from tests.access.asking import Asker
from tests.access.cases import USER, Case, read_cases
from tests.access.expecting import expected_answer, expected_levels
from tests.access.reference import View
from tests.access.storing import store
from tests.databases import PostgreSQLDatabases, SQLiteFiles, run
from tests.factories import find

CASES = read_cases()
NODE = """
query Node($id: ID!) {
  node(id: $id) {
    id
    ... on Space { effectivePermission }
    ... on Project { effectivePermission }
    ... on Asset { effectivePermission }
  }
}
"""
every_case = pytest.mark.parametrize("case", CASES, ids=lambda case: case.key)


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest) -> Iterator[str]:
    """The URL of a database that holds the Orgs of all cases."""
    name = {"sqlite": "sqlite_files", "postgresql": "postgresql_databases"}[request.param]
    source: SQLiteFiles | PostgreSQLDatabases = request.getfixturevalue(name)
    with source.fresh() as url:
        run(_store(url))
        yield url


async def _store(url: str) -> None:
    engine = open_engine(url)
    for case in CASES:
        await store(engine, case.org, case.key)
    await engine.dispose()


@pytest.fixture
async def asker(url: str, case: Case) -> AsyncIterator[Asker]:
    engine = open_engine(url)
    yield Asker(engine, await find(engine, case.key), USER)
    await engine.dispose()


def seen_levels(case: Case, asker: Asker) -> dict[str, str]:
    """Return the ids of what u must see, with the level on each."""
    levels = case.levels.items()
    seen = {path: level for path, level in levels if level > 0 or path in case.listed}
    return {asker.loaded.ids[path]: level.name for path, level in seen.items()}


def shown_levels(rows: list[Any]) -> dict[str, str]:
    return {row["id"]: row["effectivePermission"] for row in rows if row is not None}


def test_every_row_of_the_table_has_a_case() -> None:
    assert {case.row for case in CASES} - {None} == set(range(1, 19))


def test_no_two_cases_have_one_name() -> None:
    assert len({case.name for case in CASES}) == len(CASES)


@every_case
def test_the_pure_rule_gives_each_level(case: Case) -> None:
    view = View(case.org, USER, now=clock.now())
    assert {path: view.level(path) for path in case.levels} == case.levels


@every_case
def test_the_reference_lists_the_spaces(case: Case) -> None:
    view = View(case.org, USER, now=clock.now())
    assert {space.path for space in view.spaces()} == case.listed


@every_case
async def test_the_lists_show_each_level(case: Case, asker: Asker) -> None:
    org = (await asker.answered())["org"]
    rows = [] if org is None else [org["sharedProject"]]
    for name in ("spaces", "projects", "assets"):
        rows += org[name]["nodes"] if org else []
    assert shown_levels(rows) == seen_levels(case, asker)


@every_case
async def test_a_node_by_its_id_has_its_level_or_is_null(case: Case, asker: Asker) -> None:
    nodes = [(await asker.ask(NODE, {"id": id_}))["node"] for id_ in asker.loaded.nodes.values()]
    assert shown_levels(nodes) == seen_levels(case, asker)


@every_case
async def test_the_check_gives_each_level(case: Case, asker: Asker) -> None:
    nodes = dict(zip(asker.loaded.nodes, (await asker.checked())[1:], strict=False))
    assert nodes == case.levels


@every_case
async def test_all_that_is_answered_is_what_the_reference_says(case: Case, asker: Asker) -> None:
    view = View(case.org, USER, now=clock.now())
    assert await asker.answered() == expected_answer(view, asker.loaded)
    assert await asker.checked() == expected_levels(view, asker.loaded)


@pytest.mark.parametrize("case", [case for case in CASES if case.row == 14], ids=["row-14"])
async def test_of_a_signpost_the_key_and_the_name_are_told(asker: Asker) -> None:
    spaces = (await asker.answered())["org"]["spaces"]
    assert spaces["totalCount"] == 1
    signpost = spaces["nodes"][0]
    assert {**signpost, "sharedProject": ..., "projects": ...} == {
        "id": asker.loaded.ids["core"],
        "key": "core",
        "name": "core",
        "description": None,
        "effectivePermission": "NONE",
        "createdAt": None,
        "updatedAt": None,
        "sharedProject": ...,
        "projects": ...,
    }
