"""How much an Org or a space may hold: a number to warn from, and one to refuse at."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from resolvers.errors import LIMIT_REACHED, UserError


@dataclass(frozen=True, slots=True)
class Limit:
    """`warn` and `refuse` are numbers of rows; None for neither."""

    warn: int | None = None
    refuse: int | None = None

    async def check(
        self, connection: AsyncConnection, rows: Select[Any], of: str
    ) -> tuple[str, ...]:
        """Return the warning, if any, that there are many rows; LIMIT_REACHED if too many.

        No more of them are counted than the limit has.
        """
        most = max(self.warn or 0, self.refuse or 0)
        if most == 0:
            return ()
        counted = select(func.count()).select_from(rows.limit(most + 1).subquery())
        number = await connection.scalar(counted) or 0
        if self.refuse and number > self.refuse:
            raise UserError(LIMIT_REACHED, f"There may be {self.refuse:,} {of} at most.")
        if self.warn and number > self.warn:
            return (f"There are more than {self.warn:,} {of} now.",)
        return ()


@dataclass(frozen=True, slots=True)
class Limits:
    """The limits that the server was started with."""

    spaces_in_org: Limit = Limit()
    projects_in_space: Limit = Limit()
