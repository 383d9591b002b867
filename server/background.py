"""What the server does by itself while it runs, beside the requests and never at their expense."""

import asyncio
from collections.abc import AsyncGenerator, Sequence
from contextlib import asynccontextmanager, suppress

import structlog
from sqlalchemy.ext.asyncio import AsyncEngine

from db.errors import UnfitError, is_unavailable
from resolvers.background.duty import Duty
from resolvers.background.work import TASKS, Task, work

SECONDS_TO_STOP = 1

log = structlog.get_logger()


@asynccontextmanager
async def in_background(
    engine: AsyncEngine, seconds: float, tasks: Sequence[Task] = TASKS
) -> AsyncGenerator[asyncio.Task[None]]:
    """Do what is due every so many seconds, beside what is done in the block.

    At the block's end it stops after the batch that it is in, or at once if that takes too long.
    """
    stop = asyncio.Event()
    task = asyncio.create_task(work_until(stop, engine, seconds, tasks))
    try:
        yield task
    finally:
        stop.set()
        done, _ = await asyncio.wait({task}, timeout=SECONDS_TO_STOP)
        if not done:
            task.cancel()
            await asyncio.wait({task})


async def work_until(
    stop: asyncio.Event, engine: AsyncEngine, seconds: float, tasks: Sequence[Task] = TASKS
) -> None:
    """Do what is due every so many seconds, until it is told to stop."""
    duty, told = Duty(engine), None
    while not stop.is_set():
        told = await _try(duty, stop, told, tasks)
        with suppress(TimeoutError):
            await asyncio.wait_for(stop.wait(), seconds)


async def _try(
    duty: Duty, stop: asyncio.Event, told: str | None, tasks: Sequence[Task]
) -> str | None:
    """Work once; whatever goes wrong is logged, and tried again the next time.

    Return what the database is waited for, which is logged once: if it isn't what was `told`.
    """
    try:
        done = await work(duty, stop.is_set, tasks)
    except Exception as error:  # whatever it is, the server goes on
        if not is_unavailable(error):
            log.exception("background work failed", exc_info=error)
            return None
        problem = str(error) if isinstance(error, UnfitError) else type(error).__name__
        if problem != told:
            log.warning("background work waits for the database", problem=problem)
        return problem
    if done and any(done.values()):
        log.info("background", **{name.replace(" ", "_"): n for name, n in done.items()})
    return None
