"""Counts the SQL statements that reach the database."""

from collections.abc import Generator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any
from unittest.mock import patch

from sqlalchemy import Connection, Engine, event

from db.queries import AnySelect
from db.reader import DriverReader, PostgreSQLReader, prepare
from db.stream import Take


@contextmanager
def counted() -> Generator[list[str]]:
    """Give the list of the statements that are executed from now on, BEGIN and COMMIT left out.

    Those of any engine, and those that a driver's connection is asked straight.
    """
    statements: list[str] = []
    fetch, stream = DriverReader.fetch, PostgreSQLReader.stream

    def note(_connection: Connection, _cursor: object, statement: str, *_: Any) -> None:
        if not statement.startswith("BEGIN"):
            statements.append(statement)

    async def fetched(
        reader: DriverReader, statement: AnySelect, parameters: Mapping[str, Any]
    ) -> Sequence[Any]:
        statements.append(prepare(statement, reader.dialect, parameters.get("limit")).text)
        return await fetch(reader, statement, parameters)

    async def streamed(
        reader: PostgreSQLReader, statement: AnySelect, parameters: Mapping[str, Any], take: Take
    ) -> None:
        statements.append(prepare(statement, reader.dialect, parameters.get("limit")).text)
        await stream(reader, statement, parameters, take)

    event.listen(Engine, "before_cursor_execute", note)
    try:
        with (
            patch.object(DriverReader, "fetch", fetched),
            patch.object(PostgreSQLReader, "stream", streamed),
        ):
            yield statements
    finally:
        event.remove(Engine, "before_cursor_execute", note)
