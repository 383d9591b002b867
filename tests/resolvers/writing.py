"""What others do to an Org while somebody reads it."""

from typing import Any

from sqlalchemy import Table, insert, update
from sqlalchemy.ext.asyncio import AsyncEngine

from db.engine import change
from db.ids import parse_id, reserve
from db.models import ASSET, MEMBERSHIP, PROJECT, SPACE
from db.names import fold, sort_form
from db.revision import advance
from tests.factories import Loaded

LATER = 1_900_000_000_000_000  # microseconds


async def add_space(engine: AsyncEngine, org: Loaded, name: str) -> str:
    """Add a space, and return its name."""
    return await _add(engine, org, SPACE, name)


async def add_project(engine: AsyncEngine, org: Loaded, name: str, *, space: str) -> str:
    """Add a project, and return its name."""
    placed = {"space_id": _number(org, space), "is_shared": False, "placed_at": LATER}
    return await _add(engine, org, PROJECT, name, **placed)


async def add_asset(engine: AsyncEngine, org: Loaded, name: str, *, project: str) -> str:
    """Add an asset, and return its name."""
    placed = {"project_id": _number(org, project), "kind": "FILE", "placed_at": LATER}
    return await _add(engine, org, ASSET, name, **placed)


async def delete(engine: AsyncEngine, org: Loaded, id_: str) -> None:
    """Put a node into the bin."""
    node = parse_id(id_)
    assert node is not None
    table = {"spc": SPACE, "prj": PROJECT, "ast": ASSET}[node.type]
    async with change(engine) as connection:
        await advance(connection, org.org_id, at=LATER)
        deleted = update(table).where(table.c.org_id == org.org_id, table.c.id == node.id)
        await connection.execute(deleted.values(deleted_at=LATER))


async def leave(engine: AsyncEngine, org: Loaded, member: str, group: str) -> None:
    """End a membership."""
    async with change(engine) as connection:
        await advance(connection, org.org_id, at=LATER)
        membership = update(MEMBERSHIP).where(
            MEMBERSHIP.c.org_id == org.org_id,
            MEMBERSHIP.c.member_id == _number(org, f"user:{member}"),
            MEMBERSHIP.c.group_id == _number(org, f"group:{group}"),
        )
        await connection.execute(membership.values(ended_at=LATER))


async def join(engine: AsyncEngine, org: Loaded, member: str, group: str) -> None:
    """Begin a membership."""
    async with change(engine) as connection:
        await advance(connection, org.org_id, at=LATER)
        row = {"org_id": org.org_id, "id": await reserve(connection, org.org_id, 1)}
        joined = {
            "member_id": _number(org, f"user:{member}"),
            "group_id": _number(org, f"group:{group}"),
        }
        await connection.execute(insert(MEMBERSHIP).values(**row, **joined, began_at=LATER))


def _number(org: Loaded, path: str) -> int:
    node = parse_id(org.ids[path])
    assert node is not None
    return node.id


async def _add(engine: AsyncEngine, org: Loaded, table: Table, name: str, **values: Any) -> str:
    named = {"key": name.replace(" ", "-"), "name": name, "folded": fold(name)}
    times = {"created_at": LATER, "updated_at": LATER}
    async with change(engine) as connection:
        await advance(connection, org.org_id, at=LATER)
        id_ = await reserve(connection, org.org_id, 1)
        row = {"org_id": org.org_id, "id": id_, "sort": sort_form(fold(name)), **named, **times}
        await connection.execute(insert(table).values(**row, **values))
    return name
