"""All that the server does by itself: what is due is looked for and done, under the duty."""

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import NamedTuple

from sqlalchemy import ColumnElement, select
from sqlalchemy.ext.asyncio import AsyncEngine

from db import clock
from db.engine import snapshot
from db.models import ORG
from resolvers.background import expiring, purging, retention
from resolvers.background.duty import Duty

SECONDS_BETWEEN = 0.05  # so that others get the lock


class Task(NamedTuple):
    """One habit: in which Orgs something is due at a time, and a piece of it, done in one Org."""

    name: str
    is_due: Callable[[int], ColumnElement[bool]]
    some: Callable[[AsyncEngine, int], Awaitable[int]]


# In this order: what has been kept for long enough is purged at once.
TASKS = (
    Task("grants ended", expiring.is_due, expiring.end_expired),
    Task("deletions overdue", retention.is_due, retention.purge_overdue),
    Task("rows purged", purging.is_due, purging.purge_some),
)


async def work(duty: Duty, stopped: Callable[[], bool] = lambda: False) -> Mapping[str, int] | None:
    """Do all that is due, until that is done, it is stopped, or the duty is lost.

    Return how much of what was done; None where another process has the duty.
    """
    if not await duty.take():
        return None
    done = Counter[str]({task.name: 0 for task in TASKS})
    for task in TASKS:
        await _finish(task, duty, stopped, done)
    await duty.release()
    return done


async def _finish(task: Task, duty: Duty, stopped: Callable[[], bool], done: Counter[str]) -> None:
    """Do pieces of a task in one Org after the other, until nothing of it is due."""
    while org_ids := await _due(duty.engine, task):
        before = done[task.name]
        for org_id in org_ids:
            if stopped() or not await duty.keep():
                return
            done[task.name] += await task.some(duty.engine, org_id)
            await asyncio.sleep(SECONDS_BETWEEN)
        if done[task.name] == before:
            return


async def _due(engine: AsyncEngine, task: Task) -> Sequence[int]:
    due = select(ORG.c.id).where(task.is_due(clock.now())).order_by(ORG.c.id)
    async with snapshot(engine) as connection:
        return (await connection.scalars(due)).all()
