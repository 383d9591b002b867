"""All that is stored of an Org, read at one moment."""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import orjson
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncEngine

from db.engine import snapshot
from db.ids import parse_id
from db.models import (
    ANSWER,
    ASSET,
    DELETION,
    EVENT,
    GRANT,
    MEMBERSHIP,
    ORG,
    PLACEMENT,
    PRINCIPAL,
    PROJECT,
    SPACE,
    TOUCH,
    VERSION,
)

TABLES = (SPACE, PROJECT, ASSET, VERSION, GRANT, MEMBERSHIP, PLACEMENT, DELETION, PRINCIPAL)


class Told(NamedTuple):
    """An event: the number of its object and of its actor, and what it says of before and after."""

    revision: int
    at: int
    action: str
    object: int
    actor: int
    key: str | None
    after: Mapping[str, Any]


class Stored(NamedTuple):
    """All of an Org's rows, by their tables, and its events and their like in their order."""

    revision: int
    next_id: int
    rows: Mapping[str, Sequence[Any]]
    events: Sequence[Told]
    touched: Sequence[int]  # the revisions of the rows by which events are found, of their objects
    answers: Sequence[Any]

    def by_id(self, table: str) -> dict[int, Any]:
        """Return a table's rows by their ids."""
        return {row.id: row for row in self.rows[table]}

    @property
    def to_purge(self) -> set[int]:
        """The numbers of what is to be purged, is being, or was."""
        return {row.node_id for row in self.rows["deletion"] if row.purge_asked_at is not None}

    def told(self, *actions: str) -> list[Told]:
        """Return the events of some actions."""
        return [event for event in self.events if event.action in actions]


async def read(engine: AsyncEngine, org_id: int) -> Stored:
    """Read all of an Org, at one moment."""
    async with snapshot(engine) as connection:
        org = (await connection.execute(select(ORG).where(ORG.c.id == org_id))).one()
        rows = dict[str, Sequence[Any]]()
        for table in TABLES:
            found = select(table).where(table.c.org_id == org_id).order_by(table.c.id)
            rows[table.name] = (await connection.execute(found)).all()
        events = select(EVENT).where(EVENT.c.org_id == org_id).order_by(EVENT.c.revision)
        told = [_told(row) for row in await connection.execute(events)]
        answers = await connection.execute(select(ANSWER).where(ANSWER.c.org_id == org_id))
        own = select(TOUCH.c.revision).where(TOUCH.c.org_id == org_id, TOUCH.c.path.is_(None))
        touched = (await connection.scalars(own.order_by(TOUCH.c.revision))).all()
        return Stored(org.revision, org.next_id, rows, told, touched, answers.all())


def _told(row: Any) -> Told:
    after: Mapping[str, Any] = {} if row.after is None else orjson.loads(row.after)
    object_, actor = number_of(row.object_id), number_of(row.actor)
    return Told(row.revision, row.at, row.action, object_, actor, row.request_id, after)


def number_of(public_id: str) -> int:
    """Return the number in an id; 0 in what is none, as the actor `system` is."""
    node = parse_id(public_id)
    return node.id if node else 0
