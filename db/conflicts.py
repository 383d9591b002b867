"""Which unique index refused a row: the databases say so in different words."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import ColumnElement, Index, Table, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection

from db.models import ORG

# SQLite's message names the columns instead of the index.
COLUMNS = {
    str(index.name): ", ".join(f"{table.name}.{column.name}" for column in index.columns)
    for table in ORG.metadata.tables.values()
    for index in table.indexes
    if index.unique
}
INDEXES = {columns: name for name, columns in COLUMNS.items()}


# Of the tables whose rows take their number from a counter: the columns, by the key's name.
NUMBERED = {
    f"pk_{table.name}": ", ".join(f"{table.name}.{column.name}" for column in table.primary_key)
    for table in ORG.metadata.tables.values()
    if {column.name for column in table.primary_key} in ({"org_id", "id"}, {"org_id", "revision"})
}


def takes_a_used_number(error: IntegrityError) -> bool:
    """Return whether a row takes a number that is in use, which no counter gives out twice."""
    name = getattr(error.orig and error.orig.__cause__, "constraint_name", None)
    if name is not None:
        return str(name) in NUMBERED
    return str(error.orig).partition("UNIQUE constraint failed: ")[2] in NUMBERED.values()


def violated_index(error: IntegrityError) -> str | None:
    """Return the name of the unique index that an insert or update violates, if it is that."""
    name = getattr(error.orig and error.orig.__cause__, "constraint_name", None)
    if name is not None:
        return str(name)
    columns = str(error.orig).partition("UNIQUE constraint failed: ")[2]
    return INDEXES.get(columns)


class TakenError(Exception):
    """A new row has something in common with others that it must not have."""

    def __init__(self, table: Table, values: Mapping[str, Any]) -> None:
        super().__init__(table.name)
        self.table, self.values = table, values


async def violated_indexes(
    connection: AsyncConnection, table: Table, values: Mapping[str, Any]
) -> set[str]:
    """Return the names of all unique indexes that a new row of these values would violate."""
    indexes = [index for index in table.indexes if index.unique and _names(index) <= values.keys()]
    found = set[str]()
    for index in indexes:
        same = [column == values[column.name] for column in table.c if column.name in _names(index)]
        others = select(table.c.id).where(*same, *_condition(index)).limit(1)
        if await connection.scalar(others) is not None:
            found.add(str(index.name))
    return found


def _names(index: Index) -> set[str]:
    return {column.name for column in index.columns}


def _condition(index: Index) -> tuple[ColumnElement[bool], ...]:
    """Return of which rows alone the index is."""
    where: ColumnElement[bool] | None = index.dialect_options["sqlite"]["where"]
    return () if where is None else (where,)
