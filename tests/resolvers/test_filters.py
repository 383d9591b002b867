"""Filters leave in a list what meets all of them; totals and pages are those of what is left."""

from collections.abc import Callable
from typing import Any

import pytest

from db.clock import moment_of, time_text
from db.names import fold
from tests.factories import ask
from tests.resolvers.lists import LISTS, ODD, START, Asker, Node

SEEN = [  # by ben
    *("100 % wool", "100% wool", "Space 1", "space 2", "Space 10", "Straße"),
    *("under_score", "zebra"),
]
LEVELS = ["NONE", "READ", "READ_EXECUTE", "FULL", "OWNER"]


async def names(asker: Asker, name: str, **wanted: object) -> list[str]:
    """Return the names in a list that is filtered; its total must be their number."""
    page = await asker.page(name, first=1000, filter=wanted)
    found = [edge["node"]["name"] for edge in page["edges"]]
    assert page["totalCount"] == len(found)
    return found


@pytest.mark.parametrize(
    ("part", "found"),
    [
        ("space", ["Space 1", "space 2", "Space 10"]),
        ("SPACE 1", ["Space 1", "Space 10"]),
        ("e 1", ["Space 1", "Space 10"]),
        ("wool", ["100 % wool", "100% wool"]),
        ("%", ["100 % wool", "100% wool"]),
        ("0%", ["100% wool"]),
        ("_", ["under_score"]),
        ("r_s", ["under_score"]),
        ("d_r", []),
        ("/", []),
        ("\\", []),
        ("'", []),
        ("é", ["Éclair"]),
        ("E\u0301C", ["Éclair"]),
        ("e", ["Space 1", "space 2", "Space 10", "Straße", "under_score", "zebra"]),
        ("STRASSE", ["Straße"]),
        ("ß", ["Straße"]),
        ("ss", ["Straße"]),
        ("nowhere", []),
        ("x" * 1_020, []),
        ("", [*SEEN, "Éclair"]),
    ],
)
async def test_a_name_is_found_by_any_part_of_it_whatever_the_case(
    ada: Asker, part: str, found: list[str]
) -> None:
    assert await names(ada, "Org.spaces", nameContains=part) == found


@pytest.mark.parametrize(
    "part", ["50%", "%_", "_\\", "\\o", "\\", "o/", "/ ", "üB", "50%_\\O/ u\u0308b"]
)
async def test_signs_that_mean_something_in_patterns_mean_themselves(ada: Asker, part: str) -> None:
    assert await names(ada, "Org.groups", nameContains=part) == [ODD]


@pytest.mark.parametrize("part", ["50_", "5%0", "\\%", "\\_", "%\\_", "//", "\\\\"])
async def test_patterns_are_not_read(ada: Asker, part: str) -> None:
    assert await names(ada, "Org.groups", nameContains=part) == []


@pytest.mark.parametrize(
    ("name", "key", "found"),
    [
        ("Org.spaces", "k4", ["under_score"]),
        ("Org.spaces", "K4", []),
        ("Org.spaces", "k", []),
        ("Org.spaces", "", []),
        ("Org.projects", "p2", ["Project 2", "Project 2"]),
        ("Org.projects", "shared", ["shared"] * 9),
        ("Org.assets", "a100", ["Common 100", "Asset 100", "Asset 100", "Asset 100"]),
        ("Org.users", "ben", ["ben"]),
        ("Org.groups", "admins", ["Admins"]),
        ("Space.projects", "p9", ["Project 9"]),
        ("Project.assets", "a9", ["Asset 9"]),
        ("Group.members", "user-9", ["user-9"]),
        ("Group.members", "ben", []),
        ("Member.groups", "group-9", ["group-9"]),
    ],
)
async def test_a_key_is_found_by_the_whole_of_it(
    ada: Asker, name: str, key: str, found: list[str]
) -> None:
    assert await names(ada, name, key=key) == found


@pytest.mark.parametrize("name", ["Org.assets", "Project.assets"])
@pytest.mark.parametrize("kind", ["FILE", "TASK", "PIPELINE", "file", "DATASET", ""])
async def test_assets_are_found_by_their_kind(ada: Asker, name: str, kind: str) -> None:
    whole = await ada.nodes(name)
    expected = [node["name"] for node in whole if node["kind"] == kind]
    assert await names(ada, name, kind=kind) == expected
    assert bool(expected) is (kind in {"FILE", "TASK", "PIPELINE"})


@pytest.mark.parametrize("name", LISTS)
@pytest.mark.parametrize("since", [START - 1, START, START + 1, START + 2, START + 3])
async def test_what_was_changed_since_a_time_includes_that_time(
    ada: Asker, name: str, since: int
) -> None:
    whole = await ada.nodes(name)
    expected = [node["name"] for node in whole if moment_of(node["updatedAt"]) >= since]
    assert await names(ada, name, updatedSince=time_text(since)) == expected
    assert (expected == []) is (since == START + 3)


async def test_a_signpost_tells_no_time_and_so_is_never_changed_since(ben: Asker) -> None:
    assert "100% wool" in await ben.names("Org.spaces")
    assert "100% wool" not in await names(ben, "Org.spaces", updatedSince="1970-01-01T00:00:00Z")


@pytest.mark.parametrize(
    ("level", "found"),
    [
        ("NONE", SEEN),
        ("READ", [name for name in SEEN if name != "100% wool"]),
        ("READ_EXECUTE", ["Space 1", "space 2", "under_score"]),
        ("FULL", ["Space 1", "space 2", "under_score"]),
        ("OWNER", ["Space 1"]),
    ],
)
async def test_spaces_are_found_by_what_the_viewer_may_do_there(
    ben: Asker, level: str, found: list[str]
) -> None:
    assert await names(ben, "Org.spaces", minimumPermission=level) == found


@pytest.mark.parametrize("level", LEVELS)
@pytest.mark.parametrize("name", ["Org.projects", "Org.assets", "Space.projects", "Project.assets"])
async def test_projects_and_assets_are_found_by_what_the_viewer_may_do(
    ben: Asker, name: str, level: str
) -> None:
    nodes = await ben.nodes(name)
    expected = [node["name"] for node in nodes if at_least(node, level)]
    assert await names(ben, name, minimumPermission=level) == expected


def at_least(node: Node, level: str) -> bool:
    return LEVELS.index(node["effectivePermission"]) >= LEVELS.index(level)


async def test_an_admin_may_do_everything_everywhere(ada: Asker) -> None:
    whole = await ada.names("Org.assets")
    assert await names(ada, "Org.assets", minimumPermission="OWNER") == whole


def has_part(node: Node, part: str) -> bool:
    return fold(part) in fold(node["name"])


def has_key(node: Node, key: str) -> bool:
    return bool(node["key"] == key)


def has_kind(node: Node, kind: str) -> bool:
    return bool(node["kind"] == kind)


def changed_since(node: Node, time: str) -> bool:
    return moment_of(node["updatedAt"]) >= moment_of(time)


MEANINGS: dict[str, Callable[[Node, Any], bool]] = {
    "nameContains": has_part,
    "key": has_key,
    "kind": has_kind,
    "minimumPermission": at_least,
    "updatedSince": changed_since,
}


@pytest.mark.parametrize(
    "wanted",
    [
        {"nameContains": "1", "kind": "FILE"},
        {"nameContains": "asset", "key": "a9"},
        {"nameContains": "ASSET 1", "minimumPermission": "READ_EXECUTE"},
        {"kind": "TASK", "minimumPermission": "FULL", "updatedSince": time_text(START + 1)},
        {"nameContains": "0", "key": "a10", "kind": "TASK", "minimumPermission": "READ"},
        {"nameContains": "common", "updatedSince": time_text(START + 2)},
        {"nameContains": None, "kind": None},
    ],
)
async def test_filters_together_leave_what_meets_them_all_page_by_page(
    ben: Asker, wanted: dict[str, Any]
) -> None:
    given = {name: value for name, value in wanted.items() if value is not None}
    whole = await ben.nodes("Org.assets")
    expected = [n["id"] for n in whole if all(MEANINGS[name](n, v) for name, v in given.items())]
    assert expected != []
    size = len(expected) // 2 + 1
    first = await ben.page("Org.assets", first=size, filter=wanted)
    cursor = first["pageInfo"]["endCursor"]
    second = await ben.page("Org.assets", first=size, after=cursor, filter=wanted)
    assert [edge["node"]["id"] for edge in (*first["edges"], *second["edges"])] == expected
    assert (first["totalCount"], second["totalCount"]) == (len(expected), len(expected))
    more = [page["pageInfo"]["hasNextPage"] for page in (first, second)]
    assert more == [len(expected) > size, False]


async def test_filters_that_nothing_meets_leave_an_empty_list(ben: Asker) -> None:
    wanted = {"nameContains": "common", "minimumPermission": "FULL"}
    page = await ben.page("Org.assets", filter=wanted)
    assert page == {
        "edges": [],
        "pageInfo": {
            "hasNextPage": False,
            "hasPreviousPage": False,
            "startCursor": None,
            "endCursor": None,
        },
        "totalCount": 0,
    }


async def test_each_of_many_parents_has_its_list_filtered(ben: Asker) -> None:
    text = """{ org { spaces { nodes { id name
      some: projects(filter: { nameContains: "1", minimumPermission: READ_EXECUTE }) {
        totalCount nodes { name }
      }
    } } } }"""
    answer = await ask(ben.engine, ben.user, "acme", text)
    found = {space["name"]: space["some"] for space in answer.data["org"]["spaces"]["nodes"]}
    nothing: dict[str, Any] = {"totalCount": 0, "nodes": []}
    ones = [{"name": f"Project {number}"} for number in (1, 10, 100)]
    assert found == {
        **dict.fromkeys(found, nothing),
        "100% wool": {"totalCount": 1, "nodes": [{"name": "Project 10"}]},
        "space 2": {"totalCount": 1, "nodes": [{"name": "Project 10"}]},
        "under_score": {"totalCount": 3, "nodes": ones},
    }
