"""How the recycle bin is tested: things are deleted, looked at, restored and purged."""

from collections.abc import Mapping
from copy import deepcopy
from typing import Any

import orjson
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncEngine

from auth.credential import Credential
from db.engine import snapshot
from db.models import ASSET, DELETION, GRANT, PLACEMENT, PROJECT, SPACE, VERSION
from resolvers.changes import deletions
from resolvers.changes.answer import Changed
from resolvers.changes.change import Work
from resolvers.changes.limits import Limits
from resolvers.changes.run import Request, run_change
from tests.factories import address, ask, asked_as, content, run
from tests.resolvers.changes.changing import CHANGED

# The Org of `changing`, with assets: core hides 3 projects and 3 assets, lab its shared project.
BINNED = (
    deepcopy(CHANGED)
    .asset("core/site/home", name="Home")
    .asset("core/site/news")
    .asset("core/docs/guide")
)
BACK = "node { __typename id } errors { code message field } revision"
BIN = """query($filter: DeletionFilter) { org { recycleBin(filter: $filter) {
  totalCount nodes { path nodeKind deletedBy { key } hides { spaces projects assets } }
} } }"""
PURGE = "deletionId nodeKind path rowsToPurge rowsPurged finishedAt"
DELETING = {
    "spc": deletions.delete_space,
    "prj": deletions.delete_project,
    "ast": deletions.delete_asset,
}
STORED = (SPACE, PROJECT, ASSET, VERSION, GRANT, DELETION, PLACEMENT)


async def change(
    engine: AsyncEngine, user: str, name: str, given: Mapping[str, Any], *, answer: str = BACK
) -> dict[str, Any]:
    """Return the answer to a mutation; `answer` is what is selected of it."""
    input_type = f"{name[0].upper()}{name[1:]}Input"
    text = f"mutation ($input: {input_type}!) {{ {name}(input: $input) {{ {answer} }} }}"
    credential = Credential(address(user), "acme")
    made = await run(engine, credential, asked_as(text, {"input": given}), compiles=True)
    assert made.errors == []
    found: dict[str, Any] = orjson.loads(content(made))["data"][name]
    return found


async def make(engine: AsyncEngine, user: str, work: Work, **given: Any) -> Changed:
    """Return the answer to a change that is made without GraphQL, and is not refused."""
    request = Request("made", work, given, Credential(address(user), "acme"), "test")
    made = await run_change(engine, request, Limits())
    assert made.errors == ()
    return made


async def delete(engine: AsyncEngine, user: str, id_: str) -> str:
    """Delete a node, and return what takes that back."""
    made = await make(engine, user, DELETING[id_.partition("_")[0]], id=id_)
    assert made.undo_token is not None
    return made.undo_token


async def restore(engine: AsyncEngine, user: str, token: str, **given: Any) -> dict[str, Any]:
    """Return the answer to a restoring."""
    return await change(engine, user, "restore", {"id": token, **given})


async def purge(engine: AsyncEngine, user: str, token: str, name: str) -> dict[str, Any]:
    """Return the answer to a purge."""
    answer = f"purge {{ {PURGE} }} errors {{ code message field }} revision"
    given = {"id": token, "confirmName": name}
    return await change(engine, user, "purge", given, answer=answer)


async def purges_of(engine: AsyncEngine, user: str) -> list[dict[str, Any]]:
    """Return the purges that a user sees, the newest first."""
    answer = await ask(engine, user, "acme", f"{{ org {{ purges {{ nodes {{ {PURGE} }} }} }} }}")
    nodes: list[dict[str, Any]] = answer.data["org"]["purges"]["nodes"]
    return nodes


async def bin_of(engine: AsyncEngine, user: str, **filter_: Any) -> list[dict[str, Any]]:
    """Return what a user sees in the bin, the newest first."""
    answer = await ask(engine, user, "acme", BIN, {"filter": filter_})
    assert answer.errors == []
    found = answer.data["org"]["recycleBin"]
    assert found["totalCount"] == len(found["nodes"])
    nodes: list[dict[str, Any]] = found["nodes"]
    return nodes


async def paths_of(engine: AsyncEngine, user: str, **filter_: Any) -> list[str]:
    """Return the paths of what a user sees in the bin, the newest first."""
    return [node["path"] for node in await bin_of(engine, user, **filter_)]


async def tree_of(engine: AsyncEngine, user: str) -> list[tuple[str, str]]:
    """Return the ids of all projects and assets that a user sees, with the user's permission."""
    text = """{ org {
      projects { nodes { id effectivePermission } } assets { nodes { id effectivePermission } }
    } }"""
    org = (await ask(engine, user, "acme", text)).data["org"]
    nodes = (*org["projects"]["nodes"], *org["assets"]["nodes"])
    return sorted((node["id"], node["effectivePermission"]) for node in nodes)


async def rows_of(engine: AsyncEngine) -> dict[str, list[tuple[Any, ...]]]:
    """Return the rows of all tables that deleting, restoring and purging touch.

    Without the revisions that changed them, which aren't brought back.
    """
    async with snapshot(engine) as connection:
        return {
            table.name: [
                tuple(row)
                for row in await connection.execute(
                    select(*(one for one in table.c if not one.name.endswith("revision")))
                    .where(table.c.org_id == 1)
                    .order_by(table.c.id)
                )
            ]
            for table in STORED
        }
