"""Lists read page by page, either way, in any order, of any least permission."""

from dataclasses import dataclass

from hypothesis import strategies as st

from auth.levels import Permission
from tests.access.asking import Asker, Json
from tests.access.model import Node, Org
from tests.access.reference import View, every_project
from tests.factories import Loaded

ORDERS = {
    "Org.spaces": ("NAME", "KEY", "CREATED_AT"),
    "Org.projects": ("PATH", "NAME", "KEY"),
    "Org.assets": ("PATH", "NAME", "KEY", "KIND"),
    "Space.projects": ("PATH", "KEY"),
    "Project.assets": ("PATH", "KIND"),
}
SIZE = 2
TEXT = """
query Page(
  $id: ID!, $first: Int, $after: String, $last: Int, $before: String
  $minimum: Permission, $field: {noun}OrderField!, $direction: OrderDirection!
) {{
  node(id: $id) {{
    ... on {parent} {{
      list: {field}(
        first: $first, after: $after, last: $last, before: $before
        filter: {{minimumPermission: $minimum}}, orderBy: {{field: $field, direction: $direction}}
      ) {{
        totalCount
        nodes {{ id }}
        pageInfo {{ hasNextPage hasPreviousPage startCursor endCursor }}
      }}
    }}
  }}
}}
"""


def _text(name: str) -> str:
    parent, field = name.split(".")
    return TEXT.format(noun=field[:-1].capitalize(), parent=parent, field=field)


TEXTS = {name: _text(name) for name in ORDERS}


@dataclass(frozen=True)
class Walk:
    """A way through a list, and which executor leads it; `parent` is empty for the Org's lists."""

    name: str
    parent: str
    order: str
    descending: bool
    backward: bool
    minimum: Permission | None
    compiles: bool


@st.composite
def walks(draw: st.DrawFn, org: Org) -> Walk:
    """Choose a way through a list of the Org."""
    parents = {
        "Org": [""],
        "Space": [space.path for space in org.spaces],
        "Project": [project.path for project in every_project(org)],
    }
    name = draw(st.sampled_from([n for n in ORDERS if parents[n.partition(".")[0]]]))
    return Walk(
        name,
        parent=draw(st.sampled_from(parents[name.partition(".")[0]])),
        order=draw(st.sampled_from(ORDERS[name])),
        descending=draw(st.booleans()),
        backward=draw(st.booleans()),
        minimum=draw(st.sampled_from([None, *Permission])),
        compiles=draw(st.booleans()),
    )


def expected_pages(view: View, loaded: Loaded, walk: Walk) -> list[Json] | None:
    """Return the pages that the walk must come by; None where the parent isn't seen."""
    if not (view.sees(walk.parent) if walk.parent else view.org_level() > Permission.NONE):
        return None
    nodes = view.ordered(
        _listed(view, walk), walk.order, descending=walk.descending, minimum=walk.minimum or 0
    )
    rows = [loaded.ids[node.path] for node in nodes]
    pages = _cut(rows[::-1] if walk.backward else rows)
    return [_page(walk, pages, number, total=len(rows)) for number in range(len(pages))]


def _listed(view: View, walk: Walk) -> list[Node]:
    match walk.name:
        case "Org.spaces":
            return view.spaces()
        case "Org.projects" | "Space.projects":
            return view.projects(walk.parent or None)
        case _:
            return view.assets(walk.parent or None)


def _cut(rows: list[str]) -> list[list[str]]:
    return [rows[start : start + SIZE] for start in range(0, max(len(rows), 1), SIZE)]


def _page(walk: Walk, pages: list[list[str]], number: int, *, total: int) -> Json:
    """Return a page as its list has it; behind the cursor that led here there is always more."""
    rows, begun, more = pages[number], number > 0, number < len(pages) - 1
    nodes = [{"id": id_} for id_ in (rows[::-1] if walk.backward else rows)]
    has_next, has_previous = (begun, more) if walk.backward else (more, begun)
    where = {"hasNextPage": has_next, "hasPreviousPage": has_previous}
    return {"totalCount": total, "nodes": nodes, "pageInfo": where}


async def walked(asker: Asker, walk: Walk) -> list[Json] | None:
    """Return the pages that the walk does come by; None where the parent isn't seen."""
    size, cursor = ("last", "before") if walk.backward else ("first", "after")
    variables, pages = _variables(asker.loaded, walk) | {size: SIZE}, list[Json]()
    while True:
        data = await asker.ask(TEXTS[walk.name], variables)
        if data["node"] is None:
            return None
        page: Json = data["node"]["list"]
        where = page["pageInfo"]
        ends = {"before": where.pop("startCursor"), "after": where.pop("endCursor")}
        pages.append(page)
        if not where["hasPreviousPage" if walk.backward else "hasNextPage"]:
            return pages
        variables |= {cursor: ends[cursor]}


def _variables(loaded: Loaded, walk: Walk) -> Json:
    return {
        "id": loaded.ids[walk.parent] if walk.parent else loaded.id,
        "minimum": None if walk.minimum is None else walk.minimum.name,
        "field": walk.order,
        "direction": "DESC" if walk.descending else "ASC",
    }
