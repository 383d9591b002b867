"""Copying projects and assets: copies have new ids, and only the newest version of each content."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Subquery,
    Table,
    and_,
    func,
    insert,
    literal,
    select,
)

from auth.scope import Scope
from db import ids
from db.ids import NodeId, public_id
from db.models import ASSET, VERSION
from resolvers.changes.change import Change, Done, Input
from resolvers.changes.clashes import Arrival, arrive
from resolvers.changes.moves import shared_projects
from resolvers.changes.projects import grant_owner, too_many
from resolvers.changes.rows import add, found, path_of, target_of

COPIED = ("key", "name", "folded", "sort", "kind", "metadata")


@dataclass(frozen=True, slots=True)
class Batch:
    """The assets that are copied, and where to: `sources` are their rows, counted by `place`.

    Their copies' ids begin at `first`, those of their content behind them. `called` is how copies
    are called, where not as what they are copies of.
    """

    sources: Subquery
    number: int
    first: int
    project_id: int
    called: Mapping[str, str] = field(default_factory=dict[str, str])


async def copy_project(making: Change, given: Input) -> Done:
    """Copy a project and its assets into a space; whoever copies it is granted OWNER of it."""
    target = await target_of(making, given, ids.SPACE)
    source, row = await found(making, given, "project.copy", target=target)
    sources = _sources(making, ASSET.c.project_id.name, source)
    number = await making.connection.scalar(select(func.count()).select_from(sources)) or 0
    first = await ids.reserve(making.connection, making.org.id, 2 + 2 * number)
    await making.affects(Scope(projects=(first, *await shared_projects(making, target.id))))
    arrival = await arrive(making, given, node=source, row=row, target=target)
    placed = {"space_id": target.id, "is_shared": False, "placed_at": making.now}
    columns = {**arrival.columns, "description": row.description, **placed}
    node = await add(making, ids.PROJECT, first, **columns)
    await grant_owner(making, node, target, id_=first + 1)
    await _copy(making, Batch(sources, number, first + 2, project_id=first))
    return await _done(making, "project.copy", node, arrival=arrival, target=target)


async def copy_asset(making: Change, given: Input) -> Done:
    """Copy an asset into a project."""
    target = await target_of(making, given, ids.PROJECT)
    source, row = await found(making, given, "asset.copy", target=target)
    first = await ids.reserve(making.connection, making.org.id, 2)
    await making.affects(Scope(assets=(first,), projects=(target.id,)))
    arrival = await arrive(making, given, node=source, row=row, target=target)
    sources = _sources(making, ASSET.c.id.name, source)
    await _copy(making, Batch(sources, 1, first, target.id, called=arrival.columns))
    node = NodeId(ids.ASSET, making.org.id, first)
    return await _done(making, "asset.copy", node, arrival=arrival)


def _sources(making: Change, column: str, node: NodeId) -> Subquery:
    """Return the live assets of which this column is the node's number."""
    asset = ASSET.alias()
    place = func.row_number().over(order_by=asset.c.id).label("place")
    live = (asset.c.org_id == making.org.id, asset.c.deleted_at.is_(None))
    columns = (asset.c[name] for name in ("id", *COPIED))
    return select(*columns, place).where(*live, asset.c[column] == node.id).subquery("source")


async def _copy(making: Change, batch: Batch) -> None:
    source = batch.sources
    ids_from = literal(batch.first - 1, BigInteger()) + source.c.place
    copy = {
        **{name: source.c[name] for name in COPIED},
        **{name: literal(value) for name, value in batch.called.items()},
        "project_id": literal(batch.project_id, BigInteger()),
        **dict.fromkeys(("created_at", "updated_at", "placed_at"), _now(making)),
        "revision": literal(making.revision, BigInteger()),
    }
    await _insert(making, ASSET, {"id": ids_from, **copy}, select().select_from(source))
    await _copy_contents(making, batch, ids_from)


async def _copy_contents(making: Change, batch: Batch, asset_ids: ColumnElement[int]) -> None:
    """Copy the newest version of each asset's content as the first of its copy's."""
    source, version, other = batch.sources, VERSION.alias(), VERSION.alias()
    same = (other.c.org_id == making.org.id, other.c.asset_id == source.c.id)
    newest = select(func.max(other.c.number)).where(*same).scalar_subquery()
    of_source = and_(version.c.org_id == making.org.id, version.c.asset_id == source.c.id)
    copy = {
        "id": asset_ids + batch.number,
        "asset_id": asset_ids,
        "number": literal(1),
        **{name: version.c[name] for name in ("media_type", "text", "reference")},
        "created_at": _now(making),
        "created_by": literal(making.subject.member_id, BigInteger()),
    }
    rows = select().select_from(source.join(version, of_source)).where(version.c.number == newest)
    await _insert(making, VERSION, copy, rows)


async def _insert(
    making: Change, table: Table, columns: Mapping[str, ColumnElement[Any]], rows: Any
) -> None:
    values = {"org_id": literal(making.org.id, BigInteger()), **columns}
    selected = rows.add_columns(*values.values())
    await making.connection.execute(insert(table).from_select(list(values), selected))


def _now(making: Change) -> ColumnElement[int]:
    return literal(making.now, BigInteger())


async def _done(
    making: Change, action: str, node: NodeId, *, arrival: Arrival, target: NodeId | None = None
) -> Done:
    """Return what was done; `target` is the space whose projects have become more, if any."""
    path = await path_of(making, node)
    called = {"key": arrival.columns["key"], "name": arrival.columns["name"]}
    after = {**called, "copyOf": public_id(*arrival.node), **arrival.told}
    many = await too_many(making, target) if target else ()
    warnings = (*arrival.warnings, *many)
    done = Done(action, node, path, after=after, undo=arrival.undo, warnings=warnings)
    return replace(done, beside=arrival.beside)
