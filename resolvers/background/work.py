"""All that the server does by itself: what is due is looked for and done, under the duty."""

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import NamedTuple

import structlog
from sqlalchemy import ColumnElement, select
from sqlalchemy.ext.asyncio import AsyncEngine

from db.engine import snapshot
from db.models import ORG
from resolvers.background import expiring, forgetting, purging, retention
from resolvers.background.duty import Duty

ANSWER_HOURS = 48
SECONDS_BETWEEN = 0.05  # so that others get the lock


log = structlog.get_logger()


class Task(NamedTuple):
    """One habit: in which Orgs something is due at a time, and a piece of it, done in one Org.

    A piece is done for the number of the Org and the moment by which it must have been due.
    """

    name: str
    is_due: Callable[[int], ColumnElement[bool]]
    some: Callable[[AsyncEngine, int, int], Awaitable[int]]


def tasks_of(answer_hours: int = ANSWER_HOURS) -> Sequence[Task]:
    """Return the habits in their order: what has been kept for long enough is purged at once."""
    lifetime = answer_hours * forgetting.HOUR
    return (
        Task("grants ended", expiring.is_due, expiring.end_expired),
        Task("deletions overdue", retention.is_due, retention.purge_overdue),
        Task("rows purged", purging.is_due, purging.purge_some),
        Task("answers forgotten", forgetting.is_due(lifetime), forgetting.forget_some(lifetime)),
    )


TASKS = tasks_of()


async def work(
    duty: Duty, stopped: Callable[[], bool] = lambda: False, tasks: Sequence[Task] = TASKS
) -> Mapping[str, int] | None:
    """Do all that is due, until that is done, it is stopped, or the duty is lost.

    Due is what was so at the moment of which the duty is sure. Return how much of what was done;
    None where another process has the duty.
    """
    if not await duty.take():
        return None
    done = Counter[str]({task.name: 0 for task in tasks})
    for task in tasks:
        await _tell_what_waits(duty, task)
        await _finish(task, duty, stopped, done)
    await duty.release()
    return done


async def _finish(task: Task, duty: Duty, stopped: Callable[[], bool], done: Counter[str]) -> None:
    """Do pieces of a task in one Org after the other, until nothing of it is due."""
    while org_ids := await _due(duty.engine, task, duty.sure):
        before = done[task.name]
        for org_id in org_ids:
            if stopped() or not await duty.keep():
                return
            done[task.name] += await task.some(duty.engine, org_id, duty.sure)
            await asyncio.sleep(SECONDS_BETWEEN)
        if done[task.name] == before:
            return


async def _tell_what_waits(duty: Duty, task: Task) -> None:
    """Log once that something is due by the clock, and is done once another look confirms it."""
    waits = await _due(duty.engine, task, duty.now()) != await _due(duty.engine, task, duty.sure)
    if waits and task.name not in duty.waiting:
        log.info("due, if another look at the clock agrees", task=task.name, seconds=duty.seconds)
    (duty.waiting.add if waits else duty.waiting.discard)(task.name)


async def _due(engine: AsyncEngine, task: Task, now: int) -> Sequence[int]:
    due = select(ORG.c.id).where(task.is_due(now)).order_by(ORG.c.id)
    async with snapshot(engine) as connection:
        return (await connection.scalars(due)).all()
