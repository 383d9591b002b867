"""Assets changed through the API: what comes of it, who may, and what is told."""

from collections.abc import Mapping
from typing import Any

import orjson
import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from tests.factories import Loaded, ask, load
from tests.resolvers.changes import changing
from tests.resolvers.changes.changing import CHANGED, bulk, codes, kept

NODE = """
id key name kind metadata revision effectivePermission project { key }
content { number mediaType text reference createdBy { key } }
versions { totalCount nodes { number text } }
"""
NEW = {"key": "notes", "name": "Notes", "kind": "FILE"}
TEXT = {"mediaType": "text/plain", "text": "One"}
PICTURE = {"mediaType": "image/png", "reference": "s3://acme/picture.png"}


@pytest.fixture
async def acme(engine: AsyncEngine) -> Loaded:
    manifest = CHANGED.copy()
    manifest.asset("core/site/home", name="Home", text="Welcome").asset("core/site/blog")
    return await load(engine, manifest.asset("core/docs/guide").asset("core/shared/logo"))


async def mutate(
    engine: AsyncEngine, user: str, name: str, given: Mapping[str, Any]
) -> dict[str, Any]:
    return await changing.mutate(engine, user, name, given, node=NODE)


async def test_an_asset_is_made_with_its_first_content(engine: AsyncEngine, acme: Loaded) -> None:
    made = {**NEW, "metadata": {"tags": ["a", None], "size": 1.5}, "content": TEXT}
    given = {"project": acme.ids["core/site"], **made}
    payload = await mutate(engine, "fay", "assetCreate", given)
    assert payload["node"] | {"id": ""} == {
        "id": "",
        **NEW,
        "metadata": {"tags": ["a", None], "size": 1.5},
        "revision": payload["revision"],
        "effectivePermission": "FULL",
        "project": {"key": "site"},
        "content": {"number": 1, **TEXT, "reference": None, "createdBy": {"key": "fay"}},
        "versions": {"totalCount": 1, "nodes": [{"number": 1, "text": "One"}]},
    }
    _, events = await kept(engine)
    assert events[-1][3:7] == ("asset.create", payload["node"]["id"], "core/site/notes", None)
    assert orjson.loads(events[-1][7]) == {
        **NEW,
        "metadata": ["size", "tags"],  # what it holds may be a secret
        "version": 1,
        "mediaType": "text/plain",
    }


async def test_an_asset_may_have_neither_metadata_nor_content(
    engine: AsyncEngine, acme: Loaded
) -> None:
    given: dict[str, Any] = {"project": acme.ids["core/shared"], **NEW, "metadata": {}}
    node = (await mutate(engine, "fay", "assetCreate", given))["node"]
    assert (node["metadata"], node["content"], node["versions"]["nodes"]) == ({}, None, [])


async def test_every_version_of_the_content_is_kept(engine: AsyncEngine, acme: Loaded) -> None:
    home = acme.ids["core/site/home"]
    await mutate(engine, "fay", "assetUpdate", {"id": home, "content": PICTURE})
    payload = await mutate(engine, "pip", "assetUpdate", {"id": home, "content": TEXT})
    assert payload["node"]["content"]["createdBy"] == {"key": "pip"}
    assert payload["node"]["versions"] == {
        "totalCount": 3,
        "nodes": [
            {"number": 3, "text": "One"},
            {"number": 2, "text": None},
            {"number": 1, "text": "Welcome"},
        ],
    }
    _, events = await kept(engine)
    assert events[-1][6:8] == ('{"version":2}', '{"version":3,"mediaType":"text/plain"}')


async def test_versions_are_paged_and_seen_by_whoever_sees_the_asset(
    engine: AsyncEngine, acme: Loaded
) -> None:
    home = acme.ids["core/site/home"]
    for content in (TEXT, PICTURE):
        await mutate(engine, "fay", "assetUpdate", {"id": home, "content": content})
    text = """query ($id: ID!, $after: String) { node(id: $id) { ... on Asset { content { number }
      versions(first: 2, after: $after) { pageInfo { endCursor hasNextPage }
        edges { cursor node { number mediaType text reference createdBy { key } } } } } } }"""
    first = (await ask(engine, "ria", "acme", text, {"id": home})).data["node"]
    assert first["content"] == {"number": 3}
    numbers = [edge["node"]["number"] for edge in first["versions"]["edges"]]
    page = first["versions"]["pageInfo"]
    assert (numbers, page["hasNextPage"]) == ([3, 2], True)
    rest = await ask(engine, "ria", "acme", text, {"id": home, "after": page["endCursor"]})
    assert [edge["node"] for edge in rest.data["node"]["versions"]["edges"]] == [
        {
            "number": 1,
            "mediaType": "text/plain",
            "text": "Welcome",
            "reference": None,
            "createdBy": None,
        }
    ]
    assert (await ask(engine, "nan", "acme", text, {"id": home})).data == {"node": None}


async def test_only_what_is_given_is_changed(engine: AsyncEngine, acme: Loaded) -> None:
    home = acme.ids["core/site/home"]
    given = {"id": home, "metadata": {"a": {"b": [1]}}}
    node = (await mutate(engine, "fay", "assetUpdate", given))["node"]
    assert (node["metadata"], node["kind"], node["content"]["number"]) == (
        {"a": {"b": [1]}},
        "FILE",
        1,
    )
    node = (await mutate(engine, "fay", "assetUpdate", {"id": home, "kind": "TASK"}))["node"]
    assert (node["metadata"], node["kind"]) == ({"a": {"b": [1]}}, "TASK")
    node = (await mutate(engine, "fay", "assetUpdate", {"id": home, "metadata": {}}))["node"]
    assert node["metadata"] == {}
    _, events = await kept(engine)
    assert [event[6:8] for event in events[-3:]] == [
        ('{"metadata":null}', '{"metadata":["a"]}'),
        ('{"kind":"FILE"}', '{"kind":"TASK"}'),
        ('{"metadata":["a"]}', '{"metadata":null}'),
    ]


@pytest.mark.parametrize("name", ["assetUpdate", "assetRename", "assetMove", "assetDelete"])
async def test_a_change_of_what_was_changed_meanwhile_is_refused(
    engine: AsyncEngine, acme: Loaded, name: str
) -> None:
    home = acme.ids["core/site/home"]
    more = {
        "assetUpdate": {"kind": "TASK"},
        "assetRename": {"name": "Start"},
        "assetMove": {"into": acme.ids["core/docs"]},
        "assetDelete": {},
    }[name]
    given = {"id": home, **more, "expectedRevision": 0}
    changed = await mutate(engine, "fay", "assetUpdate", {"id": home, "content": TEXT})
    assert changed["node"]["revision"] == changed["revision"]
    before = await kept(engine)
    refused = await mutate(engine, "oz", name, given)
    assert refused["errors"] == [
        {
            "code": "STALE",
            "message": f"This is at revision {changed['revision']} now: "
            "look at what was changed, and try again.",
            "field": "expectedRevision",
        }
    ]
    assert await kept(engine) == before
    given["expectedRevision"] = changed["revision"]
    assert (await mutate(engine, "oz", name, given))["errors"] == []


async def test_the_revision_is_told_in_lists_too(engine: AsyncEngine, acme: Loaded) -> None:
    renamed = {"id": acme.ids["core/site/blog"], "name": "News"}
    revision = (await mutate(engine, "fay", "assetRename", renamed))["revision"]
    text = """{ org { assets(filter: {kind: "FILE"}) { nodes { key revision content { text } } }
      spaces { nodes { projects { nodes { assets { nodes { key revision } } } } } } } }"""
    org = (await ask(engine, "ria", "acme", text)).data["org"]
    assert org["assets"]["nodes"] == [
        {"key": "guide", "revision": 0, "content": None},
        {"key": "logo", "revision": 0, "content": None},
        {"key": "home", "revision": 0, "content": {"text": "Welcome"}},
        {"key": "blog", "revision": revision, "content": None},
    ]


MAY = {
    "assetCreate": {"fay", "oz", "pip", "ada"},
    "assetUpdate": {"fay", "oz", "pip", "ada"},
    "assetRename": {"fay", "oz", "pip", "ada"},
    "assetDelete": {"fay", "oz", "pip", "ada"},
    "assetMove": {"fay", "oz", "ada"},
    "assetCopy": {"fay", "oz", "ada"},
}


@pytest.mark.parametrize("name", MAY)
@pytest.mark.parametrize("user", ["nan", "ria", "fay", "oz", "pip", "ada", "dan"])
async def test_who_may_do_what(engine: AsyncEngine, acme: Loaded, name: str, user: str) -> None:
    home, docs = acme.ids["core/site/home"], acme.ids["core/docs"]
    given = {
        "assetCreate": {"project": acme.ids["core/site"], **NEW},
        "assetUpdate": {"id": home, "kind": "TASK"},
        "assetRename": {"id": home, "name": "New"},
        "assetDelete": {"id": home},
        "assetMove": {"id": home, "into": docs},
        "assetCopy": {"id": home, "into": docs},
    }[name]
    before = await kept(engine)
    payload = await mutate(engine, user, name, given)
    if user in MAY[name]:
        assert payload["errors"] == []
        return
    unseen = user in ("nan", "dan", "pip")  # of those, pip doesn't see the target
    assert codes(payload) == ["NOT_FOUND" if unseen else "FORBIDDEN"]
    assert (payload["node"], payload["revision"]) == (None, None)
    assert await kept(engine) == before


async def test_a_target_that_takes_more_is_told_as_the_field(
    engine: AsyncEngine, acme: Loaded
) -> None:
    given = {"id": acme.ids["core/site/home"], "into": acme.ids["core/shared"]}
    payload = await mutate(engine, "pip", "assetMove", given)
    assert [(error["code"], error["field"]) for error in payload["errors"]] == [
        ("FORBIDDEN", "into")
    ]


@pytest.mark.parametrize(
    ("given", "code", "field"),
    [
        ({**NEW, "name": "home"}, "NAME_TAKEN", "name"),
        ({**NEW, "key": "home"}, "KEY_TAKEN", "key"),
        ({**NEW, "kind": "file"}, "INVALID", "kind"),
        ({**NEW, "kind": "A" * 65}, "INVALID", "kind"),
        ({**NEW, "metadata": []}, "INVALID", "metadata"),
        ({**NEW, "metadata": "{}"}, "INVALID", "metadata"),
        ({**NEW, "content": {"mediaType": "text"}}, "INVALID", "content.mediaType"),
        ({**NEW, "content": {"mediaType": "text/plain"}}, "INVALID", "content"),
        ({**NEW, "content": {**TEXT, **PICTURE}}, "INVALID", "content"),
        ({**NEW, "content": {**PICTURE, "reference": "a b"}}, "INVALID", "content.reference"),
    ],
)
async def test_what_will_not_do_is_refused_and_changes_nothing(
    engine: AsyncEngine, acme: Loaded, given: Mapping[str, Any], code: str, *, field: str
) -> None:
    before = await kept(engine)
    payload = await mutate(
        engine, "ada", "assetCreate", {"project": acme.ids["core/site"], **given}
    )
    assert [(error["code"], error["field"]) for error in payload["errors"]] == [(code, field)]
    assert await kept(engine) == before


async def test_an_update_of_nothing_is_refused(engine: AsyncEngine, acme: Loaded) -> None:
    before = await kept(engine)
    payload = await mutate(engine, "ada", "assetUpdate", {"id": acme.ids["core/site/home"]})
    assert codes(payload) == ["INVALID"]
    assert await kept(engine) == before


async def test_of_many_assets_each_is_deleted_or_says_why_not(
    engine: AsyncEngine, acme: Loaded
) -> None:
    first, _ = await kept(engine)
    home, blog = acme.ids["core/site/home"], acme.ids["core/site/blog"]
    given = {"ids": [home, acme.ids["core/docs/guide"], "ast_1_999", blog], "idempotencyKey": "a"}
    payload = await bulk(engine, "pip", "assetsDelete", given)
    results = payload["results"]
    assert [result["givenId"] for result in results] == given["ids"]
    assert [codes(result) for result in results] == [[], ["NOT_FOUND"], ["NOT_FOUND"], []]
    assert [bool(result["undoToken"]) for result in results] == [True, False, False, True]
    assert (payload["errors"], payload["revision"]) == ([], first + 2)
    revision, events = await kept(engine)
    assert [event[3:5] for event in events[-2:]] == [("asset.delete", home), ("asset.delete", blog)]
    assert await bulk(engine, "pip", "assetsDelete", given) == payload
    assert (await kept(engine))[0] == revision == first + 2
