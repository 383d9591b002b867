"""A duty: what one process at a time does for a whole database, chosen when many run.

It spares them from doing the same at once; it isn't what keeps that from doing harm. A process that
was stopped for so long that it lost the duty may go on for a moment beside its successor, and the
machines' clocks may differ: so each piece of work looks under the Org's lock at what is still due.
"""

import os
import secrets
import socket
from collections.abc import Callable
from dataclasses import dataclass, field

from sqlalchemy import ColumnElement, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from db import clock
from db.engine import change
from db.installation import DUTY
from db.queries import UPSERT

LEASE = 30_000_000  # microseconds that it is held unless it is renewed
APART = 600_000_000  # microseconds from one look at the clock to the one that confirms it
BACKGROUND = "background"


def holder_name() -> str:
    """Return a name that no other process has, and by which an operator knows this one."""
    return f"{socket.gethostname()} {os.getpid()} {secrets.token_hex(4)}"


@dataclass(slots=True)
class Duty:
    """The duty as one process sees it; `now` tells the time in microseconds.

    `sure` is the last moment of which two looks at the clock, `apart` microseconds from each other,
    agree that it has come: until then nothing is done that can't be undone. A clock that is far
    ahead for a while confirms nothing once it is right again.
    """

    engine: AsyncEngine
    holder: str = field(default_factory=holder_name)
    name: str = BACKGROUND
    now: Callable[[], int] = clock.now
    until: int = 0
    apart: int = APART
    sure: int = 0
    waiting: set[str] = field(default_factory=set[str])

    @property
    def seconds(self) -> int:
        """Return for how long a look at the clock waits to be confirmed."""
        return self.apart // 1_000_000

    async def take(self) -> bool:
        """Take the duty, unless another process holds it; return whether it is held now."""
        now = self.now()
        held = {"holder": self.holder, "until": now + LEASE}
        wanted = UPSERT[self.engine.dialect.name](DUTY).values(name=self.name, **held)
        # One who has it for far longer than it is given to anyone had a clock that was ahead.
        runs_out = or_(DUTY.c.until <= now, DUTY.c.until > now + 2 * LEASE)
        free = or_(runs_out, DUTY.c.holder == self.holder)
        taken = wanted.on_conflict_do_update(
            index_elements=[DUTY.c.name], set_=held, where=free
        ).returning(DUTY.c.until)
        async with change(self.engine) as connection:
            self.until = (await connection.execute(taken)).scalar() or 0
            if self.until > 0:
                await self._look(connection, now)
        return self.until > 0

    async def _look(self, connection: AsyncConnection, now: int) -> None:
        """Note the moment, and learn which one is sure."""
        seen, sure = (
            await connection.execute(select(DUTY.c.seen_at, DUTY.c.sure_at).where(*self._own()))
        ).one()
        if seen is None or seen > now:
            seen = now
        if now - seen >= self.apart:
            sure, seen = seen, now
        self.sure = min(sure or 0, now)
        looked = update(DUTY).where(*self._own()).values(seen_at=seen, sure_at=self.sure)
        await connection.execute(looked)

    async def keep(self) -> bool:
        """Renew the duty before it runs out; return whether it is held still."""
        now = self.now()
        if now < self.until - LEASE // 2:
            return True
        renewed = update(DUTY).where(*self._own()).values(until=now + LEASE)
        async with change(self.engine) as connection:
            kept = (await connection.execute(renewed)).rowcount > 0
        self.until = now + LEASE if kept else 0
        return kept

    async def release(self) -> None:
        """Leave the duty to whoever comes next, if it is held still."""
        async with change(self.engine) as connection:
            await connection.execute(update(DUTY).where(*self._own()).values(until=0))
        self.until = 0

    def _own(self) -> tuple[ColumnElement[bool], ...]:
        return (DUTY.c.name == self.name, DUTY.c.holder == self.holder)
