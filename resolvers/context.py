"""What every batch function gets: the asker, the snapshot, and the loaders over it."""

import asyncio
from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import Any

from sqlalchemy.ext.asyncio import AsyncEngine

from auth.access import access_of, access_parameters
from auth.credential import Credential
from auth.subject import OrgRow, Subject, load_subject
from db import clock
from db.queries import AnySelect
from db.reader import Reader, read
from db.stream import Take
from engine.loader import Loaders


class Reading:
    """One read by one asker: all its statements see one snapshot, one moment and one subject."""

    def __init__(self, reader: Reader, subject: Subject, *, now: int) -> None:
        self.subject, self.dialect = subject, reader.dialect
        self._reader = reader
        self.access = access_of(subject, self.dialect)
        self.org_id = subject.org.id if subject.org else None
        self.statements = 1  # the subject's look-up
        self.now = now  # in microseconds
        # What `resolvers.explanations` and `resolvers.ways` keep, by reference.
        self.explained: dict[str, Any] = {}
        self.ways: dict[str, Any] = {}
        self._parameters = access_parameters(subject, self.dialect, now)
        self._lock = asyncio.Lock()  # a connection runs one statement at a time
        self._asks: asyncio.Task[Any] | None = None  # who ran the last
        self._open = True

    @cached_property
    def loaders(self) -> Loaders:
        """Return the standard executor's loaders; they and the reading hold each other.

        A compiled run does without. What waits for the garbage collector among an answer's memory
        keeps that scattered, and makes each later answer slower.
        """
        return Loaders(self)

    @property
    def org(self) -> OrgRow | None:
        """Return the subject's Org, or None where it may see none."""
        return self.subject.org

    @property
    def has_long_texts(self) -> bool:
        """Return whether any was read."""
        budget = getattr(self._reader, "budget", None)
        return budget is not None and budget.brought > 0

    async def fetch(
        self, statement: AnySelect, parameters: Mapping[str, object]
    ) -> Sequence[Sequence[Any]]:
        """Run a statement with its own parameters beside the subject's.

        After an error, resolvers may go on asking though nobody waits for them. Once the reading is
        closed they get no rows: the connection is somebody else's by then.
        """
        async with self._lock:
            if not self._open:
                return []
            self.statements += 1
            self._asks = asyncio.current_task()
            return await self._reader.fetch(statement, {**self._parameters, **parameters})

    async def stream(
        self, statement: AnySelect, parameters: Mapping[str, object], take: Take
    ) -> None:
        """Run a statement as `fetch` does, and give its rows to `take` as they come."""
        async with self._lock:
            self.statements += 1
            self._asks = asyncio.current_task()
            await self._reader.stream(statement, {**self._parameters, **parameters}, take)

    def interrupt(self) -> None:
        """Stop the statement that runs, for which nobody waits any more."""
        self._open = False
        if self._lock.locked() and self._asks is not None:
            self._asks.cancel()

    async def close(self) -> None:
        """Let no statement begin any more, and wait for the one that runs."""
        self._open = False
        async with self._lock:
            pass
        self._asks = None
        if "loaders" in vars(self):
            self.loaders.close()
            del self.loaders


class reading:  # noqa: N801 - called like a function
    """Gives a reading in a snapshot of its own, by the asker as it is there.

    AuthError when its account is gone.
    """

    def __init__(self, engine: AsyncEngine, credential: Credential) -> None:
        self._snapshot, self._credential = read(engine, credential), credential

    async def __aenter__(self) -> Reading:
        reader = await self._snapshot.__aenter__()
        now = clock.now()  # not that of before it waited for a connection
        try:
            subject = await load_subject(reader, self._credential)
        except BaseException as error:  # whatever it is, nobody else would end the snapshot
            await self._snapshot.__aexit__(type(error))
            raise
        self._reading = Reading(reader, subject, now=now)
        return self._reading

    async def __aexit__(self, error_type: type[BaseException] | None, *_: object) -> None:
        try:
            if error_type is asyncio.CancelledError:
                self._reading.interrupt()
            await self._reading.close()
        finally:
            await self._snapshot.__aexit__(error_type)
