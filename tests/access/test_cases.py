"""Each access case, held against the pure rule, the lists in SQL, and the check of one node."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain
from typing import Any

import pytest

from auth.levels import Permission
from db import clock
from db.engine import open_engine
from tests.access.asking import Asker
from tests.access.cases import USER, Case, read_cases
from tests.access.expecting import expected_answer, expected_levels
from tests.access.reference import View
from tests.access.storing import store
from tests.databases import SQLiteFiles, run
from tests.factories import Loaded
from tests.postgresql import PostgreSQLDatabases

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


@dataclass(frozen=True)
class Observed:
    """What u is answered in the Org of a case: everything at once, node by node, and by `check`."""

    loaded: Loaded
    answer: Any
    nodes: list[Any]
    checked: list[Permission]


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def all_observed(request: pytest.FixtureRequest) -> Iterator[dict[str, Observed]]:
    """What u is answered in each case; they are all in one database."""
    name = {"sqlite": "sqlite_files", "postgresql": "postgresql_databases"}[request.param]
    source: SQLiteFiles | PostgreSQLDatabases = request.getfixturevalue(name)
    with source.fresh() as url:
        yield run(_observe(url))


@pytest.fixture
def observed(all_observed: dict[str, Observed], case: Case) -> Observed:
    return all_observed[case.key]


async def _observe(url: str) -> dict[str, Observed]:
    engine = open_engine(url)
    stored = {case.key: await store(engine, case.org, case.key) for case in CASES}
    observed: dict[str, Observed] = {}
    for key, loaded in stored.items():
        asker = Asker(engine, loaded, USER)
        nodes = [(await asker.ask(NODE, {"id": id_}))["node"] for id_ in loaded.nodes.values()]
        observed[key] = Observed(loaded, await asker.answered(), nodes, await asker.checked())
    await engine.dispose()
    return observed


def seen_levels(case: Case, loaded: Loaded) -> dict[str, str]:
    """Return the ids of what u must see, with the level on each."""
    levels = case.levels.items()
    seen = {path: level for path, level in levels if level > 0 or path in case.listed}
    return {loaded.ids[path]: level.name for path, level in seen.items()}


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
    assert {space.path for space in view.spaces()} == case.listed


@every_case
def test_the_lists_show_each_level(case: Case, observed: Observed) -> None:
    rows: list[Any] = []
    if org := observed.answer["org"]:
        lists = [org[name]["nodes"] for name in ("spaces", "projects", "assets")]
        rows = [org["sharedProject"], *chain(*lists)]
    assert shown_levels(rows) == seen_levels(case, observed.loaded)


@every_case
def test_a_node_by_its_id_has_its_level_or_is_null(case: Case, observed: Observed) -> None:
    assert shown_levels(observed.nodes) == seen_levels(case, observed.loaded)


@every_case
def test_the_check_gives_each_level(case: Case, observed: Observed) -> None:
    levels = observed.checked[1 : len(observed.loaded.nodes) + 1]  # behind the Org's own
    assert dict(zip(observed.loaded.nodes, levels, strict=True)) == case.levels


@every_case
def test_all_that_is_answered_is_what_the_reference_says(case: Case, observed: Observed) -> None:
    view = View(case.org, USER, now=clock.now())
    assert observed.answer == expected_answer(view, observed.loaded)
    assert observed.checked == expected_levels(view, observed.loaded)


@pytest.mark.parametrize("case", [case for case in CASES if case.row == 14], ids=["row-14"])
def test_of_a_signpost_the_key_and_the_name_are_told(observed: Observed) -> None:
    spaces = observed.answer["org"]["spaces"]
    assert spaces["totalCount"] == 1
    assert spaces["nodes"][0] | {"sharedProject": ..., "projects": ...} == {
        "id": observed.loaded.ids["core"],
        "key": "core",
        "name": "core",
        "description": None,
        "effectivePermission": "NONE",
        "createdAt": None,
        "updatedAt": None,
        "access": {"level": "NONE"},
        "sharedProject": ...,
        "projects": ...,
    }
