"""Whom a dry run names: everyone to admins, on what the asker owns, and the asker itself."""

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from tests.factories import Loaded, load
from tests.resolvers.changes.changing import CHANGED, answered

PLAN = "errors { code } plan { lost redacted first { member { key } node { id } before after } }"


@pytest.fixture
async def acme(engine: AsyncEngine) -> Loaded:
    return await load(engine, CHANGED.copy().asset("core/site/home").asset("core/docs/home"))


@pytest.mark.parametrize(
    ("user", "told"),
    [
        ("ada", ["ada", "fay", "oz", "pip", "ria"]),
        ("oz", ["ada", "fay", "oz", "pip", "ria"]),
        ("pip", ["ada", "fay", "oz", "pip", "ria"]),
        ("fay", ["fay"]),
    ],
)
async def test_who_does_not_own_it_is_told_of_itself(
    engine: AsyncEngine, acme: Loaded, user: str, told: list[str]
) -> None:
    given = {"id": acme.ids["core/site/home"], "dryRun": True}
    payload = await answered(engine, user, "assetDelete", given, payload=PLAN)
    plan = payload["plan"]
    assert payload["errors"] == []
    assert [pair["member"]["key"] for pair in plan["first"]] == told
    assert (plan["lost"], plan["redacted"]) == (len(told), len(told) < 5)


async def test_what_it_would_own_counts_as_owned(engine: AsyncEngine, acme: Loaded) -> None:
    given = {"id": acme.ids["core/site"], "into": acme.ids["core"], "newKey": "new", "dryRun": True}
    given |= {"newName": "New"}
    plan = (await answered(engine, "fay", "projectCopy", given, payload=PLAN))["plan"]
    assert [pair["member"]["key"] for pair in plan["first"]] == ["ada", "fay", "oz", "ria"]
    assert plan["redacted"] is False
