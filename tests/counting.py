"""Counts the SQL statements that reach the database."""

from collections.abc import Generator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Connection, Engine, event


@contextmanager
def counted() -> Generator[list[str]]:
    """Give the list of the statements that any engine executes from now on, BEGIN left out."""
    statements: list[str] = []

    def note(_connection: Connection, _cursor: object, statement: str, *_: Any) -> None:
        if not statement.startswith("BEGIN"):
            statements.append(statement)

    event.listen(Engine, "before_cursor_execute", note)
    try:
        yield statements
    finally:
        event.remove(Engine, "before_cursor_execute", note)
