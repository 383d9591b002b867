"""What an import stores, beyond what an export shows again."""

from collections.abc import Sequence
from typing import Any

import pytest
from sqlalchemy import Table, func, select
from sqlalchemy.ext.asyncio import AsyncEngine

from db.clock import now
from db.engine import snapshot
from db.models import ACCOUNT, ASSET, MEMBERSHIP, ORG, PRINCIPAL, PROJECT, SPACE, Event
from resolvers.manifest.errors import ManifestError
from resolvers.manifest.load import LoadResult, load_manifest
from tests.resolvers.manifest.manifests import (
    ACME,
    ADA,
    BASE,
    EVERYTHING,
    INGEST,
    encoded,
    exported,
    line,
    stored,
)

BETA = ACME | {"key": "beta"}


async def rows(engine: AsyncEngine, table: Table, *names: str) -> Sequence[tuple[Any, ...]]:
    """Return columns of the first Org's rows, in the order of their ids."""
    columns = [table.c[name] for name in names]
    async with snapshot(engine) as connection:
        found = await connection.execute(
            select(*columns).where(table.c.org_id == 1).order_by(table.c.id)
        )
        return [tuple(row) for row in found]


async def accounts(engine: AsyncEngine) -> Sequence[tuple[Any, ...]]:
    async with snapshot(engine) as connection:
        found = await connection.execute(
            select(ACCOUNT.c.id, ACCOUNT.c.email, ACCOUNT.c.name).order_by(ACCOUNT.c.id)
        )
        return [tuple(row) for row in found]


async def test_the_result_counts_all_lines_and_names_the_orgs(engine: AsyncEngine) -> None:
    result = await load_manifest(engine, encoded([*BASE, BETA, ADA | {"admin": False}]))
    warning = 'The Org "beta" has no active admin.'
    assert result == LoadResult(8, ("acme", "beta"), (warning,))


async def test_an_admin_who_is_deactivated_is_no_active_admin(engine: AsyncEngine) -> None:
    result = await load_manifest(engine, encoded([ACME, ADA | {"active": False}]))
    assert result.warnings == ('The Org "acme" has no active admin.',)


async def test_a_manifest_without_lines_is_refused_and_stores_nothing(engine: AsyncEngine) -> None:
    with pytest.raises(ManifestError, match=r"^line 1: there is nothing in it: "):
        await load_manifest(engine, [b"\n"])
    assert await stored(engine) == ([], 0)


async def test_progress_tells_the_number_of_objects_so_far(engine: AsyncEngine) -> None:
    told = list[int]()
    many = [INGEST | {"key": f"a{n}", "name": f"A {n}"} for n in range(5_000)]
    await load_manifest(engine, encoded([*BASE, *many, BETA]), progress=told.append)
    assert told == [1, 5_001, 5_006, 5_007]


async def test_the_ids_of_an_org_count_up_from_one_without_gaps(engine: AsyncEngine) -> None:
    await load_manifest(engine, encoded(BASE))
    assert await rows(engine, PRINCIPAL, "id", "kind", "key") == [
        (1, "GROUP", "admins"),
        (2, "GROUP", "members"),
        (4, "MEMBER", "ada"),
        (7, "GROUP", "build"),
    ]
    assert await rows(engine, MEMBERSHIP, "id", "group_id", "member_id", "ended_at") == [
        (5, 1, 4, None),
        (6, 2, 4, None),
        (8, 7, 4, None),
    ]
    assert await rows(engine, SPACE, "id", "key") == [(9, "core")]
    assert await rows(engine, PROJECT, "id", "space_id", "is_shared", "key", "name") == [
        (3, None, True, "shared", "shared"),
        (10, 9, True, "shared", "shared"),
        (11, 9, False, "api", "API"),
    ]
    assert await rows(engine, ASSET, "id", "project_id", "key") == [(12, 11, "ingest")]
    async with snapshot(engine) as connection:
        assert (await connection.execute(select(ORG.c.revision, ORG.c.next_id))).one() == (1, 13)


async def test_an_import_is_one_change_with_one_event(engine: AsyncEngine) -> None:
    before = now()
    await load_manifest(engine, encoded(EVERYTHING))
    async with snapshot(engine) as connection:
        org = (await connection.execute(select(ORG))).one()
        event = (await connection.execute(select(Event).where(Event.org_id == org.id))).one()
    counts = '{"users":3,"groups":2,"spaces":2,"projects":2,"assets":4,"grants":5}'
    assert (event.revision, event.actor, event.through) == (1, "system", "import")
    assert (event.action, event.object_id, event.path) == ("org.imported", "org_1", "acme")
    assert (event.before, event.after, event.request_id) == (None, counts, None)
    assert before <= event.at == org.created_at == org.updated_at <= now()
    for table in (SPACE, PROJECT, ASSET):
        times = set(await rows(engine, table, "created_at", "updated_at"))
        assert times == {(event.at, event.at)}


async def test_names_are_kept_as_written_and_in_the_forms_that_lists_need(
    engine: AsyncEngine,
) -> None:
    space = line("space", key="Lab", name="Straße 10")
    await load_manifest(engine, encoded([ACME, space]))
    assert await rows(engine, SPACE, "key", "name", "folded", "sort") == [
        ("Lab", "Straße 10", "strasse 10", "strasse 210")
    ]


async def test_who_has_an_account_already_becomes_a_member_with_it(engine: AsyncEngine) -> None:
    other = line("user", key="boss", name="Ada L.", email="ADA@EXAMPLE.ORG")
    await load_manifest(engine, encoded([*BASE, BETA, other]))
    assert await accounts(engine) == [(1, "ada@example.org", "Ada")]
    assert (await exported(engine, "beta"))[1:-1] == encoded([other | {"admin": False}])


async def test_users_without_an_address_get_accounts_of_their_own(engine: AsyncEngine) -> None:
    users = [line("user", key=f"u{n}", name=f"U {n}") for n in range(3)]
    await load_manifest(engine, encoded([ACME, *users, ADA, BETA, *users]))
    names = sorted(name for _, _, name in await accounts(engine))
    assert names == ["Ada", "U 0", "U 0", "U 1", "U 1", "U 2", "U 2"]
    async with snapshot(engine) as connection:
        same = await connection.scalar(
            select(func.count())
            .join_from(ACCOUNT, PRINCIPAL, ACCOUNT.c.id == PRINCIPAL.c.account_id)
            .where(PRINCIPAL.c.org_id == 1, PRINCIPAL.c.name == ACCOUNT.c.name)
        )
    assert same == 4
