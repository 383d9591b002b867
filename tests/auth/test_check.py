"""The check of one node: what it finds, what it doesn't, and what it costs."""

import pytest
from sqlalchemy import Table, update
from sqlalchemy.ext.asyncio import AsyncEngine

from auth.check import check
from auth.credential import Credential
from auth.levels import Permission
from db import clock
from db.engine import change
from db.ids import NodeId, parse_id
from db.models import ASSET, PROJECT, SPACE
from tests.counting import counted
from tests.factories import Loaded, Manifest, address, asker, load

NONE, READ, READ_EXECUTE, FULL, OWNER = Permission
NEXT_CENTURY = "2101-01-01T00:00:00Z"


def manifest(key: str = "acme") -> Manifest:
    return (
        Manifest(key)
        .user("ada", admin=True)
        .user("bo")
        .user("cy", active=False)
        .group("build", "bo", "cy")
        .space("core")
        .project("core/site")
        .project("core/tool")
        .asset("core/site/home")
        .asset("core/shared/logo")
        .asset("shared/rules")
        .grant("user:bo", "READ_EXECUTE", on="core/site")
        .grant("group:build", "FULL", on="core/site", expires_at=NEXT_CENTURY)
    )


@pytest.fixture
async def acme(engine: AsyncEngine) -> Loaded:
    return await load(engine, manifest())


async def levels(
    engine: AsyncEngine, user: str, *nodes: NodeId | None, org: str = "acme", now: int = 0
) -> list[Permission]:
    """Check the nodes as the user, at `now` or at present."""
    async with asker(engine, Credential(address(user), org)) as (connection, subject):
        found = list[Permission]()
        for node in nodes:
            assert node is not None
            moment = now or clock.now()
            found.append(await check(connection, subject, node, now=moment))
        return found


def ids(loaded: Loaded, *names: str) -> list[NodeId | None]:
    return [parse_id(loaded.ids[name]) for name in names]


EVERYTHING = (
    *("core", "core/site", "core/tool", "core/shared", "shared"),
    *("core/site/home", "core/shared/logo", "shared/rules"),
)


@pytest.mark.parametrize(
    ("user", "expected"),
    [
        ("ada", [OWNER] * 8),
        ("bo", [NONE, FULL, NONE, READ_EXECUTE, READ_EXECUTE, FULL, READ_EXECUTE, READ_EXECUTE]),
        ("cy", [NONE] * 8),
    ],
)
async def test_each_node_has_its_level(
    engine: AsyncEngine, acme: Loaded, user: str, expected: list[Permission]
) -> None:
    assert await levels(engine, user, *ids(acme, *EVERYTHING)) == expected


@pytest.mark.parametrize(("user", "expected"), [("ada", OWNER), ("bo", READ), ("cy", NONE)])
async def test_the_org_itself(
    engine: AsyncEngine, acme: Loaded, user: str, expected: Permission
) -> None:
    assert await levels(engine, user, parse_id(acme.id)) == [expected]


async def test_a_grant_counts_until_the_moment_at_which_it_expires(
    engine: AsyncEngine, acme: Loaded
) -> None:
    until, site = clock.moment_of(NEXT_CENTURY), ids(acme, "core/site", "core/shared")
    assert await levels(engine, "bo", *site, now=until - 1) == [FULL, READ_EXECUTE]
    assert await levels(engine, "bo", *site, now=until) == [READ_EXECUTE, READ_EXECUTE]


@pytest.mark.parametrize("user", ["ada", "bo", "cy"])
async def test_nothing_in_another_org_is_reached_by_any_member(
    engine: AsyncEngine, acme: Loaded, user: str
) -> None:
    other = await load(engine, manifest("other"))
    nodes = [*ids(acme, *EVERYTHING), parse_id(acme.id)]
    assert await levels(engine, user, *nodes, org=other.key) == [NONE] * 9


@pytest.mark.parametrize("user", ["ada", "bo"])
async def test_an_id_of_the_wrong_type_names_nothing(
    engine: AsyncEngine, acme: Loaded, user: str
) -> None:
    (site,) = ids(acme, "core/site")
    assert site is not None
    wrong = [site._replace(type=type_) for type_ in ("spc", "ast", "mem", "grp", "acc")]
    assert await levels(engine, user, *wrong, site._replace(id=999)) == [NONE] * 6


@pytest.mark.parametrize("user", ["ada", "bo"])
async def test_principals_are_no_nodes_to_have_permission_on(
    engine: AsyncEngine, acme: Loaded, user: str
) -> None:
    assert await levels(engine, user, *ids(acme, "user:bo", "group:build")) == [NONE, NONE]


@pytest.mark.parametrize(
    ("table", "name", "gone"),
    [
        (SPACE, "core", EVERYTHING[:4] + EVERYTHING[5:7]),
        (PROJECT, "core/site", ("core/site", "core/site/home")),
        (ASSET, "core/site/home", ("core/site/home",)),
    ],
)
async def test_what_is_deleted_and_all_that_lies_in_it_is_gone_for_admins_too(
    engine: AsyncEngine, acme: Loaded, table: Table, name: str, gone: tuple[str, ...]
) -> None:
    await delete(engine, table, acme, name)
    left = [path for path in EVERYTHING if path not in gone]
    assert await levels(engine, "ada", *ids(acme, *gone)) == [NONE] * len(gone)
    assert await levels(engine, "ada", *ids(acme, *left)) == [OWNER] * len(left)
    assert await levels(engine, "bo", *ids(acme, *gone)) == [NONE] * len(gone)


async def test_a_deleted_project_does_not_open_the_shared_one(
    engine: AsyncEngine, acme: Loaded
) -> None:
    await delete(engine, PROJECT, acme, "core/site")
    shared = ids(acme, "core/shared", "core/shared/logo")
    assert await levels(engine, "bo", *shared) == [NONE, NONE]


async def delete(engine: AsyncEngine, table: Table, loaded: Loaded, name: str) -> None:
    """Mark a node as deleted, as a deletion does."""
    (node,) = ids(loaded, name)
    assert node is not None
    one = update(table).where(table.c.org_id == node.org_id, table.c.id == node.id)
    async with change(engine) as connection:
        await connection.execute(one.values(deleted_at=clock.now()))


@pytest.mark.parametrize(
    ("user", "name", "statements"),
    [
        ("bo", "core", 2),
        ("bo", "core/site", 2),
        ("bo", "core/shared", 2),
        ("bo", "shared", 2),
        ("bo", "core/site/home", 2),
        ("ada", "core/site/home", 1),
        ("bo", "user:bo", 0),
        ("cy", "core/site", 0),
    ],
)
async def test_how_many_statements_it_takes(
    engine: AsyncEngine, acme: Loaded, user: str, *, name: str, statements: int
) -> None:
    async with asker(engine, Credential(address(user), "acme")) as (connection, subject):
        (node,) = ids(acme, name)
        assert node is not None
        with counted() as made:
            await check(connection, subject, node, now=clock.now())
    assert len(made) == statements
