"""The six queries by hand: statements asked, rows put into dicts. `ask` runs a statement."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, TypeAlias

Rows: TypeAlias = Sequence[Sequence[Any]]
Ask: TypeAlias = Callable[..., Awaitable[Rows]]
LEVELS = ("NONE", "READ", "READ_EXECUTE", "FULL", "OWNER")
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


async def one_space(ask: Ask, org: int, number: int) -> Any:
    """Q1: a space by its id, with 20 projects."""
    rows = await ask("space", number)
    spaces = await _with_projects(ask, org, rows, 20, _projects)
    return {"node": spaces[0] if spaces else None}


async def spaces_and_projects(ask: Ask, org: int) -> Any:
    """Q2: 1,000 spaces with 10 projects each."""
    rows = await ask("spaces", 1000)
    return {"org": {"spaces": {"nodes": await _with_projects(ask, org, rows, 10, _projects)}}}


async def three_levels(ask: Ask, org: int) -> Any:
    """Q3: 100 spaces with 20 projects each, with 5 assets each."""
    rows = await ask("spaces", 100)
    nodes = await _with_projects(ask, org, rows, 20, _projects_with_assets)
    return {"org": {"spaces": {"nodes": nodes}}}


async def _with_projects(
    ask: Ask, org: int, spaces: Rows, size: int, made: Callable[..., Awaitable[Any]]
) -> list[Any]:
    ids, caps = [row[0] for row in spaces], [row[3] for row in spaces]
    flows, bests = [row[4] for row in spaces], [row[5] for row in spaces]
    rows = await ask("projects", ids, caps, flows, bests, size) if ids else ()
    below = await made(ask, org, ids, rows)
    return [
        {
            "id": f"spc_{org}_{id_}",
            "name": name,
            "effectivePermission": LEVELS[level],
            "projects": {"nodes": below[id_]},
        }
        for id_, name, level, _, _, _ in spaces
    ]


async def _projects(_ask: Ask, org: int, spaces: Sequence[int], rows: Rows) -> Any:
    below: dict[int, list[Any]] = {space: [] for space in spaces}
    for space, id_, name, level in rows:
        below[space].append(
            {"id": f"prj_{org}_{id_}", "name": name, "effectivePermission": LEVELS[level]}
        )
    return below


async def _projects_with_assets(ask: Ask, org: int, spaces: Sequence[int], rows: Rows) -> Any:
    projects = [row[1] for row in rows]
    levels: dict[int, str] = {row[1]: LEVELS[row[3]] for row in rows}
    assets: dict[int, list[Any]] = {id_: [] for id_ in projects}
    for project, id_, name, kind in await ask("assets", projects, 5) if projects else ():
        assets[project].append(
            {
                "id": f"ast_{org}_{id_}",
                "name": name,
                "kind": kind,
                "effectivePermission": levels[project],
            }
        )
    below: dict[int, list[Any]] = {space: [] for space in spaces}
    for space, id_, name, level in rows:
        below[space].append(
            {
                "id": f"prj_{org}_{id_}",
                "name": name,
                "effectivePermission": LEVELS[level],
                "assets": {"nodes": assets[id_]},
            }
        )
    return below


async def assets_with_ancestors(ask: Ask, org: int) -> Any:
    """Q4: 1,000 assets, each with its project and its space."""
    assets = await ask("all_assets", 1000)
    found = await ask("projects_by_id", list({row[3] for row in assets}))
    above = await ask("spaces_by_id", list({row[2] for row in found if row[2]}))
    projects = _projects_with_space(org, found, above)
    nodes: list[Any] = [
        {
            "id": f"ast_{org}_{id_}",
            "name": name,
            "effectivePermission": LEVELS[level],
            "project": projects[project],
        }
        for id_, name, level, project in assets
    ]
    return {"org": {"assets": {"nodes": nodes}}}


def _projects_with_space(org: int, rows: Rows, above: Rows) -> Mapping[int, Any]:
    spaces: dict[int | None, Any] = {None: None}
    for id_, name, _, level in above:
        spaces[id_] = {
            "id": f"spc_{org}_{id_}",
            "name": name,
            "effectivePermission": LEVELS[level],
        }
    return {
        id_: {
            "id": f"prj_{org}_{id_}",
            "name": name,
            "effectivePermission": LEVELS[level],
            "space": spaces[space],
        }
        for id_, name, space, level in rows
    }


async def page_of_projects(ask: Ask, org: int) -> Any:
    """Q5: a page of 1,000 projects, 9 fields of each."""
    rows = await ask("all_projects", 1000)
    found = await ask("spaces_by_id", list({row[8] for row in rows}))
    spaces = {row[0]: {"key": row[2]} for row in found}
    nodes: list[Any] = [
        {
            "id": f"prj_{org}_{id_}",
            "key": key,
            "name": name,
            "description": description,
            "isShared": shared != 0,
            "effectivePermission": LEVELS[level],
            "createdAt": EPOCH + timedelta(microseconds=created),
            "updatedAt": EPOCH + timedelta(microseconds=updated),
            "space": spaces[space],
        }
        for id_, key, name, description, shared, level, created, updated, space in rows
    ]
    return {"org": {"projects": {"nodes": nodes}}}


async def assets_by_id(ask: Ask, org: int, numbers: Sequence[int]) -> Any:
    """Q6: assets by their ids, each with its project and its space."""
    nodes: dict[int, Any] = {}
    projects: dict[int, Any] = {}
    spaces: dict[int | None, Any] = {None: None}
    for id_, name, level, project, its_name, space, title, at_space in await ask(
        "assets_by_id", numbers
    ):
        if space not in spaces:
            spaces[space] = {
                "id": f"spc_{org}_{space}",
                "name": title,
                "effectivePermission": LEVELS[at_space],
            }
        if project not in projects:
            projects[project] = {
                "id": f"prj_{org}_{project}",
                "name": its_name,
                "effectivePermission": LEVELS[level],
                "space": spaces[space],
            }
        nodes[id_] = {
            "id": f"ast_{org}_{id_}",
            "name": name,
            "effectivePermission": LEVELS[level],
            "project": projects[project],
        }
    return {"nodes": [nodes.get(number) for number in numbers]}


QUERIES: dict[str, Callable[..., Awaitable[Any]]] = {
    "Q1": one_space,
    "Q2": spaces_and_projects,
    "Q3": three_levels,
    "Q4": assets_with_ancestors,
    "Q5": page_of_projects,
    "Q6": assets_by_id,
}
