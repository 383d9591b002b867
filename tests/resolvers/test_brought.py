"""What lies above nodes that are found by their ids comes with them, in the same statement."""

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from auth.credential import Credential
from tests.counting import counted
from tests.factories import address, ask, asked_as, run
from tests.resolvers.conftest import Stored

SPACE = "space { id key name description effectivePermission createdAt updatedAt }"
PROJECT = f"project {{ id key name isShared effectivePermission {SPACE} }}"
FOUND = f"""
query($ids: [ID!]!) {{ nodes(ids: $ids) {{
  id ... on Asset {{ name effectivePermission {PROJECT} }} ... on Project {{ name {SPACE} }}
}} }}
"""


@pytest.mark.parametrize("user", ["ada", "ben"])
async def test_projects_and_spaces_are_found_with_the_assets_in_them(
    standing: AsyncEngine, stored: Stored, user: str
) -> None:
    ids = sorted(stored.loaded.nodes.values())
    credential, asked = Credential(address(user), "acme"), asked_as(FOUND, {"ids": ids})
    with counted() as statements:
        compiled = await run(standing, credential, asked, compiles=True)
    assert compiled.errors == []
    assert len(statements) == 4  # the asker, spaces, projects with theirs, assets with both
    answer = await ask(standing, user, "acme", FOUND, {"ids": ids})  # by the standard one alike
    nodes = {node["id"]: node for node in answer.data["nodes"] if node}
    listed = [node for node in nodes.values() if node["id"].startswith(("ast", "prj"))]
    assert len(listed) > 40
    for node in listed:
        above = node.get("project", node)
        space = above["space"]
        assert space is None or space["id"] in nodes
        assert "project" not in node or nodes[above["id"]]["space"] == space


async def test_further_levels_go_on_from_rows_that_were_brought_along(
    standing: AsyncEngine, stored: Stored
) -> None:
    text = "query($ids: [ID!]!) { nodes(ids: $ids) { ... on Asset { project { space { %s } } } } }"
    below = "projects(first: 2) { nodes { name } } sharedProject { id }"
    ids = [id_ for path, id_ in stored.loaded.nodes.items() if path.startswith("k4/p7/")]
    answer = await ask(standing, "ben", "acme", text % below, {"ids": ids})
    assert [node["project"]["space"] for node in answer.data["nodes"]] == [
        {
            "projects": {"nodes": [{"name": "Project 1"}, {"name": "Project 2"}]},
            "sharedProject": {"id": stored.loaded.ids["k4/shared"]},
        }
    ] * len(ids)
    assert ids
