"""Which unique index refused a row: the databases say so in different words."""

from sqlalchemy.exc import IntegrityError

from db.base import Base

# SQLite's message names the columns instead of the index.
COLUMNS = {
    ", ".join(f"{table.name}.{column.name}" for column in index.columns): str(index.name)
    for table in Base.metadata.tables.values()
    for index in table.indexes
    if index.unique
}


def violated_index(error: IntegrityError) -> str | None:
    """Return the name of the unique index that an insert or update violates, if it is that."""
    name = getattr(error.orig and error.orig.__cause__, "constraint_name", None)
    if name is not None:
        return str(name)
    columns = str(error.orig).partition("UNIQUE constraint failed: ")[2]
    return COLUMNS.get(columns)
