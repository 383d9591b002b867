"""An Org in which things are moved and copied, and what the tests of both look at."""

from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncEngine

from db.engine import snapshot
from db.models import ASSET, DELETION, GRANT, PLACEMENT, PROJECT, VERSION
from tests.factories import Loaded, ask
from tests.resolvers.changes.changing import CHANGED

ROWS = (PROJECT, ASSET, VERSION, PLACEMENT, DELETION, GRANT)

# Beside those of core: fay, oz and pip have FULL on lab, but see no project there by that; tom owns
# core/docs and has READ on lab; lou owns lab/trial.
MOVING = (
    CHANGED.copy()
    .user("tom")
    .user("lou")
    .grant("user:tom", "OWNER", on="core/docs")
    .grant("user:tom", "READ", on="lab")
    .grant("user:fay", "FULL", on="lab")
    .grant("user:oz", "FULL", on="lab")
    .grant("user:pip", "FULL", on="lab")
    .project("lab/trial", name="Trial")
    .project("lab/trial-2", name="Trial 2")
    .grant("user:lou", "OWNER", on="lab/trial")
    .grant("user:ria", "READ", on="core/site")
    .asset("core/site/home", name="Home", text="Welcome")
    .asset("core/site/blog", name="Blog")
    .asset("core/docs/guide", name="Guide", text="First")
    .asset("lab/trial/home", name="Home")
)


async def levels_of(engine: AsyncEngine, user: str, loaded: Loaded, *paths: str) -> list[str]:
    """Return the user's permission on the nodes, by lists and by `node`, which must agree."""
    text = """query ($ids: [ID!]!) {
      nodes(ids: $ids) {
        id ... on Space { effectivePermission } ... on Project { effectivePermission }
        ... on Asset { effectivePermission } }
      org { spaces { nodes { id effectivePermission sharedProject { id effectivePermission }
        projects { nodes { id effectivePermission assets { nodes { id effectivePermission } } } }
    } } } }"""
    ids = [loaded.ids.get(path, path) for path in paths]
    data = (await ask(engine, user, "acme", text, {"ids": ids})).data
    listed = dict(_listed(data["org"]))
    found = [node["effectivePermission"] if node else "NONE" for node in data["nodes"]]
    assert [listed.get(id_, "NONE") for id_ in ids] == found
    return found


def _listed(value: Any) -> Any:
    """Yield the id and the permission of whatever has both, however deep it lies."""
    if isinstance(value, dict):
        found: dict[str, Any] = value  # pyright: ignore[reportUnknownVariableType]
        if "effectivePermission" in found:
            yield found["id"], found["effectivePermission"]
        for each in found.values():
            yield from _listed(each)
    if isinstance(value, list):
        for each in value:  # pyright: ignore[reportUnknownVariableType]
            yield from _listed(each)


async def rows_of(engine: AsyncEngine) -> dict[str, list[tuple[Any, ...]]]:
    """Return all rows of the tables that moves and copies write."""
    async with snapshot(engine) as connection:
        return {
            table.name: [
                tuple(row)
                for row in await connection.execute(
                    select(table).where(table.c.org_id == 1).order_by(table.c.id)
                )
            ]
            for table in ROWS
        }
