"""Facts with intervals: those that last are ended and others begun, and none is overwritten."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import ColumnElement, Table, insert, update

from db import ids
from resolvers.changes.change import Change


async def end(making: Change, table: Table, *which: ColumnElement[bool], **values: object) -> None:
    """End the lasting facts that meet the conditions, whose parameters have these values."""
    lasting = (table.c.org_id == making.org.id, table.c.ended_at.is_(None))
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
