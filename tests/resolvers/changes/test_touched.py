"""What changes touch beside their own node: their events stand in its history too."""

from collections.abc import Mapping
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncEngine

from db.engine import snapshot
from db.models import TOUCH
from tests.factories import Loaded
from tests.resolvers.changes.changing import codes, mutate
from tests.resolvers.changes.peopling import LATER, LONG_AGO, peopled
from tests.resolvers.log import answer, events, revisions

TOLD = "history(first: 1) { totalCount nodes { action objectId path before after } }"
NODE = f"""query($id: ID!) {{ node(id: $id) {{
  ... on Space {{ {TOLD} }} ... on Project {{ {TOLD} }} ... on Asset {{ {TOLD} }}
  ... on Member {{ {TOLD} }} ... on Group {{ {TOLD} }}
}} }}"""
BENCH_TO_CORE = {"newKey": "site", "newName": "site", "onClash": "OVERWRITE"}


@pytest.fixture
async def acme(engine: AsyncEngine) -> Loaded:
    return await peopled(engine)


async def last(engine: AsyncEngine, id_: str, user: str = "ada") -> Any:
    """Return the newest event of a node's history; None where there is none."""
    history = (await answer(engine, user, NODE, id=id_))["node"]["history"]
    return history["nodes"][0] if history["totalCount"] else None


async def made(engine: AsyncEngine, mutation: str, **given: Any) -> int:
    """Return the revision of a change by ada."""
    payload = await mutate(engine, "ada", mutation, given, node="id")
    assert codes(payload) == []
    return int(payload["revision"])


async def touched(engine: AsyncEngine, acme: Loaded, revision: int) -> dict[str, str | None]:
    """Return what an event touched, by its path in the manifest, and the path that is kept."""
    named = {id_: path for path, id_ in acme.ids.items()}
    of_event = (TOUCH.c.org_id == 1, TOUCH.c.revision == revision)
    async with snapshot(engine) as connection:
        rows = await connection.execute(select(TOUCH).where(*of_event))
        return {named.get(str(row[1]), str(row[1])): row.path for row in rows}


def holding(acme: Loaded, user: str, level: str, *more: Any) -> dict[str, Any]:
    propagate, expires_at = more or (False, None)
    held = {"principal": acme.ids[user], "level": level}
    return {**held, "propagate": propagate, "expiresAt": expires_at}


async def test_what_is_overwritten_has_its_deletion_in_its_own_history(
    engine: AsyncEngine, acme: Loaded
) -> None:
    ids = acme.ids
    moved = {"id": ids["lab/bench"], "into": ids["core"], **BENCH_TO_CORE}
    revision = await made(engine, "projectMove", **moved)
    assert await touched(engine, acme, revision) == {
        "lab/bench": None,
        "core/site": "core/site",
        "lab": "lab",
        "core": "core",
    }
    assert revisions(await events(engine, filter={"object": ids["core/site"]})) == [revision]
    bin_ = await answer(engine, "ada", "{ org { recycleBin { nodes { id } } } }")
    (deletion,) = bin_["org"]["recycleBin"]["nodes"]
    back = {"id": deletion["id"], "newKey": "old", "newName": "old"}
    restored = await mutate(engine, "ada", "restore", back, node="id")
    assert codes(restored) == []
    found = await events(engine, filter={"object": ids["core/site"]})
    assert revisions(found) == [restored["revision"], revision]


async def test_history_tells_of_other_nodes_only_what_was_done_to_its_own(
    engine: AsyncEngine, acme: Loaded
) -> None:
    ids = acme.ids
    await made(engine, "projectMove", id=ids["lab/bench"], into=ids["core"], **BENCH_TO_CORE)
    told = {"action": "project.move", "objectId": ids["lab/bench"]}
    nothing = {"before": None, "after": None}
    for user in ("oz", "ada"):
        assert await last(engine, ids["core"], user) == {**told, "path": "core", **nothing}
    own = await last(engine, ids["lab/bench"])
    assert own["path"] == "core/site"
    assert own["before"] == {"path": "lab/bench", "name": "bench"}


@pytest.mark.parametrize(("name", "handed"), [("memberDeactivate", 3), ("memberRemove", 5)])
async def test_an_heirs_nodes_have_it_in_their_history(
    engine: AsyncEngine, acme: Loaded, name: str, handed: int
) -> None:
    ids = acme.ids
    revision = await made(engine, name, id=ids["user:oz"], heir=ids["user:ria"])
    found = await touched(engine, acme, revision)
    owned = {"core": "core", "lab/bench": "lab/bench", "shared": "shared"}
    kept = {"lab": "lab", "lab/tools": "lab/tools"} if handed == 5 else {}
    assert found == {"user:oz": None, "group:members": "members", **owned, **kept}
    core = await last(engine, ids["core"])
    assert (core["objectId"], core["path"]) == (ids["user:oz"], "core")
    owner = holding(acme, "user:oz", "OWNER", True, None)
    ria = holding(acme, "user:ria", "FULL")
    assert core["before"] == {"grants": [owner, ria]}
    assert core["after"] == {"grants": [holding(acme, "user:ria", "OWNER", True, None)]}
    shared = await last(engine, ids["shared"])
    assert shared["before"] == {"grants": [holding(acme, "user:oz", "OWNER", False, LATER)]}
    assert shared["after"] == {"grants": [holding(acme, "user:ria", "OWNER", False, LATER)]}


async def test_what_a_removed_member_held_is_told_where_it_was_held(
    engine: AsyncEngine, acme: Loaded
) -> None:
    ids = acme.ids
    revision = await made(engine, "memberRemove", id=ids["user:ria"])
    assert await touched(engine, acme, revision) == {
        "user:ria": None,
        "core": "core",
        "core/site": "core/site",
        "group:members": "members",
        "group:build": "build",
    }
    site = await last(engine, ids["core/site"], "oz")
    held = {"before": {"grants": [holding(acme, "user:ria", "READ")]}, "after": None}
    told = {"action": "member.remove", "objectId": ids["user:ria"]}
    assert site == {**told, "path": "core/site", **held}
    build = await last(engine, ids["group:build"])
    assert build == {**told, "path": "build", "before": {"members": ["ria"]}, "after": None}


async def test_a_deleted_groups_nodes_and_members_have_it_in_their_history(
    engine: AsyncEngine, acme: Loaded
) -> None:
    ids = acme.ids
    revision = await made(engine, "groupDelete", id=ids["group:look"])
    assert await touched(engine, acme, revision) == {
        "group:look": None,
        "core/docs": "core/docs",
        "lab": "lab",
        "user:nan": "nan",
    }
    lab = await last(engine, ids["lab"])
    assert lab["before"] == {"grants": [holding(acme, "group:look", "READ", False, LONG_AGO)]}
    nan = await last(engine, ids["user:nan"])
    assert (nan["action"], nan["before"]) == ("group.delete", {"groups": ["look"]})


GROUPS: list[tuple[str, Mapping[str, Any], dict[str, str | None]]] = [
    ("groupMembersAdd", {"group": "group:empty"}, {"group:empty": None, "user:nan": "nan"}),
    ("groupMembersRemove", {"group": "group:look"}, {"group:look": None, "user:nan": "nan"}),
]


@pytest.mark.parametrize(("name", "given", "found"), GROUPS)
async def test_members_have_their_groups_in_their_history(
    engine: AsyncEngine,
    acme: Loaded,
    name: str,
    given: Mapping[str, str],
    *,
    found: dict[str, str | None],
) -> None:
    named = {key: acme.ids[path] for key, path in given.items()}
    members = {"members": [acme.ids["user:nan"]]}
    revision = await made(engine, name, **named, **members)
    assert await touched(engine, acme, revision) == found
    nan = await last(engine, acme.ids["user:nan"])
    key = given["group"].removeprefix("group:")
    joined = name == "groupMembersAdd"
    group = {"groups": [key]}
    assert (nan["before"], nan["after"]) == ((None, group) if joined else (group, None))


async def test_groups_have_who_enters_and_returns_in_their_history(
    engine: AsyncEngine, acme: Loaded
) -> None:
    ids = acme.ids
    new = {"email": "new@example.com", "key": "new", "name": "New", "admin": True}
    revision = await made(engine, "memberAdd", **new)
    assert (await touched(engine, acme, revision)).items() >= {
        "group:members": "members",
        "group:admins": "admins",
    }.items()
    admins = await last(engine, ids["group:admins"])
    assert (admins["action"], admins["after"]) == ("member.add", {"members": ["new"]})
    revision = await made(engine, "memberReactivate", id=ids["user:dan"])
    assert await touched(engine, acme, revision) == {"user:dan": None, "group:members": "members"}
    created = {"key": "team", "name": "Team", "members": [ids["user:fay"]]}
    await made(engine, "groupCreate", **created)
    assert (await last(engine, ids["user:fay"]))["after"] == {"groups": ["team"]}


async def test_what_returns_elsewhere_is_told_at_both_places(
    engine: AsyncEngine, acme: Loaded
) -> None:
    ids = acme.ids
    await made(engine, "assetDelete", id=ids["core/docs/plan"])
    bin_ = await answer(engine, "ada", "{ org { recycleBin { nodes { id } } } }")
    (deletion,) = bin_["org"]["recycleBin"]["nodes"]
    revision = await made(engine, "restore", id=deletion["id"], into=ids["lab/bench"])
    assert await touched(engine, acme, revision) == {
        "core/docs/plan": None,
        "core/docs": "core/docs",
        "lab/bench": "lab/bench",
    }


async def test_what_is_refused_touches_nothing(engine: AsyncEngine, acme: Loaded) -> None:
    async def rows() -> list[Any]:
        async with snapshot(engine) as connection:
            every = select(TOUCH).where(TOUCH.c.org_id == 1).order_by(TOUCH.c.revision)
            return [tuple(row) for row in await connection.execute(every)]

    before = await rows()
    refused = {"id": acme.ids["user:oz"], "heir": acme.ids["user:dan"]}
    assert codes(await mutate(engine, "ada", "memberRemove", refused, node="id")) != []
    given = {"id": acme.ids["lab/bench"], "into": acme.ids["core"], **BENCH_TO_CORE}
    for key in ({"dryRun": True}, {"onClash": "FAIL"}):
        await mutate(engine, "ada", "projectMove", {**given, **key}, node="id")
    assert await rows() == before
