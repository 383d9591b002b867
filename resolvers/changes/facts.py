"""Facts with intervals: those that last are ended and others begun, and none is overwritten."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import ColumnElement, Table, insert, select, update

from db import ids
from db.models import GRANT, MEMBERSHIP, PRINCIPAL, PROJECT, SPACE
from resolvers.changes.change import Change

# In which columns facts name the nodes whose they are, and the revision that each of these keeps.
OF = {GRANT.name: ("space_id", "project_id"), MEMBERSHIP.name: ("group_id",)}
REVISED = {
    "space_id": (SPACE, "grants_revision"),
    "project_id": (PROJECT, "grants_revision"),
    "group_id": (PRINCIPAL, "members_revision"),
}


async def end(making: Change, table: Table, *which: ColumnElement[bool], **values: object) -> None:
    """End the lasting facts that meet the conditions, whose parameters have these values."""
    lasting = (table.c.org_id == making.org.id, table.c.ended_at.is_(None))
    for column in OF[table.name]:
        named = select(table.c[column]).where(*lasting, *which)
        await _revise(making, column, named, values)
    ended = update(table).where(*lasting, *which).values(ended_at=making.now)
    await making.connection.execute(ended, values)


async def begin(making: Change, table: Table, facts: Sequence[Mapping[str, Any]]) -> None:
    """Begin facts, of which each has the same columns."""
    if not facts:
        return
    first = await ids.reserve(making.connection, making.org.id, len(facts))
    born = {"org_id": making.org.id, "began_at": making.now}
    rows = [{**fact, **born, "id": id_} for id_, fact in enumerate(facts, first)]
    await making.connection.execute(insert(table), rows)
    for column in OF[table.name]:
        named = {fact[column] for fact in facts if fact.get(column) is not None}
        if named:
            await _revise(making, column, sorted(named), {})


async def _revise(making: Change, column: str, named: Any, values: Mapping[str, object]) -> None:
    """Note by which revision the facts of the nodes that are named in a column changed."""
    table, revision = REVISED[column]
    node = (table.c.org_id == making.org.id, table.c.id.in_(named))
    revised = update(table).where(*node).values({revision: making.revision})
    await making.connection.execute(revised, values)
