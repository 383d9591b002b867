"""What the fields of a mutation get: changes one after another, each answered from what it left."""

from collections.abc import AsyncGenerator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager

from sqlalchemy.ext.asyncio import AsyncEngine

from auth.credential import Credential
from auth.subject import OrgRow, Subject
from db.engine import noting
from engine.inputs import Mistake
from engine.loader import Loaders
from resolvers.changes.answer import Changed
from resolvers.changes.change import Each, Input, Work
from resolvers.changes.limits import Limits
from resolvers.changes.run import Request, answered_beforehand, run_change
from resolvers.context import Reading, reading
from resolvers.errors import INVALID, ErrorRow

NO_LIMITS = Limits()


class Mutating:
    """The context of a mutation. What is read is of a snapshot, a new one after each change."""

    def __init__(
        self, engine: AsyncEngine, credential: Credential, request_id: str, limits: Limits
    ) -> None:
        self._engine, self._credential, self._request_id = engine, credential, request_id
        self._changing = noting(engine, self._note)
        self._limits = limits
        self._snapshot = AsyncExitStack()
        self._statements = 0
        self._reading: Reading

    @property
    def loaders(self) -> Loaders:
        """Return the loaders over the snapshot of now."""
        return self._reading.loaders

    @property
    def subject(self) -> Subject:
        """Return the asker as it is in that snapshot."""
        return self._reading.subject

    @property
    def org(self) -> OrgRow | None:
        """Return the subject's Org, or None where it may see none."""
        return self._reading.org

    @property
    def statements(self) -> int:
        """Return how many statements were run, to read and to change."""
        return self._statements + self._reading.statements

    async def open(self) -> None:
        """Open a snapshot; AuthError when the asker's account is gone."""
        self._reading = await self._snapshot.enter_async_context(
            reading(self._engine, self._credential)
        )

    async def close(self) -> None:
        """Close the snapshot."""
        await self._snapshot.aclose()

    async def change(self, name: str, work: Work | Each, given: Input) -> Changed:
        """Make a change in a transaction of its own, and open a snapshot of what it left.

        What a read can answer takes no lock.
        """
        request = Request(name, work, given, self._credential, self._request_id)
        known = await answered_beforehand(self._reading, request)
        if known is not None:
            return known
        self._statements += self._reading.statements
        await self.close()
        answer = await run_change(self._changing, request, self._limits)
        await self.open()
        return answer

    def refuse(self, mistakes: Sequence[Mistake]) -> Changed:
        """Return the answer to an input with mistakes in it, for which nothing was looked up."""
        return Changed(errors=tuple(ErrorRow(INVALID, one.message, one.field) for one in mistakes))

    def _note(self) -> None:
        self._statements += 1


@asynccontextmanager
async def mutating(
    engine: AsyncEngine, credential: Credential, request_id: str, *, limits: Limits = NO_LIMITS
) -> AsyncGenerator[Mutating]:
    """Give the context of a mutation; AuthError when the asker's account is gone."""
    context = Mutating(engine, credential, request_id, limits)
    await context.open()
    try:
        yield context
    finally:
        await context.close()
