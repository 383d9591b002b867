"""What isn't seen now isn't told by the past either: not in histories, the bin, or refusals."""

from collections.abc import Mapping
from typing import Any

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from resolvers.redaction import COPY_OF, OVERWRITTEN, OWN, PATH
from tests.factories import Loaded, Manifest, ask, load
from tests.resolvers.changes.binning import change, delete
from tests.resolvers.changes.test_told import documented

# oz owns what lies in lab and, by grants on them alone, what was made in den, which it can't see.
ACME = (
    Manifest("acme")
    .user("ada", admin=True)
    .user("oz")
    .space("canary-den", name="Canary den")
    .space("lab")
    .project("canary-den/site")
    .project("canary-den/canary-trap", name="Canary trap")
    .project("lab/bench")
    .asset("canary-den/canary-trap/home")
    .asset("canary-den/canary-trap/canary-plan")
    .asset("lab/bench/news")
    .grant("user:oz", "OWNER", on="lab", propagate=True)
)
TOLD = "nodes { action objectId object { id } path before after redacted }"
HISTORY = f"""query($id: ID!) {{ node(id: $id) {{
  ... on Space {{ history {{ {TOLD} }} }}
  ... on Project {{ history {{ {TOLD} }} }}
  ... on Asset {{ history {{ {TOLD} }} }}
}} }}"""
PATHS = "projects { nodes { history { nodes { path } } } }"
BIN = """query($after: String) { org {
recycleBin(orderBy: { field: PATH }, after: $after, first: 1) {
  nodes { id path redacted key hides { spaces projects assets } } pageInfo { endCursor hasNextPage }
} } }"""
CANARIES = ("canary", "Canary")


@pytest.fixture
async def acme(engine: AsyncEngine) -> Loaded:
    return await load(engine, ACME)


async def made(engine: AsyncEngine, mutation: str, user: str = "ada", /, **given: Any) -> Any:
    """Return what a change made."""
    answer = await change(
        engine, user, mutation, given, answer="node { ... on Node { id } } errors { code }"
    )
    assert answer["errors"] == []
    return answer["node"]["id"]


async def history(engine: AsyncEngine, id_: str, user: str = "oz") -> list[Mapping[str, Any]]:
    """Return a node's events, the newest first; nobody but admins finds a canary there."""
    answer = await ask(engine, user, "acme", HISTORY, {"id": id_})
    assert answer.errors == []
    assert user == "ada" or not any(word in str(answer.data) for word in CANARIES)
    found: list[Mapping[str, Any]] = answer.data["node"]["history"]["nodes"]
    return found


async def bin_of(engine: AsyncEngine, user: str) -> list[Mapping[str, Any]]:
    """Return what someone finds in the bin, page by page, whose cursors hold paths."""
    found, after = list[Mapping[str, Any]](), None
    while True:
        answer = await ask(engine, user, "acme", BIN, {"after": after})
        page = answer.data["org"]["recycleBin"]
        found += page["nodes"]
        after = page["pageInfo"]["endCursor"]
        if not page["pageInfo"]["hasNextPage"]:
            return found


async def test_a_moved_project_tells_its_owner_nothing_of_a_space_that_isnt_seen(
    engine: AsyncEngine, acme: Loaded
) -> None:
    site = acme.ids["canary-den/site"]
    await made(engine, "projectRename", id=site, name="Place")
    await made(engine, "projectMove", id=site, into=acme.ids["lab"])
    moved, renamed = await history(engine, site)
    assert moved == {
        "action": "project.move",
        "objectId": site,
        "object": {"id": site},
        "path": "lab/site",
        "before": {"path": "…/site", "name": "Place"},
        "after": {"path": "lab/site", "name": "Place"},
        "redacted": True,
    }
    assert (renamed["path"], renamed["before"], renamed["redacted"]) == (
        *("…/site", {"name": "site"}, True),
    )
    (told, _) = await history(engine, site, "ada")
    assert told["before"] == {"path": "canary-den/site", "name": "Place"}
    assert told["redacted"] is False


async def test_what_is_seen_by_now_is_told(engine: AsyncEngine, acme: Loaded) -> None:
    site, den = acme.ids["canary-den/site"], acme.ids["canary-den"]
    await made(engine, "projectMove", id=site, into=acme.ids["lab"])
    await made(engine, "grantSet", node=den, principal=acme.ids["user:oz"], level="READ")
    answer = await ask(engine, "oz", "acme", HISTORY, {"id": site})
    (moved,) = answer.data["node"]["history"]["nodes"]
    assert (moved["before"]["path"], moved["redacted"]) == ("canary-den/site", False)


async def test_a_moved_asset_tells_nothing_of_its_old_project(
    engine: AsyncEngine, acme: Loaded
) -> None:
    home, bench = acme.ids["canary-den/canary-trap/home"], acme.ids["lab/bench"]
    await made(engine, "assetMove", id=home, into=bench)
    (moved,) = await history(engine, home)
    assert moved["before"] == {"path": "…/…/home", "name": "home"}
    assert (moved["path"], moved["redacted"]) == ("lab/bench/home", True)
    (at_target,) = await history(engine, bench)
    assert (at_target["path"], at_target["objectId"], at_target["redacted"]) == (
        *("lab/bench", home, False),
    )


async def test_what_left_for_a_place_that_isnt_seen_has_no_id_any_more(
    engine: AsyncEngine, acme: Loaded
) -> None:
    bench, news = acme.ids["lab/bench"], acme.ids["lab/bench/news"]
    await made(engine, "assetMove", id=news, into=acme.ids["canary-den/canary-trap"])
    (moved,) = await history(engine, bench)
    assert (moved["objectId"], moved["object"], moved["redacted"]) == (None, None, True)
    assert (moved["path"], moved["before"], moved["after"]) == ("lab/bench", None, None)
    (told,) = await history(engine, bench, "ada")
    assert (told["objectId"], told["redacted"]) == (news, False)


async def test_a_copy_tells_what_it_is_of_to_whoever_sees_that(
    engine: AsyncEngine, acme: Loaded
) -> None:
    trap, lab = acme.ids["canary-den/canary-trap"], acme.ids["lab"]
    called = {"newName": "Copy", "newKey": "copy"}
    copy = await made(engine, "projectCopy", id=trap, into=lab, **called)
    (copied,) = await history(engine, copy)
    assert copied["after"] == {"key": "copy", "name": "Copy", "copyOf": None}
    assert copied["redacted"] is True
    again = {"newName": "Bench 2", "newKey": "bench-2"}
    own = await made(engine, "projectCopy", "oz", id=acme.ids["lab/bench"], into=lab, **again)
    (copied,) = await history(engine, own)
    assert copied["after"]["copyOf"] == acme.ids["lab/bench"]
    assert copied["redacted"] is False


async def test_what_was_overwritten_is_told_to_whoever_finds_it_in_the_bin(
    engine: AsyncEngine, acme: Loaded
) -> None:
    site, lab = acme.ids["canary-den/site"], acme.ids["lab"]
    over = {"newKey": "bench", "newName": "bench", "onClash": "OVERWRITE"}
    await made(engine, "projectMove", id=site, into=lab, **over)
    (moved,) = await history(engine, site)
    assert moved["after"]["overwritten"] == [{"id": None, "path": "lab/…"}]
    own = await made(engine, "projectCreate", "oz", space=lab, key="own", name="own")
    over = {"newKey": "own", "newName": "own", "onClash": "OVERWRITE"}
    copy = await made(engine, "projectCopy", "oz", id=site, into=lab, **over)
    (copied,) = await history(engine, copy)
    assert copied["after"]["overwritten"] == [{"id": own, "path": "lab/own"}]
    assert copied["redacted"] is False


@pytest.mark.parametrize("path", ["canary-den/site", "canary-den/canary-trap/home"])
async def test_what_was_restored_elsewhere_tells_nothing_of_where_it_lay(
    engine: AsyncEngine, acme: Loaded, path: str
) -> None:
    id_ = acme.ids[path]
    token = await delete(engine, "ada", id_)
    into = acme.ids["lab" if path.count("/") == 1 else "lab/bench"]
    await made(engine, "restore", id=token, into=into)
    restored, deleted = await history(engine, id_)
    hidden = "/".join([*["…"] * path.count("/"), path.rpartition("/")[2]])
    assert (restored["before"]["path"], restored["redacted"]) == (hidden, True)
    assert (deleted["path"], deleted["redacted"]) == (hidden, True)


async def test_the_bin_tells_no_path_that_isnt_seen(engine: AsyncEngine, acme: Loaded) -> None:
    trap, oz = acme.ids["canary-den/canary-trap"], acme.ids["user:oz"]
    await made(engine, "grantSet", node=trap, principal=oz, level="OWNER")
    token = await delete(engine, "oz", acme.ids["canary-den/canary-trap/home"])
    (told,) = await bin_of(engine, "oz")
    assert (told["path"], told["redacted"]) == ("canary-den/canary-trap/home", False)
    await made(engine, "grantRevoke", node=trap, principal=oz)
    own = await delete(engine, "oz", acme.ids["lab/bench/news"])
    first, second = await bin_of(engine, "oz")
    assert (first["id"], first["path"], first["redacted"]) == (own, "lab/bench/news", False)
    assert (second["id"], second["path"], second["redacted"]) == (token, "…/…/home", True)
    paths = [one["path"] for one in await bin_of(engine, "ada")]
    assert paths == ["canary-den/canary-trap/home", "lab/bench/news"]


async def test_the_bin_tells_the_keys_of_what_lies_there_too(
    engine: AsyncEngine, acme: Loaded
) -> None:
    for path in ("lab/bench/news", "lab/bench", "lab"):
        await delete(engine, "oz", acme.ids[path])
    found = {one["path"]: one["redacted"] for one in await bin_of(engine, "oz")}
    assert found == {"lab": False, "lab/bench": False, "lab/bench/news": False}


async def test_the_bin_counts_what_its_deleter_would_see(engine: AsyncEngine, acme: Loaded) -> None:
    oz, den = acme.ids["user:oz"], acme.ids["canary-den"]
    await made(engine, "grantSet", node=den, principal=oz, level="OWNER")
    await delete(engine, "oz", den)
    (own,) = await bin_of(engine, "oz")
    assert own["hides"] == {"spaces": 1, "projects": 1, "assets": 0}
    (every,) = await bin_of(engine, "ada")
    assert every["hides"] == {"spaces": 1, "projects": 3, "assets": 2}


async def test_whoever_comes_back_finds_nothing_that_they_deleted_before(
    engine: AsyncEngine, acme: Loaded
) -> None:
    oz, lab = acme.ids["user:oz"], acme.ids["lab"]
    token = await delete(engine, "oz", acme.ids["lab/bench/news"])
    removed = await change(engine, "ada", "memberRemove", {"id": oz}, answer="errors { code }")
    assert removed["errors"] == []
    again = {"email": "oz@example.org", "key": "oz", "name": "oz"}
    assert await made(engine, "memberAdd", **again) == oz
    assert await bin_of(engine, "oz") == []
    refused = await change(engine, "oz", "restore", {"id": token})
    assert [error["code"] for error in refused["errors"]] == ["NOT_FOUND"]
    await made(engine, "grantSet", node=lab, principal=oz, level="OWNER", propagate=True)
    later = await delete(engine, "oz", acme.ids["lab/bench"])
    assert [one["id"] for one in await bin_of(engine, "oz")] == [later]


async def test_a_refusal_names_no_parent_that_somebody_else_deleted(
    engine: AsyncEngine, acme: Loaded
) -> None:
    trap, oz = acme.ids["canary-den/canary-trap"], acme.ids["user:oz"]
    await made(engine, "grantSet", node=trap, principal=oz, level="OWNER")
    token = await delete(engine, "oz", acme.ids["canary-den/canary-trap/home"])
    await delete(engine, "ada", acme.ids["canary-den"])
    for user, is_named in (("oz", False), ("ada", True)):
        refused = await change(engine, user, "restore", {"id": token})
        (error,) = refused["errors"]
        assert error["code"] == "PARENT_DELETED"
        assert ("canary" in error["message"].lower()) is is_named


async def test_what_isnt_seen_is_not_overwritten(engine: AsyncEngine, acme: Loaded) -> None:
    oz, den = acme.ids["user:oz"], acme.ids["canary-den"]
    await made(engine, "grantSet", node=den, principal=oz, level="OWNER")
    called = {"newName": "Canary trap", "newKey": "mine", "onClash": "OVERWRITE"}
    given = {"id": acme.ids["lab/bench"], "into": den, **called}
    refused = await change(
        engine, "oz", "projectMove", given, answer="errors { code message } warnings"
    )
    assert [error["code"] for error in refused["errors"]] == ["FORBIDDEN"]
    assert not any(word in str(refused) for word in CANARIES)


async def test_histories_cost_the_same_statements_however_many_they_are(
    engine: AsyncEngine, acme: Loaded
) -> None:
    lab = acme.ids["lab"]
    text = f"query($id: ID!) {{ node(id: $id) {{ ... on Space {{ {PATHS} }} }} }}"
    numbers = set[int]()
    for place in range(3):
        name = f"p{place}"
        await made(engine, "projectCreate", space=lab, key=name, name=name)
        answer = await ask(engine, "oz", "acme", text, {"id": lab})
        assert answer.errors == []
        numbers.add(answer.noted["statements"])
    assert len(numbers) == 1


def test_everything_that_an_event_tells_of_a_node_is_known_to_be_its_own_or_not() -> None:
    nouns = ("space", "project", "asset", "grant", "grants", "ownership")
    fields = {
        field
        for action, told in documented().items()
        if action.partition(".")[0] in nouns
        for side in told
        for field in side.always | side.sometimes
    }
    assert fields - OWN == {PATH, COPY_OF, OVERWRITTEN}
