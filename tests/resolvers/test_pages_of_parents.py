"""Pages of many parents' lists, all found at once, are each a slice of the parent's own list."""

from typing import Any

import pytest

from tests.factories import ask
from tests.resolvers.lists import Asker, by_name

TREE = """
query($order: ProjectOrder, $assets: AssetOrder) {
  org { spaces(first: 20) { nodes {
    projects(orderBy: $order, PAGE) {
      totalCount pageInfo { hasNextPage hasPreviousPage }
      nodes { id assets(orderBy: $assets, PAGE) { totalCount nodes { id } } }
    }
    every: projects(orderBy: $order, first: 20) {
      totalCount nodes { id assets(orderBy: $assets, first: 20) { totalCount nodes { id } } }
    }
  } } }
}
"""
AROUND = """
query($id: ID!) {
  node(id: $id) { ... on Space { projects(first: 3) { pageInfo { endCursor } } } }
}
"""
CURSOR = """
query($cursor: String!) {
  org { spaces(first: 20) { nodes {
    every: projects { nodes { id name } }
    after: projects(first: 2, after: $cursor) { nodes { id name } pageInfo { hasNextPage } }
    before: projects(last: 2, before: $cursor) { nodes { id name } pageInfo { hasPreviousPage } }
  } } }
}
"""


@pytest.mark.parametrize("arguments", ["first: 2", "last: 2", "first: 1", "last: 30"])
@pytest.mark.parametrize("order", ["PATH", "KEY"])
@pytest.mark.parametrize("direction", ["ASC", "DESC"])
async def test_each_of_many_parents_has_its_own_page(
    ben: Asker, arguments: str, order: str, direction: str
) -> None:
    text = TREE.replace("PAGE", arguments)
    by = {"field": order, "direction": direction}
    answer = await ask(ben.engine, ben.user, "acme", text, {"order": by, "assets": by})
    assert answer.errors == []
    spaces = answer.data["org"]["spaces"]["nodes"]
    assert sorted(space["every"]["totalCount"] for space in spaces) == [0, 1, 1, 1, 1, 1, 2, 7]
    side, _, size = arguments.partition(": ")
    for space in spaces:
        check_part(space["projects"], space["every"], side, int(size))


def check_part(page: Any, every: Any, side: str, size: int) -> None:
    """Check that a page, and those of its rows, are the first or last rows of all."""
    assert page["totalCount"] == every["totalCount"]
    more, expected = part(every["nodes"], side, size)
    assert page["pageInfo"] == {
        "hasNextPage": more and side == "first",
        "hasPreviousPage": more and side == "last",
    }
    for project in expected:
        _, project["assets"]["nodes"] = part(project["assets"]["nodes"], side, size)
    assert page["nodes"] == expected


def part(rows: list[Any], side: str, size: int) -> tuple[bool, list[Any]]:
    """Return whether there are more rows than the size, and the rows of that end."""
    start = 0 if side == "first" else max(len(rows) - size, 0)
    return len(rows) > size, rows[start : start + size]


async def test_a_cursor_counts_in_each_of_many_parents(ben: Asker) -> None:
    found = await ask(ben.engine, ben.user, "acme", AROUND, {"id": ben.loaded.ids["k4"]})
    cursor = found.data["node"]["projects"]["pageInfo"]["endCursor"]
    answer = await ask(ben.engine, ben.user, "acme", CURSOR, {"cursor": cursor})
    assert answer.errors == []
    seventh = ("project 17", int(ben.loaded.ids["k4/p7"].rpartition("_")[2]))
    for space in answer.data["org"]["spaces"]["nodes"]:
        every = space["every"]["nodes"]
        behind = [project for project in every if by_name(project) > seventh]
        ahead = [project for project in every if by_name(project) < seventh]
        assert space["after"] == {
            "nodes": behind[:2],
            "pageInfo": {"hasNextPage": len(behind) > 2},
        }
        assert space["before"] == {
            "nodes": ahead[-2:],
            "pageInfo": {"hasPreviousPage": len(ahead) > 2},
        }
