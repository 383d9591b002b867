"""Projects and assets copied: what a copy has of its own, who may, and what is in its way."""

from collections.abc import Mapping
from typing import Any

import orjson
import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from tests.counting import counted
from tests.factories import Loaded, ask, load
from tests.resolvers.changes.arrivals import MOVING, levels_of, rows_of
from tests.resolvers.changes.changing import answered, bulk, codes, kept

CONTENT = "content { number mediaType text reference createdBy { key } }"
ASSETS = f"id key name kind metadata revision {CONTENT} versions {{ totalCount }}"
PROJECT = f"""node {{ id key name description space {{ key }} effectivePermission
assets {{ nodes {{ {ASSETS} }} }} }} errors {{ code message field }} revision warnings undoToken"""
ASSET = f"""node {{ {ASSETS} project {{ key }} }}
errors {{ code message field }} revision warnings undoToken"""


@pytest.fixture
async def acme(engine: AsyncEngine) -> Loaded:
    return await load(engine, MOVING)


async def change(engine: AsyncEngine, user: str, name: str, given: Mapping[str, Any]) -> Any:
    payload = PROJECT if name.startswith("project") else ASSET
    return await answered(engine, user, name, given, payload=payload)


async def test_a_copy_has_the_newest_content_as_its_first(
    engine: AsyncEngine, acme: Loaded
) -> None:
    home, picture = acme.ids["core/site/home"], "s3://acme/picture.png"
    content = {"mediaType": "image/png", "reference": picture}
    update = {"id": home, "kind": "TASK", "metadata": {"a": 1}, "content": content}
    await change(engine, "fay", "assetUpdate", update)
    await change(engine, "fay", "assetDelete", {"id": acme.ids["core/site/blog"]})
    described = {"id": acme.ids["core/site"], "description": "For guests"}
    await change(engine, "fay", "projectUpdate", described)
    given = {"id": acme.ids["core/site"], "into": acme.ids["lab"]}
    payload = await change(engine, "fay", "projectCopy", given)
    node = payload["node"]
    (asset,) = node["assets"]["nodes"]
    assert {node["id"], asset["id"]}.isdisjoint(acme.ids.values())
    assert node | {"id": "", "assets": []} == {
        "id": "",
        "key": "site",
        "name": "Site",
        "description": "For guests",
        "space": {"key": "lab"},
        "effectivePermission": "OWNER",
        "assets": [],
    }
    version = {"number": 1, **content, "text": None, "createdBy": {"key": "fay"}}
    assert asset | {"id": ""} == {
        "id": "",
        "key": "home",
        "name": "Home",
        "kind": "TASK",
        "metadata": {"a": 1},
        "revision": payload["revision"],
        "content": version,
        "versions": {"totalCount": 1},
    }
    _, events = await kept(engine)
    assert events[-1][3:7] == ("project.copy", node["id"], "lab/site", None)
    told = {"key": "site", "name": "Site", "copyOf": acme.ids["core/site"]}
    assert orjson.loads(events[-1][7]) == told


async def test_a_copy_has_no_grants_but_its_makers(engine: AsyncEngine, acme: Loaded) -> None:
    before = await rows_of(engine)
    given = {"id": acme.ids["core/site"], "into": acme.ids["lab"]}
    node = (await change(engine, "ria", "projectCopy", given))["node"]
    assert node is None  # ria sees no lab
    node = (await change(engine, "fay", "projectCopy", given))["node"]
    after = await rows_of(engine)
    assert len(after["access_grant"]) == len(before["access_grant"]) + 1
    for table in ("project", "asset", "asset_version"):
        assert [row for row in after[table] if row in before[table]] == before[table]
    paths = (node["id"], node["assets"]["nodes"][0]["id"])
    assert await levels_of(engine, "fay", acme, *paths) == ["OWNER"] * 2
    assert await levels_of(engine, "pip", acme, *paths) == ["NONE"] * 2


async def test_a_copy_takes_as_many_statements_however_much_is_in_it(
    engine: AsyncEngine, acme: Loaded
) -> None:
    async def statements(path: str, key: str) -> int:
        given = {"id": acme.ids[path], "into": acme.ids["lab"], "newName": key, "newKey": key}
        with counted() as made:
            payload = await answered(engine, "ada", "projectCopy", given, payload="revision")
        assert payload["revision"] is not None
        return len(made)

    one = await statements("core/docs", "one")
    for number in range(20):
        given = {
            "project": acme.ids["core/docs"],
            "key": f"a{number}",
            "name": f"A{number}",
            "kind": "FILE",
            "content": {"mediaType": "text/plain", "text": str(number)},
        }
        await answered(engine, "ada", "assetCreate", given, payload="revision")
    assert await statements("core/docs", "many") == one
    text = """{ org { assets(first: 100, orderBy: {field: KEY, direction: ASC}) {
      nodes { name project { key } content { text } } } } }"""
    nodes = (await ask(engine, "ada", "acme", text)).data["org"]["assets"]["nodes"]
    copied = {node["name"]: node["content"] for node in nodes if node["project"]["key"] == "many"}
    expected = {f"A{number}": {"text": str(number)} for number in range(20)}
    assert copied == {"Guide": {"text": "First"}, **expected}


async def test_an_asset_is_copied_by_whoever_reads_it(engine: AsyncEngine, acme: Loaded) -> None:
    guide = acme.ids["core/docs/guide"]
    given = {"id": guide, "into": acme.ids["core/docs"], "newName": "Other", "newKey": "other"}
    payload = await change(engine, "tom", "assetCopy", given)
    assert payload["node"]["content"]["text"] == "First"
    assert payload["node"]["revision"] == payload["revision"]
    assert (payload["node"]["name"], payload["node"]["key"]) == ("Other", "other")
    _, events = await kept(engine)
    assert events[-1][3:6] == ("asset.copy", payload["node"]["id"], "core/docs/other")
    read = {"id": acme.ids["core/site/home"], "into": acme.ids["core/docs"]}
    refused = await change(engine, "ria", "assetCopy", read)
    assert [(error["code"], error["field"]) for error in refused["errors"]] == [
        ("FORBIDDEN", "into")
    ]


@pytest.mark.parametrize(
    ("user", "path", "into", "refusal"),
    [
        ("nan", "core/site", "lab", ("NOT_FOUND", "into")),
        ("dan", "core/site", "lab", ("NOT_FOUND", None)),
        ("lou", "core/site", "lab", ("NOT_FOUND", "id")),
        ("ria", "core/site", "core", ("FORBIDDEN", "into")),
        ("tom", "core/docs", "lab", ("FORBIDDEN", "into")),
        ("pip", "core/docs", "lab", ("NOT_FOUND", "id")),
        ("pip", "core/site", "lab", None),
        ("fay", "core/site", "lab", None),
        ("oz", "core/site", "lab", None),
        ("ada", "core/site", "lab", None),
        ("ada", "core/shared", "lab", ("SHARED_PROJECT", "id")),
    ],
)
async def test_who_may_copy_a_project(  # noqa: PLR0913 - a row of the table
    engine: AsyncEngine,
    acme: Loaded,
    user: str,
    path: str,
    *,
    into: str,
    refusal: tuple[str, str] | None,
) -> None:
    before = await kept(engine), await rows_of(engine)
    given = {"id": acme.ids[path], "into": acme.ids[into]}
    payload = await change(engine, user, "projectCopy", given)
    found = [(error["code"], error["field"]) for error in payload["errors"]]
    if refusal is None:
        assert found == []
        return
    assert found == [refusal]
    assert (await kept(engine), await rows_of(engine)) == before


@pytest.mark.parametrize(
    ("on_clash", "told"),
    [
        ("FAIL", [("KEY_TAKEN", "newKey"), ("NAME_TAKEN", "newName")]),
        ("SKIP", [("SKIPPED", "onClash")]),
        ("OVERWRITE", [("INVALID", "onClash")]),
    ],
)
@pytest.mark.parametrize("name", ["projectCopy", "assetCopy"])
async def test_a_copy_beside_what_it_is_of_needs_another_name(
    engine: AsyncEngine, acme: Loaded, name: str, on_clash: str, *, told: list[tuple[str, str]]
) -> None:
    path, into = ("core/site", "core") if name == "projectCopy" else ("core/site/home", "core/site")
    given = {"id": acme.ids[path], "into": acme.ids[into], "onClash": on_clash}
    before = await kept(engine), await rows_of(engine)
    payload = await change(engine, "oz", name, given)
    assert [(error["code"], error["field"]) for error in payload["errors"]] == told
    assert (await kept(engine), await rows_of(engine)) == before
    renamed = (await change(engine, "oz", name, given | {"onClash": "RENAME"}))["node"]
    key = path.rpartition("/")[2]
    assert (renamed["name"], renamed["key"]) == (f"{key.title()} 2", f"{key}-2")


@pytest.mark.parametrize(
    ("name", "path", "into", "gone"),
    [
        ("projectCopy", "core/site", "lab", "lab/trial"),
        ("assetCopy", "core/site/home", "lab/trial", "lab/trial/home"),
    ],
)
async def test_what_is_in_the_way_can_go_into_the_recycle_bin(  # noqa: PLR0913 - as above
    engine: AsyncEngine, acme: Loaded, name: str, path: str, *, into: str, gone: str
) -> None:
    called = {"newKey": "trial"} if name == "projectCopy" else {}
    given = {"id": acme.ids[path], "into": acme.ids[into], "onClash": "OVERWRITE", **called}
    payload = await change(engine, "ada", name, given)
    assert payload["errors"] == []
    assert payload["warnings"] == [f'"{gone}" went into the recycle bin.']
    assert payload["undoToken"].startswith("del_1_")
    _, events = await kept(engine)
    assert orjson.loads(events[-1][7])["overwritten"] == [{"id": acme.ids[gone], "path": gone}]
    found = await ask(engine, "ada", "acme", f'{{ node(id: "{acme.ids[gone]}") {{ id }} }}')
    assert found.data == {"node": None}


async def test_of_many_each_is_copied_or_says_why_not(engine: AsyncEngine, acme: Loaded) -> None:
    first, _ = await kept(engine)
    paths = ("core/site", "core/docs", "core/shared", "lab/trial")
    given = {
        "ids": [acme.ids[path] for path in paths],
        "into": acme.ids["lab"],
        "onClash": "RENAME",
        "idempotencyKey": "once",
    }
    payload = await bulk(engine, "ada", "projectsCopy", given)
    results = payload["results"]
    assert [codes(result) for result in results] == [[], [], ["SHARED_PROJECT"], []]
    assert [result["node"] and result["node"]["name"] for result in results] == [
        "Site",
        "Docs",
        None,
        "Trial 3",
    ]
    assert payload["revision"] == first + 3
    before = await kept(engine), await rows_of(engine)
    assert await bulk(engine, "ada", "projectsCopy", given) == payload
    assert (await kept(engine), await rows_of(engine)) == before


async def test_many_copies_of_one_name_are_numbered(engine: AsyncEngine, acme: Loaded) -> None:
    ids = [acme.ids[path] for path in ("core/site/home", "lab/trial/home")]
    given = {"ids": ids, "into": acme.ids["core/docs"], "onClash": "RENAME"}
    names = [
        result["node"]["name"]
        for _ in range(2)
        for result in (await bulk(engine, "ada", "assetsCopy", given))["results"]
    ]
    assert names == ["Home", "Home 2", "Home 3", "Home 4"]
