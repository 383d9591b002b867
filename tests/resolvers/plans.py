"""How the database would find what a list's statement asks for."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection

from db.queries import AnySelect
from db.reader import Reader, prepare

EXPLAIN = {"sqlite": "EXPLAIN QUERY PLAN", "postgresql": "EXPLAIN"}


class Explainer(Reader):
    """A reader that gives no rows, but keeps how the database would find them."""

    def __init__(self, connection: AsyncConnection) -> None:
        self.dialect, self.plan = connection.dialect.name, ""
        self._connection = connection

    async def fetch(
        self, statement: AnySelect, parameters: Mapping[str, Any]
    ) -> Sequence[Sequence[Any]]:
        """Keep the plan of the statement."""
        prepared = prepare(statement, self.dialect, parameters.get("limit"))
        text, values = f"{EXPLAIN[self.dialect]} {prepared.text}", prepared.arguments(parameters)
        lines = await self._connection.exec_driver_sql(text, tuple(values))
        self.plan = "\n".join(str(line[-1]) for line in lines)
        return []
