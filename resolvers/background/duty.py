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

from sqlalchemy import ColumnElement, or_, update
from sqlalchemy.ext.asyncio import AsyncEngine

from db import clock
from db.engine import change
from db.installation import DUTY
from db.queries import UPSERT

LEASE = 30_000_000  # microseconds that it is held unless it is renewed
BACKGROUND = "background"


def holder_name() -> str:
    """Return a name that no other process has, and by which an operator knows this one."""
    return f"{socket.gethostname()} {os.getpid()} {secrets.token_hex(4)}"


@dataclass(slots=True)
class Duty:
    """The duty as one process sees it; `now` tells the time in microseconds."""

    engine: AsyncEngine
    holder: str = field(default_factory=holder_name)
    name: str = BACKGROUND
    now: Callable[[], int] = clock.now
    until: int = 0

    async def take(self) -> bool:
        """Take the duty, unless another process holds it; return whether it is held now."""
        now = self.now()
        held = {"holder": self.holder, "until": now + LEASE}
        wanted = UPSERT[self.engine.dialect.name](DUTY).values(name=self.name, **held)
        free = or_(DUTY.c.until <= now, DUTY.c.holder == self.holder)
        taken = wanted.on_conflict_do_update(
            index_elements=[DUTY.c.name], set_=held, where=free
        ).returning(DUTY.c.until)
        async with change(self.engine) as connection:
            self.until = (await connection.execute(taken)).scalar() or 0
        return self.until > 0

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
