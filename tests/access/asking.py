"""What the server says to a user about a whole Org: through GraphQL, and node by node."""

from dataclasses import dataclass
from typing import Any

import orjson
from sqlalchemy.ext.asyncio import AsyncEngine

from auth.check import check
from auth.credential import Credential
from auth.levels import Permission
from auth.pairs import levels
from auth.scope import Scope
from db import clock, ids
from db.engine import snapshot
from db.ids import NodeId, parse_id
from tests.factories import Loaded, address, ask, asked_as, asker, content, run

Json = dict[str, Any]

EVERYTHING = """
query Everything($ids: [ID!]!) {
  org {
    id
    effectivePermission
    sharedProject { ...Project }
    spaces(first: 20) {
      totalCount
      nodes {
        ...Space
        sharedProject { ...Project }
        projects(first: 2) { totalCount nodes { ...Project } pageInfo { hasNextPage } }
      }
    }
    projects(first: 100) { totalCount nodes { ...Project space { ...Space } } }
    assets(first: 100) { totalCount nodes { ...Asset project { ...Project } } }
  }
  nodes(ids: $ids) {
    id
    ... on Org { effectivePermission }
    ...Space
    ...Project
    ... on Project { assets(first: 2) { totalCount nodes { ...Asset } pageInfo { hasNextPage } } }
    ...Asset
  }
}
fragment Space on Space {
  id key name description effectivePermission createdAt updatedAt access { level }
}
fragment Project on Project {
  id key name description effectivePermission isShared access { level }
}
fragment Asset on Asset {
  id key name kind effectivePermission access { level }
}
"""


NODES = ("spaces", "projects", "assets")
LOOKUPS = """
query Lookups {
  org {
    users(first: 20) {
      nodes { key canAccess(first: 100) { totalCount nodes { level node { id } } } }
    }
    sharedProject { ...Held }
    spaces(first: 20) { nodes { id whoHasAccess { nodes { level member { key } } } } }
    projects(first: 50) { nodes { ...Held } }
    assets(first: 50) { nodes { id whoHasAccess { totalCount nodes { level member { key } } } } }
  }
}
fragment Held on Project { id whoHasAccess { totalCount nodes { level member { key } } } }
"""


def ids_to_ask(loaded: Loaded) -> list[str]:
    """Return the ids of the Org and its nodes, and then those of `ids_of_nothing`."""
    return [loaded.id, *loaded.nodes.values(), *ids_of_nothing(loaded)]


def ids_of_nothing(loaded: Loaded) -> list[str]:
    """Return ids without a node for who asks here: one of the wrong type, one of the next Org."""
    number = loaded.ids["shared"].rpartition("_")[2]
    return [f"spc_{loaded.org_id}_{number}", f"prj_{loaded.org_id - 1 or 2}_{number}"]


@dataclass(frozen=True)
class Asker:
    """A user of a stored Org who asks through GraphQL by one of the executors, or by both."""

    engine: AsyncEngine
    loaded: Loaded
    user: str
    compiles: bool | None = None

    @property
    def credential(self) -> Credential:
        """Return what the user's token says."""
        return Credential(address(self.user), self.loaded.key)

    async def ask(self, text: str, variables: Json) -> Any:
        """Return the data of an operation in which nothing goes wrong."""
        if self.compiles is None:
            answer = await ask(self.engine, self.user, self.loaded.key, text, variables)
            assert answer.errors == []
            return answer.data
        asked = asked_as(text, variables)
        answer = await run(self.engine, self.credential, asked, compiles=self.compiles)
        assert answer.errors == [], answer.errors
        return orjson.loads(content(answer))["data"]

    async def answered(self) -> Any:
        """Ask for everything at once, through the lists and by ids."""
        return await self.ask(EVERYTHING, {"ids": ids_to_ask(self.loaded)})

    async def checked(self) -> list[Permission]:
        """Return what `check` says of each of the ids."""
        nodes = [_node(id_) for id_ in ids_to_ask(self.loaded)]
        async with asker(self.engine, self.credential) as (connection, subject):
            now = clock.now()
            return [await check(connection, subject, node, now=now) for node in nodes]


async def everyones_levels(engine: AsyncEngine, loaded: Loaded) -> dict[tuple[int, int], int]:
    """Return what `auth.pairs` says: each member's level on each node, by their numbers."""
    nodes = map(_node, loaded.nodes.values())
    assets = tuple(node.id for node in nodes if node.type == ids.ASSET)
    scope = Scope(assets=assets, everything=True)
    async with snapshot(engine) as connection:
        dialect = connection.dialect.name
        values = {"org_id": loaded.org_id, "now": clock.now(), **scope.parameters(dialect)}
        rows = (await connection.execute(levels(dialect, scope), values)).all()
    found = {(row.member_id, row.node_id): row.level for row in rows}
    assert len(found) == len(rows)
    return found


async def looked_up(asker: Asker) -> tuple[set[tuple[str, str, str]], set[tuple[str, str, str]]]:
    """Return who has which level on what, as an admin is told by nodes and by members."""
    org = (await asker.ask(LOOKUPS, {}))["org"]
    nodes = [org["sharedProject"], *(n for key in NODES for n in org[key]["nodes"])]
    by_nodes = {
        (one["member"]["key"], node["id"], one["level"])
        for node in nodes
        for one in node["whoHasAccess"]["nodes"]
    }
    by_members = {
        (user["key"], one["node"]["id"], one["level"])
        for user in org["users"]["nodes"]
        for one in user["canAccess"]["nodes"]
    }
    return by_nodes, by_members


def _node(public_id: str) -> NodeId:
    node = parse_id(public_id)
    assert node is not None
    return node
