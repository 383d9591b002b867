"""Projects changed through the API: what comes of it, who may, and what is told."""

from collections.abc import Mapping
from typing import Any

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from tests.factories import Loaded, load
from tests.resolvers.changes import changing
from tests.resolvers.changes.changing import CHANGED, codes, kept

NODE = "id key name description effectivePermission space { key }"


@pytest.fixture
async def acme(engine: AsyncEngine) -> Loaded:
    return await load(engine, CHANGED)


async def mutate(
    engine: AsyncEngine, user: str, name: str, given: Mapping[str, Any]
) -> dict[str, Any]:
    return await changing.mutate(engine, user, name, given, node=NODE)


async def test_whoever_makes_a_project_owns_it(engine: AsyncEngine, acme: Loaded) -> None:
    given = {"space": acme.ids["core"], "key": "new", "name": "New", "description": "Of fay's"}
    payload = await mutate(engine, "fay", "projectCreate", given)
    assert payload["node"] | {"id": ""} == {
        "id": "",
        "key": "new",
        "name": "New",
        "description": "Of fay's",
        "effectivePermission": "OWNER",
        "space": {"key": "core"},
    }
    _, events = await kept(engine)
    assert events[-1][3:7] == ("project.create", payload["node"]["id"], "core/new", None)
    gone = await mutate(engine, "fay", "projectDelete", {"id": payload["node"]["id"]})
    assert (gone["node"], gone["errors"]) == (None, [])


async def test_a_deleted_projects_name_and_key_are_free(engine: AsyncEngine, acme: Loaded) -> None:
    await mutate(engine, "oz", "projectDelete", {"id": acme.ids["core/site"]})
    given = {"space": acme.ids["core"], "key": "site", "name": "Site"}
    assert (await mutate(engine, "oz", "projectCreate", given))["errors"] == []
    again = await mutate(engine, "oz", "projectCreate", given)
    assert codes(again) == ["KEY_TAKEN", "NAME_TAKEN"]


@pytest.mark.parametrize("path", ["core/shared", "shared"])
@pytest.mark.parametrize("name", ["projectRename", "projectDelete"])
async def test_a_shared_project_is_kept(
    engine: AsyncEngine, acme: Loaded, path: str, name: str
) -> None:
    given = {"id": acme.ids[path]} | ({"name": "New"} if name == "projectRename" else {})
    before = await kept(engine)
    assert codes(await mutate(engine, "ada", name, given)) == ["SHARED_PROJECT"]
    assert await kept(engine) == before
    described = {"id": acme.ids[path], "description": "For all"}
    assert (await mutate(engine, "ada", "projectUpdate", described))["errors"] == []


# Who may, of those who see the project at all: ria, who has READ, never may.
MAY = {
    "projectCreate": {"fay", "oz", "ada"},
    "projectRename": {"fay", "oz", "ada", "pip"},
    "projectUpdate": {"fay", "oz", "ada", "pip"},
    "projectDelete": {"oz", "ada", "pip"},
}


@pytest.mark.parametrize("name", MAY)
@pytest.mark.parametrize("user", ["nan", "ria", "fay", "oz", "pip", "ada", "dan"])
async def test_who_may_do_what(engine: AsyncEngine, acme: Loaded, name: str, user: str) -> None:
    given = {
        "projectCreate": {"space": acme.ids["core"], "key": "new", "name": "New"},
        "projectRename": {"id": acme.ids["core/site"], "name": "New"},
        "projectUpdate": {"id": acme.ids["core/site"], "description": "New"},
        "projectDelete": {"id": acme.ids["core/site"]},
    }[name]
    before = await kept(engine)
    payload = await mutate(engine, user, name, given)
    if user in MAY[name]:
        assert payload["errors"] == []
        return
    signpost = user == "pip"  # who sees the space, because of the project in it
    unseen = user in ("nan", "dan")
    assert codes(payload) == ["NOT_FOUND" if unseen and not signpost else "FORBIDDEN"]
    assert await kept(engine) == before
