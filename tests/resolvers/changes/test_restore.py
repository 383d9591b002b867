"""Deletions taken back: just what they took is there again, or it is told what is in the way."""

from copy import deepcopy

import orjson
import pytest
from sqlalchemy import update
from sqlalchemy.ext.asyncio import AsyncEngine

from db.engine import change as changing_database
from db.ids import parse_id
from db.models import GRANT, MEMBERSHIP
from tests.counting import counted
from tests.factories import Loaded, Manifest, load
from tests.resolvers.changes import changing
from tests.resolvers.changes.binning import (
    BINNED,
    bin_of,
    change,
    delete,
    paths_of,
    restore,
    rows_of,
    tree_of,
)
from tests.resolvers.changes.changing import codes, kept

WRITES = ("UPDATE", "INSERT", "DELETE")
STATEMENTS = 38
EVERYONE = ("ada", "oz", "fay", "ria", "pip", "nan")


@pytest.fixture
async def acme(engine: AsyncEngine) -> Loaded:
    return await load(engine, BINNED)


async def trees(engine: AsyncEngine) -> dict[str, list[tuple[str, str]]]:
    return {user: await tree_of(engine, user) for user in EVERYONE}


def names(acme: Loaded, tree: list[tuple[str, str]]) -> set[str]:
    paths = {id_: path for path, id_ in acme.ids.items()}
    return {paths[id_] for id_, _ in tree}


async def revoke(engine: AsyncEngine, acme: Loaded, user: str) -> None:
    """End all that was granted to a user."""
    member = parse_id(acme.ids[f"user:{user}"])
    assert member is not None
    held = (GRANT.c.org_id == acme.org_id, GRANT.c.principal_id == member.id)
    async with changing_database(engine) as connection:
        await connection.execute(update(GRANT).where(*held).values(ended_at=1))


async def test_a_space_comes_back_with_all_that_it_took_and_who_may_do_what(
    engine: AsyncEngine, acme: Loaded
) -> None:
    before, rows = await trees(engine), await rows_of(engine)
    token = await delete(engine, "oz", acme.ids["core"])
    assert names(acme, await tree_of(engine, "oz")) == set()
    payload = await restore(engine, "oz", token)
    assert payload["node"] == {"__typename": "Space", "id": acme.ids["core"]}
    assert payload["errors"] == []
    assert await trees(engine) == before
    after = await rows_of(engine)
    assert [deletion[-6] is not None for deletion in after.pop("deletion")] == [True]
    assert after == {name: rows[name] for name in after}
    assert await bin_of(engine, "ada") == []


async def test_what_was_deleted_on_its_own_before_stays_in_the_bin(
    engine: AsyncEngine, acme: Loaded
) -> None:
    site = await delete(engine, "oz", acme.ids["core/site"])
    core = await delete(engine, "oz", acme.ids["core"])
    assert [node["hides"] for node in await bin_of(engine, "oz")] == [
        {"spaces": 1, "projects": 2, "assets": 1},
        {"spaces": 0, "projects": 1, "assets": 2},
    ]
    assert (await restore(engine, "oz", core))["errors"] == []
    assert await paths_of(engine, "oz") == ["core/site"]
    seen = names(acme, await tree_of(engine, "oz"))
    assert seen == {"core/docs", "core/docs/guide", "core/shared"}
    assert (await restore(engine, "oz", site))["errors"] == []
    assert "core/site/home" in names(acme, await tree_of(engine, "oz"))
    again = await restore(engine, "oz", site)
    assert codes(again) == ["NOT_FOUND"]


async def test_the_log_tells_what_came_back(engine: AsyncEngine, acme: Loaded) -> None:
    token = await delete(engine, "oz", acme.ids["core/site"])
    payload = await restore(engine, "oz", token, newName="Site 2")
    revision, events = await kept(engine)
    told = events[-1]
    assert payload["revision"] == revision == told[0]
    assert told[3:6] == ("project.restore", acme.ids["core/site"], "core/site")
    before = orjson.loads(told[6])
    assert before.pop("deletedAt")
    assert before == {"deletion": token, "path": "core/site", "name": "Site"}
    assert orjson.loads(told[7]) == {"key": "site", "name": "Site 2"}


@pytest.mark.parametrize(
    ("made", "code", "given"),
    [
        ({"key": "site", "name": "Other"}, "KEY_TAKEN", {"newKey": "site-2"}),
        ({"key": "other", "name": "SITE"}, "NAME_TAKEN", {"newName": "Site 2"}),
    ],
)
async def test_a_taken_name_or_key_is_told_with_who_has_it(
    engine: AsyncEngine, acme: Loaded, made: dict[str, str], code: str, *, given: dict[str, str]
) -> None:
    token = await delete(engine, "oz", acme.ids["core/site"])
    create = {"space": acme.ids["core"], **made}
    other = (await changing.mutate(engine, "oz", "projectCreate", create, node="id"))["node"]
    before = await rows_of(engine), await kept(engine)
    (error,), (field,) = (await restore(engine, "oz", token))["errors"], given
    assert (error["code"], error["field"]) == (code, field)
    assert error["message"].startswith(f'The project "{made["name"]}" ({other["id"]}) has this')
    assert (await rows_of(engine), await kept(engine)) == before
    payload = await restore(engine, "oz", token, **given)
    assert (payload["errors"], payload["node"]["id"]) == ([], acme.ids["core/site"])


async def test_who_has_the_name_is_not_told_to_whoever_may_not_see_them(
    engine: AsyncEngine, acme: Loaded
) -> None:
    token = await delete(engine, "pip", acme.ids["core/site"])
    create = {"space": acme.ids["core"], "key": "other", "name": "Site"}
    await changing.mutate(engine, "oz", "projectCreate", create, node="id")
    (error,) = (await restore(engine, "pip", token))["errors"]
    assert error["code"] == "NAME_TAKEN"
    assert error["message"].startswith("The live project that you may not see has this name")


async def test_a_space_whose_name_was_taken_is_told(engine: AsyncEngine, acme: Loaded) -> None:
    token = await delete(engine, "oz", acme.ids["core"])
    create = {"key": "other", "name": "core"}
    await changing.mutate(engine, "ada", "spaceCreate", create, node="id")
    assert codes(await restore(engine, "oz", token)) == ["NAME_TAKEN"]
    assert codes(await restore(engine, "oz", token, newKey="heart")) == ["INVALID"]
    assert codes(await restore(engine, "oz", token, into=acme.ids["lab"])) == ["INVALID"]
    assert codes(await restore(engine, "oz", token, newName="a/b")) == ["INVALID"]
    assert (await restore(engine, "oz", token, newName="Heart"))["errors"] == []


async def test_a_parent_in_the_bin_is_named_with_its_deletion_if_that_is_seen(
    engine: AsyncEngine, acme: Loaded
) -> None:
    site = await delete(engine, "pip", acme.ids["core/site"])
    core = await delete(engine, "oz", acme.ids["core"])
    before = await rows_of(engine), await kept(engine)
    told = {user: (await restore(engine, user, site))["errors"][0] for user in ("pip", "ada")}
    assert [error["code"] for error in told.values()] == ["PARENT_DELETED"] * 2
    assert core not in told["pip"]["message"]
    assert told["ada"]["message"].startswith(
        'The space "Core" (core) that it lies in is in the recycle bin: '
        f"restore that first, as {core}, or"
    )
    assert (await rows_of(engine), await kept(engine)) == before


async def test_a_project_comes_back_into_another_space_with_its_grants(
    engine: AsyncEngine, acme: Loaded
) -> None:
    site = await delete(engine, "pip", acme.ids["core/site"])
    await delete(engine, "oz", acme.ids["core"])
    payload = await restore(engine, "ada", site, into=acme.ids["lab"])
    assert (payload["errors"], payload["node"]["id"]) == ([], acme.ids["core/site"])
    rows = await rows_of(engine)
    lab, number = (parse_id(acme.ids[path]) for path in ("lab", "core/site"))
    assert lab is not None
    assert number is not None
    assert [row[2:4] for row in rows["placement"]] == [(number.id, rows["space"][0][1])]
    granted = [row for row in rows["access_grant"] if row[3] == number.id]
    assert [row[4] for row in granted] == [lab.id]
    pip = names(acme, await tree_of(engine, "pip"))
    assert pip == {"core/site", "core/site/home", "core/site/news", "lab/shared"}
    assert names(acme, await tree_of(engine, "oz")) == set()
    events = (await kept(engine))[1]
    assert events[-1][5] == "lab/site"


@pytest.mark.parametrize(
    ("level", "expected"),
    [(None, ["NOT_FOUND"]), ("READ_EXECUTE", ["FORBIDDEN"]), ("FULL", [])],
)
async def test_to_come_back_elsewhere_takes_full_there(
    engine: AsyncEngine, level: str | None, expected: list[str]
) -> None:
    manifest = deepcopy(BINNED)
    acme = await load(engine, manifest.grant("user:pip", level, on="lab") if level else manifest)
    site = await delete(engine, "pip", acme.ids["core/site"])
    before = await rows_of(engine), await kept(engine)
    payload = await restore(engine, "pip", site, into=acme.ids["lab"])
    assert codes(payload) == expected
    assert (payload["node"] is not None) is (expected == [])
    if expected:
        assert [error["field"] for error in payload["errors"]] == ["into"]
        assert (await rows_of(engine), await kept(engine)) == before


async def test_a_dry_run_tells_who_gets_what_and_changes_nothing(
    engine: AsyncEngine, acme: Loaded
) -> None:
    token = await delete(engine, "oz", acme.ids["core/site"])
    before = await rows_of(engine), await kept(engine)
    answer = "errors { code } revision plan { token gained lost changed counts { kind pairs } }"
    tried = await change(engine, "oz", "restore", {"id": token, "dryRun": True}, answer=answer)
    assert (await rows_of(engine), await kept(engine)) == before
    plan = tried["plan"]
    # Of the project: ada, oz, fay, ria, pip; of its two assets twice as many; pip's shared project.
    assert (plan["gained"], plan["lost"], plan["changed"]) == (5 + 10 + 1, 0, 0)
    await changing.mutate(
        engine, "ada", "spaceRename", {"id": acme.ids["core"], "name": "C"}, node="id"
    )
    late = await restore(engine, "oz", token, planToken=plan["token"])
    assert codes(late) == ["PLAN_OUTDATED"]


@pytest.mark.parametrize("user", ["nan", "ria", "fay", "pip", "dan"])
async def test_what_another_deleted_is_not_found(
    engine: AsyncEngine, acme: Loaded, user: str
) -> None:
    token = await delete(engine, "oz", acme.ids["core/site"])
    before = await rows_of(engine), await kept(engine)
    assert codes(await restore(engine, user, token)) == ["NOT_FOUND"]
    assert (await rows_of(engine), await kept(engine)) == before
    assert (await restore(engine, "ada", token))["errors"] == []


@pytest.mark.parametrize("text", ["del_1_999", "del_2_1", "spc_1_1", "nonsense", ""])
async def test_an_id_that_names_no_deletion_is_not_found(
    engine: AsyncEngine, acme: Loaded, text: str
) -> None:
    assert codes(await restore(engine, "ada", text)) == ["NOT_FOUND"]
    assert acme.key == "acme"


@pytest.mark.parametrize(("path", "told"), [("core", "core"), ("core/site", "…/site")])
async def test_whoever_may_not_delete_it_any_more_does_not_restore_it(
    engine: AsyncEngine, acme: Loaded, path: str, told: str
) -> None:
    token = await delete(engine, "oz", acme.ids[path])
    await revoke(engine, acme, "oz")
    before = await rows_of(engine), await kept(engine)
    assert await paths_of(engine, "oz") == [told]
    assert codes(await restore(engine, "oz", token)) == ["FORBIDDEN"]
    assert (await rows_of(engine), await kept(engine)) == before
    assert (await restore(engine, "ada", token))["errors"] == []


async def test_whoever_is_deactivated_restores_nothing(engine: AsyncEngine, acme: Loaded) -> None:
    token = await delete(engine, "oz", acme.ids["core"])
    member = parse_id(acme.ids["user:oz"])
    assert member is not None
    held = (MEMBERSHIP.c.org_id == acme.org_id, MEMBERSHIP.c.member_id == member.id)
    async with changing_database(engine) as connection:
        await connection.execute(update(MEMBERSHIP).where(*held).values(ended_at=1))
    assert codes(await restore(engine, "oz", token)) == ["NOT_FOUND"]


async def test_many_come_back_whatever_their_order(engine: AsyncEngine, acme: Loaded) -> None:
    before = await trees(engine)
    tokens = [await delete(engine, "oz", acme.ids[path]) for path in ("core/site", "core")]
    answer = "errors { code } results { givenId node { id } errors { code } }"
    one = await change(engine, "oz", "restores", {"ids": tokens}, answer=answer)
    assert [(result["givenId"], codes(result)) for result in one["results"]] == [
        (tokens[0], []),
        (tokens[1], []),
    ]
    assert one["results"][1]["node"] == {"id": acme.ids["core"]}
    other = await change(engine, "oz", "restores", {"ids": tokens}, answer=answer)
    assert [codes(result) for result in other["results"]] == [["NOT_FOUND"], ["NOT_FOUND"]]
    assert await trees(engine) == before


async def test_a_repeated_restoring_is_answered_alike(engine: AsyncEngine, acme: Loaded) -> None:
    token = await delete(engine, "oz", acme.ids["core"])
    first = await restore(engine, "oz", token, idempotencyKey="once")
    assert await restore(engine, "oz", token, idempotencyKey="once") == first
    assert first["node"] == {"__typename": "Space", "id": acme.ids["core"]}


def large(assets: int) -> Manifest:
    """An Org with a space of so many assets."""
    manifest = Manifest("acme").user("ada", admin=True).space("core").project("core/site")
    for number in range(assets):
        manifest.asset(f"core/site/a{number}")
    return manifest


@pytest.mark.parametrize("assets", [0, 200])
async def test_deleting_and_restoring_write_one_row_whatever_lies_below(
    engine: AsyncEngine, assets: int
) -> None:
    acme = await load(engine, large(assets))
    with counted() as statements:
        token = await delete(engine, "ada", acme.ids["core"])
        assert (await restore(engine, "ada", token))["errors"] == []
    words = [text.split() for text in statements]
    written = [word[1] if word[0] == "UPDATE" else word[2] for word in words if word[0] in WRITES]
    # Each takes a revision and writes its event; deleting notes a deletion, under a new number.
    told = ["event", "event_touch"]
    deleted = ["org", "space", "org", "deletion", *told]
    assert written == [*deleted, "org", "space", "deletion", *told]
    assert len(statements) == STATEMENTS
