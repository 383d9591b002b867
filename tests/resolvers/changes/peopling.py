"""How changes of people are tested: an Org with owners, heirs and groups, compared as a whole."""

from collections import Counter
from collections.abc import Mapping
from typing import Any

from sqlalchemy import and_, select
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from auth.levels import Permission
from auth.pairs import ASSETS, KINDS, PROJECTS, levels
from auth.scope import Scope
from db import clock, ids
from db.engine import snapshot
from db.ids import parse_id
from db.models import ACCOUNT, ASSET, GRANT, MEMBERSHIP, PRINCIPAL
from tests.factories import Loaded, Manifest, ask, load
from tests.resolvers.changes.changing import answered, kept

LONG_AGO, LATER = "2020-01-01T00:00:00Z", "2099-01-01T00:00:00Z"

# ada and abe are admins; oz owns core and lab/bench, and the Org's shared project for a while; ria
# and dan, who is deactivated, are in build, nan is in look. fay has nothing.
PEOPLE = (
    Manifest("acme")
    .user("ada", admin=True)
    .user("abe", admin=True)
    .user("oz")
    .user("ria")
    .user("nan")
    .user("fay")
    .user("dan", active=False)
    .group("build", "ria", "dan")
    .group("look", "nan")
    .group("empty")
    .space("core")
    .space("lab")
    .project("core/site")
    .project("core/docs")
    .project("lab/bench")
    .project("lab/tools")
    .asset("core/site/home")
    .asset("core/docs/plan")
    .asset("core/docs/notes")
    .asset("lab/bench/log")
    .asset("shared/logo")
    .grant("user:oz", "OWNER", on="core", propagate=True)
    .grant("user:oz", "READ", on="lab")
    .grant("user:oz", "OWNER", on="lab/bench")
    .grant("user:oz", "OWNER", on="shared", expires_at=LATER)
    .grant("user:oz", "OWNER", on="lab/tools", expires_at=LONG_AGO)
    .grant("user:ria", "FULL", on="core")
    .grant("user:ria", "READ", on="core/site")
    .grant("user:dan", "FULL", on="core/docs")
    .grant("group:build", "FULL", on="lab", propagate=True)
    .grant("group:look", "READ", on="core/docs")
    .grant("group:look", "READ", on="lab", expires_at=LONG_AGO)
    .grant("group:members", "READ", on="lab/tools")
)
OTHER = Manifest("other").user("out", admin=True).user("ria")

PLAN = "plan { token gained lost changed counts { kind before after pairs } }"
PAYLOAD = f"errors {{ code message field }} revision {PLAN}"
Levels = dict[tuple[int, int, int], Permission]


async def peopled(engine: AsyncEngine) -> Loaded:
    """Store the Org, and after it one whose admin `out` is no member of the first."""
    loaded = await load(engine, PEOPLE)
    await load(engine, OTHER)
    return loaded


async def stored(engine: AsyncEngine) -> list[Any]:
    """Return all that changes of people change."""
    rows: list[Any] = [await kept(engine)]
    async with snapshot(engine) as connection:
        for table in (PRINCIPAL, MEMBERSHIP, GRANT):
            of_acme = select(table).where(table.c.org_id == 1).order_by(table.c.id)
            rows.append((await connection.execute(of_acme)).all())
        rows.append((await connection.execute(select(ACCOUNT).order_by(ACCOUNT.c.id))).all())
    return rows


async def intervals(
    engine: AsyncEngine, on: str, acme: Loaded
) -> list[tuple[str, str, bool, bool]]:
    """Return all grants ever made on a node: to whom, of what level, propagated or not, lasting."""
    node = parse_id(acme.ids[on])
    assert node is not None
    column = GRANT.c.space_id if node.type == ids.SPACE else GRANT.c.project_id
    to = and_(PRINCIPAL.c.org_id == GRANT.c.org_id, PRINCIPAL.c.id == GRANT.c.principal_id)
    async with snapshot(engine) as connection:
        found = await connection.execute(
            select(PRINCIPAL.c.key, GRANT.c.level, GRANT.c.propagate, GRANT.c.ended_at)
            .select_from(GRANT.join(PRINCIPAL, to))
            .where(GRANT.c.org_id == 1, column == node.id)
            .order_by(GRANT.c.id)
        )
        return [
            (row.key, Permission(row.level).name, bool(row.propagate), row.ended_at is None)
            for row in found
        ]


async def sees(engine: AsyncEngine, user: str, text: str, **variables: object) -> Any:
    """Return what a query answers the user, by both executors."""
    answer = await ask(engine, user, "acme", text, variables)
    assert answer.errors == []
    return answer.data


async def level(engine: AsyncEngine, user: str, id_: str) -> str | None:
    """Return the user's permission on a space or project; None where it isn't there for them."""
    levels = "... on Space { effectivePermission } ... on Project { effectivePermission }"
    data = await sees(engine, user, f"query ($id: ID!) {{ node(id: $id) {{ {levels} }} }}", id=id_)
    return data["node"] and str(data["node"]["effectivePermission"])


async def everyones(engine: AsyncEngine) -> Levels:
    """Return everyone's level on everything, where there is one."""
    scope = Scope(everything=True)
    async with snapshot(engine) as connection:
        dialect = connection.dialect.name
        values = {"org_id": 1, "now": clock.now(), **scope.parameters(dialect)}
        rows = (await connection.execute(levels(dialect, scope), values)).all()
        assets = await _assets(connection)
    found = {(row.member_id, row.kind, row.node_id): Permission(row.level) for row in rows}
    of_assets = {
        (member, ASSETS, asset): level
        for (member, kind, node), level in found.items()
        if kind == PROJECTS
        for asset in assets.get(node, ())
    }
    return {**found, **of_assets}


async def _assets(connection: AsyncConnection) -> dict[int, list[int]]:
    """Return the live assets of each project."""
    found: dict[int, list[int]] = {}
    live = (ASSET.c.org_id == 1, ASSET.c.deleted_at.is_(None))
    for row in await connection.execute(select(ASSET.c.project_id, ASSET.c.id).where(*live)):
        found.setdefault(row.project_id, []).append(row.id)
    return found


def difference(before: Levels, after: Levels) -> Counter[tuple[str, str, str]]:
    """Return how many pairs go from which level to which, by the kind of their nodes."""
    none = Permission.NONE
    steps = ((pair, before.get(pair, none), after.get(pair, none)) for pair in {*before, *after})
    return Counter(
        (KINDS[pair[1]], was.name, becomes.name) for pair, was, becomes in steps if was != becomes
    )


async def planned(engine: AsyncEngine, name: str, given: Mapping[str, Any]) -> Counter[Any]:
    """Plan a change of ada's and make it; return what it alters, which must be as was planned."""
    before, rows = await everyones(engine), await stored(engine)
    tried = await answered(engine, "ada", name, {**given, "dryRun": True}, payload=PAYLOAD)
    assert (tried["errors"], tried["revision"]) == ([], None)
    assert await stored(engine) == rows
    plan = tried["plan"]
    follow = {**given, "planToken": plan["token"]}
    made = await answered(engine, "ada", name, follow, payload=PAYLOAD)
    assert (made["errors"], made["plan"], made["revision"]) == ([], None, rows[0][0] + 1)
    found = difference(before, await everyones(engine))
    assert {(c["kind"], c["before"], c["after"]): c["pairs"] for c in plan["counts"]} == found
    assert plan["gained"] == sum(found[step] for step in found if step[1] == "NONE")
    assert plan["lost"] == sum(found[step] for step in found if step[2] == "NONE")
    assert plan["gained"] + plan["lost"] + plan["changed"] == found.total()
    return found
