"""How an Org in memory gets into a database: imported, and then changed as time would."""

from collections.abc import Iterable

from sqlalchemy import insert, update
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from db import ids
from db.clock import time_text
from db.engine import change
from db.ids import NodeId, parse_id, reserve
from db.models import ASSET, GRANT, MEMBERSHIP, PROJECT, SPACE
from tests.access.model import Grant, Org
from tests.factories import Loaded, Manifest, load

TABLES = {ids.SPACE: SPACE, ids.PROJECT: PROJECT, ids.ASSET: ASSET}


def node_id(loaded: Loaded, name: str) -> NodeId:
    """Return what the public id of a path or a principal says."""
    node = parse_id(loaded.ids[name])
    assert node is not None
    return node


async def store(engine: AsyncEngine, org: Org, key: str) -> Loaded:
    """Store the Org under the key, what was deleted, ended and left in it included."""
    loaded = await load(engine, _manifest(org, key))
    former = [(user.key, group) for user in org.users for group in user.former]
    ended = [grant for grant in org.grants if grant.ended]
    if org.deleted or former or ended:
        async with change(engine) as connection:
            await _delete(connection, loaded, org.deleted)
            await _leave(connection, loaded, former)
            await _end(connection, loaded, ended)
    return loaded


def _manifest(org: Org, key: str) -> Manifest:
    manifest = Manifest(key)
    for user in org.users:
        manifest.user(user.key, admin=user.admin, active=user.active)
    for group in org.groups:
        manifest.group(group.key, *group.members)
    for node in org.spaces:
        manifest.space(node.path, name=node.name, description=f"About {node.path}")
    for node in org.ordinary:
        manifest.project(node.path, name=node.name, description=f"About {node.path}")
    for node in org.assets:
        manifest.asset(node.path, name=node.name, kind=node.kind)
    for grant in org.grants:
        if not grant.ended:
            _add(manifest, grant)
    return manifest


def _add(manifest: Manifest, grant: Grant) -> None:
    held = grant.held
    until = None if held.expires_at is None else time_text(held.expires_at)
    manifest.grant(
        grant.to, held.level.name, on=grant.on, propagate=held.propagate, expires_at=until
    )


async def _delete(connection: AsyncConnection, loaded: Loaded, paths: Iterable[str]) -> None:
    for path in paths:
        node = node_id(loaded, path)
        table = TABLES[node.type]
        marked = update(table).where(table.c.org_id == node.org_id, table.c.id == node.id)
        await connection.execute(marked.values(deleted_at=loaded.made_at))


async def _leave(
    connection: AsyncConnection, loaded: Loaded, former: Iterable[tuple[str, str]]
) -> None:
    for user, group in former:
        left = {
            "group_id": node_id(loaded, f"group:{group}").id,
            "member_id": node_id(loaded, f"user:{user}").id,
        }
        await connection.execute(insert(MEMBERSHIP).values(await _past(connection, loaded) | left))


async def _end(connection: AsyncConnection, loaded: Loaded, grants: Iterable[Grant]) -> None:
    for grant in grants:
        node, held = node_id(loaded, grant.on), grant.held
        was = {
            "space_id": node.id if node.type == ids.SPACE else None,
            "project_id": node.id if node.type == ids.PROJECT else None,
            "principal_id": node_id(loaded, grant.to).id,
            "level": held.level,
            "propagate": held.propagate,
            "expires_at": held.expires_at,
        }
        await connection.execute(insert(GRANT).values(await _past(connection, loaded) | was))


async def _past(connection: AsyncConnection, loaded: Loaded) -> dict[str, object]:
    """Return the columns of a fact that isn't one any more."""
    id_ = await reserve(connection, loaded.org_id, 1)
    interval = {"began_at": loaded.made_at - 1, "ended_at": loaded.made_at}
    return {"org_id": loaded.org_id, "id": id_, **interval}
