"""Projects and assets moved: what comes along, who may, and who sees them afterwards."""

from collections.abc import Mapping
from typing import Any

import orjson
import pytest
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncEngine

from db.engine import snapshot
from db.ids import parse_id
from db.models import GRANT, PLACEMENT
from tests.factories import Loaded, load
from tests.resolvers.changes.arrivals import MOVING, levels_of, rows_of
from tests.resolvers.changes.changing import answered, bulk, codes, kept

PROJECT = """node { id key name space { key } assets { nodes { key } } }
errors { code message field } revision warnings undoToken"""
ASSET = """node { id key name project { key } content { number } }
errors { code message field } revision warnings undoToken"""


@pytest.fixture
async def acme(engine: AsyncEngine) -> Loaded:
    return await load(engine, MOVING)


async def move(engine: AsyncEngine, user: str, name: str, given: Mapping[str, Any]) -> Any:
    payload = PROJECT if name == "projectMove" else ASSET
    return await answered(engine, user, name, given, payload=payload)


def number(id_: str) -> int:
    node = parse_id(id_)
    assert node is not None
    return node.id


async def test_a_project_keeps_its_id_and_takes_its_assets_along(
    engine: AsyncEngine, acme: Loaded
) -> None:
    site = acme.ids["core/site"]
    payload = await move(engine, "pip", "projectMove", {"id": site, "into": acme.ids["lab"]})
    assert payload == {
        "node": {
            "id": site,
            "key": "site",
            "name": "Site",
            "space": {"key": "lab"},
            "assets": {"nodes": [{"key": "blog"}, {"key": "home"}]},
        },
        "errors": [],
        "revision": payload["revision"],
        "warnings": [],
        "undoToken": None,
    }
    _, events = await kept(engine)
    assert events[-1][3:8] == (
        "project.move",
        site,
        "lab/site",
        '{"path":"core/site","name":"Site"}',
        '{"path":"lab/site","name":"Site"}',
    )


async def test_where_it_lay_is_remembered(engine: AsyncEngine, acme: Loaded) -> None:
    site, home = acme.ids["core/site"], acme.ids["core/site/home"]
    await move(engine, "ada", "projectMove", {"id": site, "into": acme.ids["lab"]})
    await move(engine, "ada", "assetMove", {"id": home, "into": acme.ids["shared"]})
    await move(engine, "ada", "projectMove", {"id": site, "into": acme.ids["core"]})
    async with snapshot(engine) as connection:
        columns = (PLACEMENT.c.node_id, PLACEMENT.c.parent_id, PLACEMENT.c.began_at)
        places = select(*columns, PLACEMENT.c.ended_at).where(PLACEMENT.c.org_id == acme.org_id)
        rows = (await connection.execute(places.order_by(PLACEMENT.c.id))).all()
    assert [(row.node_id, row.parent_id) for row in rows] == [
        (number(site), number(acme.ids["core"])),
        (number(home), number(site)),
        (number(site), number(acme.ids["lab"])),
    ]
    assert [rows[0].began_at, rows[1].began_at] == [acme.made_at] * 2
    assert (rows[0].ended_at, rows[2].began_at < rows[2].ended_at) == (rows[2].began_at, True)


async def test_the_grants_on_a_project_go_with_it(engine: AsyncEngine, acme: Loaded) -> None:
    site, lab = acme.ids["core/site"], acme.ids["lab"]
    paths = ("core/site", "core/site/home", "core", "core/shared", "lab", "lab/shared")
    await answered(engine, "ada", "projectMove", {"id": site, "into": lab}, payload="errors{code}")
    async with snapshot(engine) as connection:
        held = select(GRANT.c.within_id).where(GRANT.c.org_id == acme.org_id)
        within = await connection.scalars(held.where(GRANT.c.project_id == number(site)))
        assert set(within) == {number(lab)}
    levels = {user: await levels_of(engine, user, acme, *paths) for user in USERS}
    assert levels == {
        "ada": ["OWNER"] * 6,
        "oz": ["NONE", "NONE", "OWNER", "OWNER", "FULL", "FULL"],
        "fay": ["NONE", "NONE", "FULL", "FULL", "FULL", "FULL"],
        "ria": ["READ", "READ", "READ", "READ", "NONE", "READ"],
        "pip": ["OWNER", "OWNER", "NONE", "NONE", "FULL", "FULL"],
        "lou": ["NONE", "NONE", "NONE", "NONE", "NONE", "READ_EXECUTE"],
        "tom": ["NONE", "NONE", "NONE", "READ_EXECUTE", "READ", "READ"],
    }


USERS = ("ada", "oz", "fay", "ria", "pip", "lou", "tom")


async def test_an_asset_takes_its_versions_along(engine: AsyncEngine, acme: Loaded) -> None:
    home = acme.ids["core/site/home"]
    payload = await move(engine, "fay", "assetMove", {"id": home, "into": acme.ids["core/docs"]})
    assert payload["node"] == {
        "id": home,
        "key": "home",
        "name": "Home",
        "project": {"key": "docs"},
        "content": {"number": 1},
    }
    assert await levels_of(engine, "tom", acme, "core/site/home") == ["OWNER"]
    assert await levels_of(engine, "pip", acme, "core/site/home") == ["NONE"]


# Who may move core/site into lab, and core/docs: the code, and the field that it is about.
@pytest.mark.parametrize(
    ("user", "path", "refusal"),
    [
        ("nan", "core/site", ("NOT_FOUND", "into")),
        ("dan", "core/site", ("NOT_FOUND", None)),
        ("ria", "core/site", ("NOT_FOUND", "into")),
        ("tom", "core/site", ("NOT_FOUND", "id")),
        ("tom", "core/docs", ("FORBIDDEN", "into")),
        ("fay", "core/site", ("FORBIDDEN", "id")),
        ("pip", "core/docs", ("NOT_FOUND", "id")),
        ("pip", "core/site", None),
        ("oz", "core/site", None),
        ("ada", "core/site", None),
    ],
)
async def test_who_may_move_a_project(
    engine: AsyncEngine, acme: Loaded, user: str, path: str, *, refusal: tuple[str, str] | None
) -> None:
    before = await kept(engine), await rows_of(engine)
    given = {"id": acme.ids[path], "into": acme.ids["lab"]}
    payload = await move(engine, user, "projectMove", given)
    found = [(error["code"], error["field"]) for error in payload["errors"]]
    if refusal is None:
        assert found == []
        return
    assert found == [refusal]
    assert (await kept(engine), await rows_of(engine)) == before


@pytest.mark.parametrize(
    ("given", "code", "field"),
    [
        ({"id": "core/site", "into": "core"}, "INVALID", "into"),
        ({"id": "core/shared", "into": "lab"}, "SHARED_PROJECT", "id"),
        ({"id": "shared", "into": "lab"}, "SHARED_PROJECT", "id"),
        ({"id": "core/site", "into": "core/docs"}, "NOT_FOUND", "into"),
        ({"id": "core/site", "into": "spc_1_999"}, "NOT_FOUND", "into"),
        ({"id": "core/site", "into": "lab", "newName": "a/b"}, "INVALID", "newName"),
        ({"id": "core/site", "into": "lab", "newName": ""}, "INVALID", "newName"),
        ({"id": "core/site", "into": "lab", "newName": "\u017fhared"}, "INVALID", "newName"),
        ({"id": "core/site", "into": "lab", "newKey": "shared"}, "INVALID", "newKey"),
        ({"id": "core/site", "into": "lab", "newKey": ".."}, "INVALID", "newKey"),
        ({"id": "core/site", "into": "lab", "newName": "TRIAL"}, "NAME_TAKEN", "newName"),
        ({"id": "core/site", "into": "lab", "newKey": "trial"}, "KEY_TAKEN", "newKey"),
    ],
)
async def test_what_will_not_do_is_refused_and_changes_nothing(
    engine: AsyncEngine, acme: Loaded, given: Mapping[str, str], code: str, *, field: str
) -> None:
    before = await kept(engine), await rows_of(engine)
    nodes = {name: acme.ids.get(given[name], given[name]) for name in ("id", "into")}
    payload = await move(engine, "ada", "projectMove", {**given, **nodes})
    assert [(error["code"], error["field"]) for error in payload["errors"]] == [(code, field)]
    assert (await kept(engine), await rows_of(engine)) == before


async def test_a_clash_fails_unless_something_else_is_said(
    engine: AsyncEngine, acme: Loaded
) -> None:
    given = {"id": acme.ids["core/site"], "into": acme.ids["lab"], "newName": "trial"}
    payload = await move(engine, "ada", "projectMove", given)
    assert payload["errors"] == [
        {
            "code": "NAME_TAKEN",
            "message": 'The name "trial" is taken where this is to be.',
            "field": "newName",
        }
    ]
    assert codes(await move(engine, "ada", "projectMove", {**given, "onClash": "FAIL"})) == [
        "NAME_TAKEN"
    ]


@pytest.mark.parametrize("name", ["projectMove", "assetMove"])
async def test_a_clash_that_is_skipped_leaves_all_as_it_was(
    engine: AsyncEngine, acme: Loaded, name: str
) -> None:
    path, into = ("core/site", "lab") if name == "projectMove" else ("core/site/home", "lab/trial")
    given = {"id": acme.ids[path], "into": acme.ids[into], "onClash": "SKIP"}
    before = await kept(engine), await rows_of(engine)
    more = {"newKey": "trial"} if name == "projectMove" else {}
    payload = await move(engine, "ada", name, given | more)
    assert [(error["code"], error["field"]) for error in payload["errors"]] == [
        ("SKIPPED", "onClash")
    ]
    assert (payload["node"], payload["revision"]) == (None, None)
    assert (await kept(engine), await rows_of(engine)) == before


@pytest.mark.parametrize(
    ("called", "name", "key"),
    [
        ({"newName": "Trial", "newKey": "trial"}, "Trial 3", "trial-3"),
        ({"newName": "TRIAL 2", "newKey": "new"}, "TRIAL 3", "new"),
        ({"newName": "New", "newKey": "trial-2"}, "New", "trial-3"),
        ({"newName": "Trial 02", "newKey": "trial-9"}, "Trial 02", "trial-9"),
        ({"newName": "T", "newKey": "t"}, "T", "t"),
    ],
)
async def test_a_clash_may_be_solved_by_the_next_free_number(
    engine: AsyncEngine, acme: Loaded, called: Mapping[str, str], name: str, *, key: str
) -> None:
    given = {"id": acme.ids["core/site"], "into": acme.ids["lab"], "onClash": "RENAME", **called}
    node = (await move(engine, "ada", "projectMove", given))["node"]
    assert (node["name"], node["key"]) == (name, key)


async def test_a_number_makes_no_name_too_long(engine: AsyncEngine, acme: Loaded) -> None:
    long = {"newName": "\u00fc" * 255, "newKey": "k" * 255}
    given = {"into": acme.ids["lab"], "onClash": "RENAME", **long}
    first = await move(engine, "ada", "projectMove", {"id": acme.ids["core/site"], **given})
    assert (first["node"]["name"], first["node"]["key"]) == (long["newName"], long["newKey"])
    second = await move(engine, "ada", "projectMove", {"id": acme.ids["core/docs"], **given})
    assert second["node"]["name"] == "\u00fc" * 244 + " 2"
    assert second["node"]["key"] == "k" * 244 + "-2"


async def test_what_is_in_the_way_can_go_into_the_recycle_bin(
    engine: AsyncEngine, acme: Loaded
) -> None:
    called = {"newName": "trial 2", "newKey": "trial"}
    given = {"id": acme.ids["core/site"], "into": acme.ids["lab"], "onClash": "OVERWRITE", **called}
    payload = await move(engine, "ada", "projectMove", given)
    assert (payload["node"]["key"], payload["node"]["name"]) == ("trial", "trial 2")
    assert payload["warnings"] == [
        '"lab/trial" went into the recycle bin.',
        '"lab/trial-2" went into the recycle bin.',
    ]
    assert payload["undoToken"].startswith("del_1_")
    _, events = await kept(engine)
    gone = [{"id": acme.ids[path], "path": path} for path in ("lab/trial", "lab/trial-2")]
    assert orjson.loads(events[-1][7])["overwritten"] == gone
    rows = await rows_of(engine)
    deleted = [row[3] for row in rows["deletion"]]
    assert deleted == [number(each["id"]) for each in gone]
    assert await levels_of(engine, "lou", acme, "lab/trial", "lab/trial/home") == ["NONE"] * 2


async def test_what_the_asker_may_not_delete_is_not_overwritten(
    engine: AsyncEngine, acme: Loaded
) -> None:
    called = {"newKey": "trial", "onClash": "OVERWRITE"}
    before = await kept(engine), await rows_of(engine)
    given = {"id": acme.ids["core/site"], "into": acme.ids["lab"], **called}
    payload = await move(engine, "pip", "projectMove", given)
    assert [(error["code"], error["field"]) for error in payload["errors"]] == [
        ("FORBIDDEN", "onClash")
    ]
    assert (await kept(engine), await rows_of(engine)) == before


async def test_an_asset_in_the_way_can_be_overwritten(engine: AsyncEngine, acme: Loaded) -> None:
    home = acme.ids["core/site/home"]
    given = {"id": home, "into": acme.ids["lab/trial"], "onClash": "OVERWRITE"}
    payload = await move(engine, "ada", "assetMove", given)
    assert (payload["node"]["id"], payload["warnings"]) == (
        home,
        ['"lab/trial/home" went into the recycle bin.'],
    )


async def test_of_many_each_is_moved_or_says_why_not(engine: AsyncEngine, acme: Loaded) -> None:
    first, _ = await kept(engine)
    site, docs, trial = (acme.ids[path] for path in ("core/site", "core/docs", "lab/trial"))
    taken = {"id": docs, "name": "Trial"}
    await answered(engine, "ada", "projectRename", taken, payload="errors { code }")
    given = {
        "ids": [site, docs, trial, acme.ids["core/shared"], "prj_1_999"],
        "into": acme.ids["lab"],
        "onClash": "SKIP",
        "idempotencyKey": "once",
    }
    payload = await bulk(engine, "ada", "projectsMove", given)
    assert [codes(result) for result in payload["results"]] == [
        [],
        ["SKIPPED"],
        ["INVALID"],
        ["SHARED_PROJECT"],
        ["NOT_FOUND"],
    ]
    assert payload["results"][0]["node"] == {"id": site, "key": "site", "name": "Site"}
    assert payload["revision"] == first + 2
    before = await kept(engine), await rows_of(engine)
    assert await bulk(engine, "ada", "projectsMove", given) == payload
    assert (await kept(engine), await rows_of(engine)) == before
    assert before[0][0] == first + 2


async def test_many_assets_are_moved_to_one_project(engine: AsyncEngine, acme: Loaded) -> None:
    paths = ("core/site/home", "core/site/blog", "lab/trial/home")
    given = {"ids": [acme.ids[path] for path in paths], "into": acme.ids["shared"]}
    payload = await bulk(engine, "ada", "assetsMove", given | {"onClash": "RENAME"})
    assert [result["node"]["name"] for result in payload["results"]] == ["Home", "Blog", "Home 2"]
    assert [result["node"]["key"] for result in payload["results"]] == ["home", "blog", "home-2"]
