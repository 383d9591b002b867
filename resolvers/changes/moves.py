"""Moving projects and assets: they keep their ids, and where they lay before is remembered."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from sqlalchemy import insert, select, update

from auth.scope import Scope
from db import ids
from db.ids import NodeId
from db.models import GRANT, PLACEMENT, PROJECT
from resolvers.changes.change import Beside, Change, Done, Input
from resolvers.changes.clashes import arrive
from resolvers.changes.projects import too_many
from resolvers.changes.rows import LIES_IN, found, parent_of, path_of, target_of, write
from resolvers.errors import INVALID, UserError

THERE = "It lies there already."


async def move_project(making: Change, given: Input) -> Done:
    """Move a project into another space, with its assets and the grants on it."""
    target = await target_of(making, given, ids.SPACE)
    node, row = await found(making, given, "project.move", target=target)
    shared = await shared_projects(making, row.space_id, target.id)
    await making.affects(Scope(projects=(node.id, *shared)))
    done = await _moved(making, given, "project.move", node=(node, row), target=target)
    lasting = (GRANT.c.org_id == making.org.id, GRANT.c.ended_at.is_(None))
    here = update(GRANT).where(*lasting, GRANT.c.project_id == node.id)
    await making.connection.execute(here.values(within_id=target.id))
    return replace(done, warnings=(*done.warnings, *await too_many(making, target)))


async def move_asset(making: Change, given: Input) -> Done:
    """Move an asset into another project, with all versions of its content."""
    target = await target_of(making, given, ids.PROJECT)
    node, row = await found(making, given, "asset.move", target=target)
    await making.affects(Scope(assets=(node.id,), projects=(row.project_id, target.id)))
    return await _moved(making, given, "asset.move", node=(node, row), target=target)


async def shared_projects(making: Change, *space_ids: int) -> tuple[int, ...]:
    """Return the ids of the spaces' shared projects, whose levels hang on what lies beside them."""
    shared = (PROJECT.c.org_id == making.org.id, PROJECT.c.is_shared)
    of_these = select(PROJECT.c.id).where(*shared, PROJECT.c.space_id.in_(space_ids))
    return tuple(await making.connection.scalars(of_these))


async def _moved(
    making: Change, given: Input, action: str, *, node: tuple[NodeId, Any], target: NodeId
) -> Done:
    moving, row = node
    parent = parent_of(moving, row)
    if parent == target:
        raise UserError(INVALID, THERE, "into")
    arrival = await arrive(making, given, node=moving, row=row, target=target)
    path = await path_of(making, moving)
    await _end_placement(making, moving, row)
    placed = {LIES_IN[moving.type]: target.id, "placed_at": making.now}
    done = await write(making, moving, action, row=row, columns={**arrival.columns, **placed})
    return replace(
        done,
        before={"path": path, "name": row.name},
        after={"path": done.path, "name": arrival.columns["name"], **arrival.told},
        undo=arrival.undo,
        warnings=arrival.warnings,
        beside=(*arrival.beside, *_places({path: parent, done.path: target})),
    )


def _places(parents: Mapping[str, NodeId | None]) -> tuple[Beside, ...]:
    """Return what a node lay in and lies in, by its paths."""
    above = ((path.rpartition("/")[0], node) for path, node in parents.items())
    return tuple(Beside(node, path) for path, node in above if node)


async def _end_placement(making: Change, node: NodeId, row: Any) -> None:
    await making.connection.execute(
        insert(PLACEMENT).values(
            org_id=making.org.id,
            id=await ids.reserve(making.connection, making.org.id, 1),
            node_id=node.id,
            parent_id=getattr(row, LIES_IN[node.type]),
            began_at=row.placed_at,
            ended_at=making.now,
        )
    )
