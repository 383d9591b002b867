"""An Org with a log, and how it is asked for."""

from copy import deepcopy
from typing import Any

from sqlalchemy.ext.asyncio import AsyncEngine

from tests.factories import Loaded, ask, load
from tests.resolvers.changes.changing import CHANGED, mutate

EVENTS = """
query($filter: EventFilter, $by: EventOrder, $first: Int, $after: String, $last: Int) {
  org { events(filter: $filter, orderBy: $by, first: $first, after: $after, last: $last) {
    totalCount
    nodes { revision action objectId }
    pageInfo { hasNextPage hasPreviousPage startCursor endCursor }
  } }
}
"""
HISTORY = "{ history(filter: $filter) { totalCount nodes { revision action objectId } } }"
NODE = f"""
query($id: ID!, $filter: HistoryFilter) {{ node(id: $id) {{
  ... on Space {HISTORY} ... on Project {HISTORY} ... on Asset {HISTORY}
  ... on Member {HISTORY} ... on Group {HISTORY}
}} }}
"""
NONE: dict[str, object] = {"totalCount": 0, "nodes": []}


async def store_logged(engine: AsyncEngine) -> Loaded:
    """The Org of tests of changes, with an asset, after changes by three of its members."""
    acme = await load(engine, deepcopy(CHANGED).asset("core/site/home"))
    core, site, docs = (acme.ids[path] for path in ("core", "core/site", "core/docs"))
    await mutate(engine, "ada", "spaceRename", {"id": core, "name": "Heart"}, node="id")
    await mutate(engine, "oz", "projectRename", {"id": site, "name": "Place"}, node="id")
    await mutate(engine, "pip", "projectUpdate", {"id": site, "description": "Ours"}, node="id")
    await mutate(engine, "ada", "projectRename", {"id": docs, "name": "Papers"}, node="id")
    await mutate(engine, "oz", "spaceUpdate", {"id": core, "description": "All"}, node="id")
    return acme


async def answer(engine: AsyncEngine, user: str, text: str, **variables: object) -> Any:
    found = await ask(engine, user, "acme", text, variables)
    assert found.errors == []
    return found.data


async def events(engine: AsyncEngine, user: str = "ada", **variables: object) -> Any:
    return (await answer(engine, user, EVENTS, **variables))["org"]["events"]


async def history(engine: AsyncEngine, user: str, id_: str, **filters: object) -> Any:
    node = (await answer(engine, user, NODE, id=id_, filter=filters))["node"]
    return node and node["history"]


def revisions(found: Any) -> list[int]:
    return [node["revision"] for node in found["nodes"]]
