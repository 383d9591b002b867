"""What every batch function gets: the asker, the snapshot, and the loaders over it."""

import asyncio
from collections.abc import AsyncGenerator, Mapping, Sequence
from contextlib import asynccontextmanager
from typing import Any

from sqlalchemy import Executable
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from auth.access import access_of, access_parameters
from auth.authenticate import Credential
from auth.subject import OrgRow, Subject, load_subject
from db import clock
from db.engine import snapshot
from engine.loader import Loaders


class Reading:
    """One read by one asker: all its statements see one snapshot, one moment and one subject."""

    def __init__(self, connection: AsyncConnection, subject: Subject, *, now: int) -> None:
        self.connection, self.subject = connection, subject
        self.dialect = connection.dialect.name
        self.access = access_of(subject, self.dialect)
        self.loaders = Loaders(self)
        self.statements = 1  # the subject's look-up
        self._parameters = access_parameters(subject, self.dialect, now)
        self._lock = asyncio.Lock()  # a connection runs one statement at a time
        self._open = True

    @property
    def org(self) -> OrgRow | None:
        """Return the subject's Org, or None where it may see none."""
        return self.subject.org

    async def fetch(
        self, statement: Executable, parameters: Mapping[str, object]
    ) -> Sequence[tuple[Any, ...]]:
        """Run a statement with its own parameters beside the subject's.

        After an error, resolvers may go on asking though nobody waits for them. Once the reading is
        closed they get no rows: the connection is somebody else's by then.
        """
        async with self._lock:
            if not self._open:
                return []
            self.statements += 1
            result = await self.connection.execute(statement, {**self._parameters, **parameters})
            return [tuple(row) for row in result]

    async def close(self) -> None:
        """Let no statement begin any more, and wait for the one that runs."""
        async with self._lock:
            self._open = False


@asynccontextmanager
async def reading(engine: AsyncEngine, credential: Credential) -> AsyncGenerator[Reading]:
    """Open a snapshot and look the asker up in it; AuthError when its account is gone."""
    now = clock.now()
    async with snapshot(engine) as connection:
        opened = Reading(connection, await load_subject(connection, credential), now=now)
        try:
            yield opened
        finally:
            await opened.close()
