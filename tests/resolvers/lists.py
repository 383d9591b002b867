"""An Org to page through, its lists, and the order that each of them should have."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple, TypeAlias

from sqlalchemy import update
from sqlalchemy.ext.asyncio import AsyncEngine

from db.clock import moment_of
from db.engine import change
from db.models import ASSET, PRINCIPAL, PROJECT, SPACE
from db.names import fold, sort_form
from tests.factories import Loaded, Manifest, ask, load

Node: TypeAlias = dict[str, Any]
Place: TypeAlias = tuple[Any, ...]

SPACES = {  # by name, with how many projects each has
    "Space 10": 0,
    "space 2": 1,
    "Space 1": 2,
    "Éclair": 0,
    "100% wool": 3,
    "under_score": 7,
    "zebra": 1,
    "Straße": 2,
    "100 % wool": 1,
}
NUMBERS = [10, 9, 2, 1, 100, 33, 7]
KINDS = ["TASK", "FILE", "PIPELINE"]
ODD = r"50%_\o/ Üb"
START = moment_of("2027-01-01T00:00:00Z")
FORWARDS = ("first", "after", "endCursor", "hasNextPage")
BACKWARDS = ("last", "before", "startCursor", "hasPreviousPage")
TIMES = "id key name createdAt updatedAt"
NODE = f"{TIMES} effectivePermission"


def manifest() -> Manifest:
    """Return the Org: names, keys and ids each have an order of their own."""
    org = Manifest().user("ada", admin=True).user("ben").user("cleo", active=False)
    for number in NUMBERS:
        org.user(f"user-{number}").group(f"group-{number}", "ben", "ada")
    org.group("readers", *(f"user-{number}" for number in NUMBERS))
    for place, (name, projects) in enumerate(SPACES.items()):
        _add_space(org, f"k{len(SPACES) - place}", name=name, projects=projects)
    for number in NUMBERS:
        org.asset(f"shared/a{number}", name=f"Common {number}", kind=KINDS[number % 3])
    return _with_grants(org)


def _add_space(org: Manifest, key: str, *, name: str, projects: int) -> None:
    org.space(key, name=name).asset(f"{key}/shared/plan", name="Plan")
    for place, number in enumerate(NUMBERS[:projects]):
        org.project(f"{key}/p{number}", name=f"Project {number}")
        for other in NUMBERS[: place + 1]:
            path = f"{key}/p{number}/a{other}"
            org.asset(path, name=f"Asset {other}", kind=KINDS[(number + other) % 3])


def _with_grants(org: Manifest) -> Manifest:
    """Let ben see all spaces but k6, one of them as a signpost, at several levels."""
    org.grant("user:ben", "READ", on="k9")
    for key in ("k1", "k2", "k3"):
        org.grant("user:ben", "READ", on=key, propagate=True)
    org.grant("user:ben", "FULL", on="k4", propagate=True)
    org.grant("user:ben", "READ", on="k4/p9")
    org.grant("user:ben", "READ_EXECUTE", on="k5/p10")
    org.grant("group:group-9", "OWNER", on="k7")
    org.grant("group:group-9", "READ_EXECUTE", on="k7/p9")
    return org.grant("group:group-9", "FULL", on="k8", propagate=True)


async def store(engine: AsyncEngine) -> Loaded:
    """Store the Org, with times that some rows have in common, and a group with an odd name."""
    loaded = await load(engine, manifest())
    async with change(engine) as connection:
        for table in (PRINCIPAL, SPACE, PROJECT, ASSET):
            times = {"created_at": START + table.c.id % 5, "updated_at": START + table.c.id % 3}
            changed = update(table).where(table.c.org_id == loaded.org_id)
            await connection.execute(changed.values(**times))
        renamed = update(PRINCIPAL).where(PRINCIPAL.c.org_id == loaded.org_id)
        names = {"name": ODD, "folded": fold(ODD), "sort": sort_form(fold(ODD))}
        await connection.execute(renamed.where(PRINCIPAL.c.key == "group-33").values(**names))
    return loaded


class ListOf(NamedTuple):
    """A list: the path of whose it is, and the fields and orders of its rows."""

    parent: str
    noun: str
    fields: str
    orders: Mapping[str, Callable[[Node], Place]]


def number(node: Node) -> int:
    return int(node["id"].rpartition("_")[2])


def by_name(node: Node | None) -> Place:
    """Return a node's place among its siblings; what lies nowhere comes first."""
    return ("", 0) if node is None else (sort_form(fold(node["name"])), number(node))


def by_key(node: Node) -> Place:
    return node["key"], number(node)


def by_kind(node: Node) -> Place:
    return node["kind"], *by_name(node)


def by_time(field: str) -> Callable[[Node], Place]:
    """Order by a time; a signpost, which tells none, comes first."""
    return lambda node: (moment_of(node[field]) if node[field] else 0, number(node))


def by_path(node: Node) -> Place:
    above = node.get("project", node)
    own = by_name(node) if "project" in node else ()
    return *by_name(above["space"]), *by_name(above), *own


COMMON: Mapping[str, Callable[[Node], Place]] = {
    "NAME": by_name,
    "KEY": by_key,
    "CREATED_AT": by_time("createdAt"),
    "UPDATED_AT": by_time("updatedAt"),
}
IN_PROJECT = f"{NODE} kind project {{ id name space {{ id name }} }}"
IN_SPACE = f"{NODE} space {{ id name }}"
LISTS = {
    "Org.spaces": ListOf("", "Space", NODE, COMMON),
    "Org.projects": ListOf("", "Project", IN_SPACE, {"PATH": by_path, **COMMON}),
    "Org.assets": ListOf("", "Asset", IN_PROJECT, {"PATH": by_path, **COMMON, "KIND": by_kind}),
    "Org.users": ListOf("", "Principal", TIMES, COMMON),
    "Org.groups": ListOf("", "Principal", TIMES, COMMON),
    "Space.projects": ListOf("k4", "Project", NODE, {"PATH": by_name, **COMMON}),
    "Project.assets": ListOf(
        "k4/p7", "Asset", f"{NODE} kind", {"PATH": by_name, **COMMON, "KIND": by_kind}
    ),
    "Group.members": ListOf("group:readers", "Principal", TIMES, COMMON),
    "Member.groups": ListOf("user:ben", "Principal", TIMES, COMMON),
}
PAGE = """
query(
  $id: ID! $first: Int $after: String $last: Int $before: String $by: %(noun)sOrder
  $filter: %(noun)sFilter
) {
  node(id: $id) { ... on %(type)s {
    list: %(field)s(
      first: $first after: $after last: $last before: $before orderBy: $by filter: $filter
    ) {
      edges { cursor node { %(fields)s } }
      pageInfo { hasNextPage hasPreviousPage startCursor endCursor }
      totalCount
    }
  } }
}
"""


@dataclass(frozen=True)
class Asker:
    """Someone who asks in the Org."""

    engine: AsyncEngine
    loaded: Loaded
    user: str = "ada"

    async def page(self, name: str, **arguments: object) -> Any:
        """Return a page of a list; `by` is its order, a field and a direction."""
        listed, (type_, field) = LISTS[name], name.split(".")
        words = {"noun": listed.noun, "type": type_, "field": field, "fields": listed.fields}
        id_ = self.loaded.ids[listed.parent] if listed.parent else self.loaded.id
        given = {"id": id_, **arguments}
        answer = await ask(self.engine, self.user, self.loaded.key, PAGE % words, given)
        assert answer.errors == []
        return answer.data["node"]["list"]

    async def nodes(self, name: str, **arguments: object) -> list[Node]:
        """Return the nodes of a page, by default of one that has the whole list."""
        found = await self.page(name, **{"first": 1000, **arguments})
        return [edge["node"] for edge in found["edges"]]

    async def names(self, name: str, **arguments: object) -> list[str]:
        """Return the names of the nodes of a page."""
        return [node["name"] for node in await self.nodes(name, **arguments)]


class Walk(NamedTuple):
    """A way through a list: how many rows at a time, from which end, in which order."""

    size: int
    backward: bool
    by: object


async def pages(asker: Asker, name: str, walk: Walk) -> list[Any]:
    """Return all pages of a list in the list's order."""
    size, cursor, end, more = BACKWARDS if walk.backward else FORWARDS
    asked = {size: walk.size, "by": walk.by}
    found = [await asker.page(name, **asked)]
    while found[-1]["pageInfo"][more]:
        found.append(await asker.page(name, **asked, **{cursor: found[-1]["pageInfo"][end]}))
    return found[::-1] if walk.backward else found


def nodes(found: list[Any]) -> list[Node]:
    return [edge["node"] for page in found for edge in page["edges"]]
