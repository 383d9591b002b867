"""Asking for a purge: who may, by which name, and that it is gone from the bin at once."""

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from tests.counting import counted
from tests.factories import Loaded, load
from tests.resolvers.changes.binning import (
    BINNED,
    bin_of,
    delete,
    paths_of,
    purge,
    purges_of,
    restore,
    rows_of,
)
from tests.resolvers.changes.changing import codes, kept


@pytest.fixture
async def acme(engine: AsyncEngine) -> Loaded:
    return await load(engine, BINNED)


async def test_what_is_purged_is_gone_from_the_bin_at_once(
    engine: AsyncEngine, acme: Loaded
) -> None:
    token = await delete(engine, "oz", acme.ids["core"])
    before = await rows_of(engine)
    payload = await purge(engine, "ada", token, "Core")
    waiting = {"deletionId": token, "nodeKind": "SPACE", "path": "core", "rowsPurged": 0}
    waiting |= {"rowsToPurge": None, "finishedAt": None}
    assert (payload["errors"], payload["purge"]) == ([], waiting)
    assert await purges_of(engine, "ada") == [waiting]
    assert await purges_of(engine, "oz") == []
    assert await bin_of(engine, "ada") == []
    assert codes(await restore(engine, "ada", token)) == ["NOT_FOUND"]
    assert codes(await purge(engine, "ada", token, "Core")) == ["NOT_FOUND"]
    after = await rows_of(engine)
    del before["deletion"], after["deletion"]
    assert after == before
    told = (await kept(engine))[1][-1]
    assert told[1:2] == (acme.ids["user:ada"],)
    assert told[3:8] == (
        *("bin.purge", acme.ids["core"], "core"),
        *('{"key":"core","name":"Core"}', None),
    )


@pytest.mark.parametrize("name", ["core", "Core ", "", "Lab"])
async def test_another_name_purges_nothing(engine: AsyncEngine, acme: Loaded, name: str) -> None:
    token = await delete(engine, "oz", acme.ids["core"])
    before = await rows_of(engine), await kept(engine)
    payload = await purge(engine, "ada", token, name)
    assert [(error["code"], error["field"]) for error in payload["errors"]] == [
        ("CONFIRMATION", "confirmName")
    ]
    assert payload["purge"] is None
    assert (await rows_of(engine), await kept(engine)) == before


@pytest.mark.parametrize(
    ("user", "code"),
    [("oz", "FORBIDDEN"), ("fay", "NOT_FOUND"), ("nan", "NOT_FOUND"), ("dan", "NOT_FOUND")],
)
async def test_only_admins_purge(engine: AsyncEngine, acme: Loaded, user: str, code: str) -> None:
    token = await delete(engine, "oz", acme.ids["core"])
    before = await rows_of(engine), await kept(engine)
    assert codes(await purge(engine, user, token, "Core")) == [code]
    assert (await rows_of(engine), await kept(engine)) == before


@pytest.mark.parametrize("path", ["core", "core/site"])
async def test_what_was_deleted_in_it_before_leaves_the_bin_with_it(
    engine: AsyncEngine, acme: Loaded, path: str
) -> None:
    home = await delete(engine, "oz", acme.ids["core/site/home"])
    guide = await delete(engine, "oz", acme.ids["core/docs/guide"])
    site = await delete(engine, "oz", acme.ids["core/site"])
    core = await delete(engine, "oz", acme.ids["core"])
    name, token = {"core": ("Core", core), "core/site": ("Site", site)}[path]
    assert (await purge(engine, "ada", token, name))["errors"] == []
    left = {"core": [], "core/site": ["core", "core/docs/guide"]}[path]
    assert await paths_of(engine, "ada") == left
    into = acme.ids["lab/shared"]
    assert codes(await restore(engine, "ada", home, into=into)) == ["NOT_FOUND"]
    again = await restore(engine, "ada", guide, into=into)
    assert codes(again) == (["NOT_FOUND"] if path == "core" else [])


async def test_nothing_is_counted_or_removed_in_the_request(
    engine: AsyncEngine, acme: Loaded
) -> None:
    token = await delete(engine, "oz", acme.ids["core"])
    with counted() as statements:
        await purge(engine, "ada", token, "Core")
    assert [text for text in statements if text.startswith("DELETE") or "count(" in text] == []
