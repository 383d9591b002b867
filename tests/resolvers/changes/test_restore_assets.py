"""Assets taken back: they may lie in a project that is in the bin, or in a space that is."""

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from db.ids import parse_id
from tests.factories import Loaded, load
from tests.resolvers.changes.binning import BINNED, change, delete, restore, rows_of, tree_of
from tests.resolvers.changes.changing import codes, kept


@pytest.fixture
async def acme(engine: AsyncEngine) -> Loaded:
    return await load(engine, BINNED)


async def test_an_asset_comes_back_as_it_was(engine: AsyncEngine, acme: Loaded) -> None:
    before = await tree_of(engine, "fay"), (await rows_of(engine))["asset"]
    token = await delete(engine, "fay", acme.ids["core/site/home"])
    assert len(await tree_of(engine, "fay")) == len(before[0]) - 1
    payload = await restore(engine, "fay", token)
    assert payload["node"] == {"__typename": "Asset", "id": acme.ids["core/site/home"]}
    assert (await tree_of(engine, "fay"), (await rows_of(engine))["asset"]) == before
    assert (await kept(engine))[1][-1][3:6] == (
        *("asset.restore", acme.ids["core/site/home"], "core/site/home"),
    )


@pytest.mark.parametrize(
    ("binned", "told"),
    [
        (["core/site"], 'The project "Site" (core/site)'),
        (["core"], 'The space "Core" (core)'),
        (["core/site", "core"], 'The project "Site" (core/site)'),
    ],
)
async def test_the_nearest_parent_in_the_bin_is_named(
    engine: AsyncEngine, acme: Loaded, binned: list[str], told: str
) -> None:
    token = await delete(engine, "oz", acme.ids["core/site/home"])
    deletions = [await delete(engine, "oz", acme.ids[path]) for path in binned]
    before = await rows_of(engine), await kept(engine)
    (error,) = (await restore(engine, "oz", token))["errors"]
    assert (error["code"], error["field"]) == ("PARENT_DELETED", "id")
    assert error["message"].startswith(f"{told} that it lies in is in the recycle bin")
    assert deletions[0] in error["message"]
    assert (await rows_of(engine), await kept(engine)) == before


async def test_an_asset_comes_back_into_another_project(engine: AsyncEngine, acme: Loaded) -> None:
    token = await delete(engine, "oz", acme.ids["core/site/home"])
    await delete(engine, "oz", acme.ids["core/site"])
    into = {"id": token, "into": acme.ids["core/docs"]}
    answer = "errors { code } plan { gained lost changed counts { kind after pairs } }"
    tried = await change(engine, "oz", "restore", {**into, "dryRun": True}, answer=answer)
    # ada and oz own core/docs, fay has FULL and ria READ there: nobody gets or loses a project.
    assert tried["plan"] == {
        "gained": 4,
        "lost": 0,
        "changed": 0,
        "counts": [
            {"kind": "ASSET", "after": "READ", "pairs": 1},
            {"kind": "ASSET", "after": "FULL", "pairs": 1},
            {"kind": "ASSET", "after": "OWNER", "pairs": 2},
        ],
    }
    payload = await restore(engine, "oz", token, into=acme.ids["core/docs"], newKey="start")
    assert (payload["errors"], payload["node"]["id"]) == ([], acme.ids["core/site/home"])
    site, home = (parse_id(acme.ids[path]) for path in ("core/site", "core/site/home"))
    assert site is not None
    assert home is not None
    assert [row[2:4] for row in (await rows_of(engine))["placement"]] == [(home.id, site.id)]
    assert (await kept(engine))[1][-1][5] == "core/docs/start"


async def test_to_come_back_elsewhere_takes_full_there(engine: AsyncEngine, acme: Loaded) -> None:
    token = await delete(engine, "pip", acme.ids["core/site/home"])
    before = await rows_of(engine), await kept(engine)
    for path, code in (("core/docs", "NOT_FOUND"), ("shared", "FORBIDDEN"), ("core", "NOT_FOUND")):
        assert codes(await restore(engine, "pip", token, into=acme.ids[path])) == [code]
    assert (await rows_of(engine), await kept(engine)) == before
