"""Answers that are kept under idempotency keys are forgotten after a while."""

from collections.abc import Awaitable, Callable

from sqlalchemy import ColumnElement, delete, select, tuple_
from sqlalchemy.ext.asyncio import AsyncEngine

from db.engine import change
from db.models import ANSWER, ORG

HOUR = 3_600_000_000  # microseconds
AT_ONCE = 500  # answers in one transaction
KEY = (ANSWER.c.org_id, ANSWER.c.member_id, ANSWER.c.key)


def is_due(lifetime: int) -> Callable[[int], ColumnElement[bool]]:
    """Return whether an Org, a row of `org`, keeps answers for longer than that."""

    def due(now: int) -> ColumnElement[bool]:
        old = select(ANSWER.c.key).where(ANSWER.c.org_id == ORG.c.id, ANSWER.c.at < now - lifetime)
        return old.correlate(ORG).exists()

    return due


def forget_some(lifetime: int) -> Callable[[AsyncEngine, int, int], Awaitable[int]]:
    """Return what forgets some of an Org's answers that are that old; it returns how many."""

    async def forget(engine: AsyncEngine, org_id: int, sure: int) -> int:
        old = select(*KEY).where(ANSWER.c.org_id == org_id, ANSWER.c.at < sure - lifetime)
        async with change(engine, org_id) as connection:
            some = old.order_by(ANSWER.c.at).limit(AT_ONCE)
            forgotten = delete(ANSWER).where(ANSWER.c.org_id == org_id, tuple_(*KEY).in_(some))
            return int((await connection.execute(forgotten)).rowcount)

    return forget
