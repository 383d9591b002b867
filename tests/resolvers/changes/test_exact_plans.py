"""What a dry run tells is just what the change then does, for everyone on everything."""

from collections import Counter
from collections.abc import Mapping
from typing import Any, TypeAlias

import pytest
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncEngine

from auth.levels import Permission
from auth.pairs import KINDS, levels
from auth.scope import Scope
from db import clock
from db.engine import snapshot
from db.models import ASSET
from tests.factories import Loaded, load
from tests.resolvers.changes.arrivals import MOVING, rows_of
from tests.resolvers.changes.changing import answered, kept

PLAN = """errors { code } revision plan { token gained lost changed
counts { kind before after pairs } }"""
Levels: TypeAlias = dict[tuple[int, str, int], Permission]

# kim sees core/site and lab/docs alone, lou lab/docs: what lies beside them comes and goes.
PLANNED = (
    MOVING.copy()
    .user("kim")
    .grant("user:kim", "READ", on="core/site")
    .project("lab/docs", name="Docs")
    .project("lab/site", name="Site")
    .asset("lab/docs/guide", name="Guide")
    .grant("user:lou", "READ", on="lab/docs")
    .grant("group:members", "READ", on="core/docs")
    .grant("user:lou", "FULL", on="core", propagate=True)
)
CASES: list[tuple[str, dict[str, Any]]] = [
    ("projectMove", {"id": "core/site", "into": "lab", "newName": "S", "newKey": "s"}),
    ("projectMove", {"id": "core/site", "into": "lab", "onClash": "OVERWRITE"}),
    ("projectMove", {"id": "lab/trial", "into": "core"}),
    ("projectsMove", {"ids": ["core/site", "core/docs"], "into": "lab", "onClash": "OVERWRITE"}),
    ("projectsMove", {"ids": ["core/site", "lab/docs"], "into": "lab", "onClash": "RENAME"}),
    ("projectCopy", {"id": "core/docs", "into": "lab", "onClash": "OVERWRITE"}),
    ("projectsCopy", {"ids": ["core/docs", "core/site"], "into": "lab", "onClash": "OVERWRITE"}),
    ("projectsCopy", {"ids": ["lab/docs", "core/site"], "into": "core", "onClash": "RENAME"}),
    ("assetMove", {"id": "core/site/home", "into": "lab/docs"}),
    ("assetMove", {"id": "core/docs/guide", "into": "lab/docs", "onClash": "OVERWRITE"}),
    (
        "assetsMove",
        {"ids": ["core/site/home", "lab/trial/home"], "into": "shared", "onClash": "OVERWRITE"},
    ),
    (
        "assetsCopy",
        {"ids": ["core/site/home", "lab/docs/guide"], "into": "core/docs", "onClash": "OVERWRITE"},
    ),
    ("assetsDelete", {"ids": ["core/site/home", "core/docs/guide"]}),
    ("projectsDelete", {"ids": ["core/site", "core/docs", "lab/docs"]}),
    ("spacesDelete", {"ids": ["core", "lab"]}),
]


async def everyones(engine: AsyncEngine) -> Levels:
    """Return everyone's level on every node of the Org, assets one by one."""
    async with snapshot(engine) as connection:
        dialect = connection.dialect.name
        numbers = tuple(await connection.scalars(select(ASSET.c.id).where(ASSET.c.org_id == 1)))
        scope = Scope(everything=True, assets=numbers)
        values = {"org_id": 1, "now": clock.now(), **scope.parameters(dialect)}
        rows = (await connection.execute(levels(dialect, scope), values)).all()
        found = {(row.member_id, KINDS[row.kind], row.node_id): row.level for row in rows}
        assert len(found) == len(rows)
        return {key: Permission(level) for key, level in found.items()}


def differing(before: Levels, after: Levels) -> Counter[tuple[str, str, str]]:
    """Count the pairs by kind and levels."""
    none = Permission.NONE
    pairs = {key: (before.get(key, none), after.get(key, none)) for key in before.keys() | after}
    return Counter(
        (key[1], was.name, is_.name) for key, (was, is_) in pairs.items() if was is not is_
    )


def public(acme: Loaded, value: Any) -> Any:
    if isinstance(value, list):
        return [acme.ids[path] for path in value]  # pyright: ignore[reportUnknownVariableType]
    return acme.ids.get(value, value)


@pytest.fixture
async def acme(engine: AsyncEngine) -> Loaded:
    return await load(engine, PLANNED)


@pytest.mark.parametrize(("name", "paths"), CASES)
async def test_a_plan_is_exact(
    engine: AsyncEngine, acme: Loaded, name: str, paths: Mapping[str, Any]
) -> None:
    nodes = ("id", "ids", "into")
    given = {key: public(acme, value) if key in nodes else value for key, value in paths.items()}
    before, rows, told = await everyones(engine), await rows_of(engine), await kept(engine)
    tried = await answered(engine, "ada", name, {**given, "dryRun": True}, payload=PLAN)
    assert (tried["errors"], tried["revision"]) == ([], None)
    assert (await rows_of(engine), await kept(engine)) == (rows, told)
    plan = tried["plan"]
    made = await answered(engine, "ada", name, {**given, "planToken": plan["token"]}, payload=PLAN)
    assert (made["errors"], made["plan"]) == ([], None)
    expected = differing(before, await everyones(engine))
    counts = {
        (count["kind"], count["before"], count["after"]): count["pairs"] for count in plan["counts"]
    }
    assert counts == expected
    assert plan["gained"] + plan["lost"] + plan["changed"] == expected.total() > 0
    late = {**given, "planToken": plan["token"]}
    again = await answered(engine, "ada", name, late, payload=PLAN)
    assert [error["code"] for error in again["errors"]] == ["PLAN_OUTDATED"]
