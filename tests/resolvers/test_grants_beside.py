"""A space's shared project lists the grants beside it that reach it, to whoever may know them."""

from typing import Any

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from tests.factories import Loaded, Manifest, ask, load
from tests.resolvers.changes.changing import codes, mutate

LONG_AGO = "2020-01-01T00:00:00Z"
# ada is an admin; oz owns core and what is in it, sue its shared project, pip core/site.
ACME = (
    Manifest("acme")
    .user("ada", admin=True)
    .user("oz")
    .user("sue")
    .user("pip")
    .user("own")
    .user("low")
    .user("gus")
    .group("team", "gus")
    .space("core")
    .space("lab")
    .project("core/site")
    .project("core/docs")
    .project("core/gone")
    .project("lab/bench")
    .grant("user:oz", "OWNER", on="core", propagate=True)
    .grant("user:sue", "OWNER", on="core/shared")
    .grant("user:pip", "OWNER", on="core/site")
    .grant("user:own", "READ", on="core/site")
    .grant("user:own", "FULL", on="core/docs")
    .grant("user:own", "FULL", on="core/gone")
    .grant("user:low", "READ", on="core")
    .grant("user:low", "FULL", on="core/site")
    .grant("user:sue", "READ", on="core/docs")
    .grant("group:team", "READ", on="core/docs")
    .grant("user:gus", "READ", on="core/site", expires_at=LONG_AGO)
    .grant("user:gus", "FULL", on="lab/bench")
)
LISTED = """grants(first: $first) {
  totalCount edges { inherited node { principal { key } from { id } } }
}"""
TEXT = f"""query($id: ID!, $first: Int) {{ node(id: $id) {{
  ... on Project {{ {LISTED} }} ... on Space {{ {LISTED} }}
}} }}"""
BESIDE = [("own", "core/docs"), ("own", "core/site"), ("pip", "core/site"), ("team", "core/docs")]
OTHERS = [("low", "core"), ("oz", "core"), ("sue", "core/shared")]


@pytest.fixture
async def acme(engine: AsyncEngine) -> Loaded:
    acme = await load(engine, ACME)
    gone = {"id": acme.ids["core/gone"]}
    assert codes(await mutate(engine, "ada", "projectDelete", gone, node="id")) == []
    return acme


async def listed(
    engine: AsyncEngine, acme: Loaded, user: str, on: str = "core/shared"
) -> list[tuple[str, str]]:
    """Return who holds the grants that a node lists, and on what; `inherited` must say so."""
    paths = {id_: path for path, id_ in acme.ids.items()} | {await shared(engine): "core/shared"}
    id_ = next(id_ for id_, path in paths.items() if path == on)
    answer = await ask(engine, user, "acme", TEXT, {"id": id_})
    assert answer.errors == []
    grants = answer.data["node"]["grants"]
    for one in grants["edges"]:
        assert one["inherited"] is (one["node"]["from"]["id"] != id_)
    nodes = [one["node"] for one in grants["edges"]]
    found = [(one["principal"]["key"], paths[one["from"]["id"]]) for one in nodes]
    assert grants["totalCount"] == len(found)
    return sorted(found)


async def shared(engine: AsyncEngine) -> str:
    text = '{ org { spaces(filter: { key: "core" }) { nodes { sharedProject { id } } } } }'
    answer = await ask(engine, "ada", "acme", text)
    return str(answer.data["org"]["spaces"]["nodes"][0]["sharedProject"]["id"])


@pytest.mark.parametrize(
    ("user", "found"),
    [
        ("ada", BESIDE + OTHERS),
        ("oz", BESIDE + OTHERS),
        ("sue", OTHERS),
        ("own", [("own", "core/docs"), ("own", "core/site")]),
        ("pip", [("pip", "core/site")]),
        ("low", [("low", "core")]),
        ("gus", [("team", "core/docs")]),
    ],
)
async def test_a_shared_project_lists_what_reaches_it_from_beside(
    engine: AsyncEngine, acme: Loaded, user: str, found: list[tuple[str, str]]
) -> None:
    assert await listed(engine, acme, user) == sorted(found)


async def test_other_nodes_list_nothing_of_what_is_beside(
    engine: AsyncEngine, acme: Loaded
) -> None:
    low, oz = ("low", "core"), ("oz", "core")
    docs = [("own", "core/docs"), oz, ("sue", "core/docs"), ("team", "core/docs")]
    assert await listed(engine, acme, "ada", "core/docs") == sorted(docs)
    assert await listed(engine, acme, "ada", "core") == [low, oz]
    assert await listed(engine, acme, "ada", "shared") == []


async def test_whoever_holds_something_nearer_is_reached_by_that_alone(
    engine: AsyncEngine, acme: Loaded
) -> None:
    for on in ("core", "core/shared"):
        id_ = await shared(engine) if on == "core/shared" else acme.ids["core"]
        given = {"node": id_, "principal": acme.ids["user:own"], "level": "READ"}
        assert codes(await mutate(engine, "ada", "grantSet", given, node="id")) == []
        found = await listed(engine, acme, "ada")
        assert [one for one in found if one[0] == "own"] == [("own", on)]
        del given["level"]
        assert codes(await mutate(engine, "ada", "grantRevoke", given, node="id")) == []


async def test_pages_of_it_are_cut_where_they_should(engine: AsyncEngine, acme: Loaded) -> None:
    variables: dict[str, Any] = {"id": await shared(engine), "first": 2}
    answer = await ask(engine, "ada", "acme", TEXT, variables)
    grants = answer.data["node"]["grants"]
    assert (grants["totalCount"], len(grants["edges"])) == (len(BESIDE + OTHERS), 2)
    assert acme.org_id == 1
