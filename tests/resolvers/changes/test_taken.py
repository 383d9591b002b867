"""A name and a key that are both taken are both told, alike on both databases."""

from collections.abc import Mapping
from typing import Any

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from tests.factories import Loaded, Manifest, load
from tests.resolvers.changes import changing
from tests.resolvers.changes.binning import delete, restore
from tests.resolvers.changes.changing import kept

ACME = (
    Manifest("acme")
    .user("ada", admin=True)
    .space("core", name="Core")
    .space("lab", name="Lab")
    .project("core/site", name="Site")
    .project("core/docs", name="Docs")
    .project("lab/site", name="Other")
    .project("lab/bench", name="Docs")
    .asset("core/site/home", name="Home")
    .asset("core/site/plan", name="Plan")
    .asset("core/docs/home", name="Plan")
)
BOTH = [("KEY_TAKEN", "key"), ("NAME_TAKEN", "name")]
NEW_BOTH = [("KEY_TAKEN", "newKey"), ("NAME_TAKEN", "newName")]


@pytest.fixture
async def acme(engine: AsyncEngine) -> Loaded:
    return await load(engine, ACME)


async def refusals(
    engine: AsyncEngine, name: str, given: Mapping[str, Any]
) -> list[tuple[str, str]]:
    before = await kept(engine)
    payload = await changing.mutate(engine, "ada", name, given, node="key")
    assert await kept(engine) == before
    return [(error["code"], error["field"]) for error in payload["errors"]]


@pytest.mark.parametrize(
    ("key", "name", "told"),
    [
        ("core", "core", BOTH),
        ("core", "Lab", BOTH),
        ("lab", "CORE", BOTH),
        ("core", "New", BOTH[:1]),
        ("new", "Core", BOTH[1:]),
    ],
)
async def test_of_a_new_space(
    engine: AsyncEngine, acme: Loaded, key: str, name: str, told: list[tuple[str, str]]
) -> None:
    assert acme
    assert await refusals(engine, "spaceCreate", {"key": key, "name": name}) == told


async def test_of_a_new_project_and_a_new_asset(engine: AsyncEngine, acme: Loaded) -> None:
    project = {"space": acme.ids["core"], "key": "site", "name": "docs"}
    assert await refusals(engine, "projectCreate", project) == BOTH
    asset = {"project": acme.ids["core/site"], "key": "home", "name": "PLAN", "kind": "FILE"}
    assert await refusals(engine, "assetCreate", asset) == BOTH


async def test_of_what_is_moved_and_copied(engine: AsyncEngine, acme: Loaded) -> None:
    moved = {"id": acme.ids["core/site"], "into": acme.ids["lab"], "newName": "Docs"}
    assert await refusals(engine, "projectMove", moved) == NEW_BOTH
    copied = {"id": acme.ids["core/docs/home"], "into": acme.ids["core/site"]}
    assert await refusals(engine, "assetCopy", copied) == NEW_BOTH


async def test_of_what_is_restored(engine: AsyncEngine, acme: Loaded) -> None:
    token = await delete(engine, "ada", acme.ids["core/site/home"])
    asset = {"project": acme.ids["core/site"], "key": "home", "name": "home", "kind": "FILE"}
    made = await changing.mutate(engine, "ada", "assetCreate", asset, node="key")
    assert made["errors"] == []
    before = await kept(engine)
    again = await restore(engine, "ada", token)
    assert [(error["code"], error["field"]) for error in again["errors"]] == NEW_BOTH
    assert await kept(engine) == before
