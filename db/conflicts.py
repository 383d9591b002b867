"""Which unique index refused a row: the databases say so in different words."""

from sqlalchemy.exc import IntegrityError

from db.models import ORG

# SQLite's message names the columns instead of the index.
COLUMNS = {
    str(index.name): ", ".join(f"{table.name}.{column.name}" for column in index.columns)
    for table in ORG.metadata.tables.values()
    for index in table.indexes
    if index.unique
}
INDEXES = {columns: name for name, columns in COLUMNS.items()}


# A row bears a number that one has already which was made before.
PRIMARY_KEYS = {
    ", ".join(f"{table.name}.{column.name}" for column in table.primary_key)
    for table in ORG.metadata.tables.values()
}


def violates_a_primary_key(error: IntegrityError) -> bool:
    """Return whether an insert takes a number that is in use, which no counter gives out twice."""
    name = getattr(error.orig and error.orig.__cause__, "constraint_name", None)
    if name is not None:
        return str(name).startswith("pk_")
    return str(error.orig).partition("UNIQUE constraint failed: ")[2] in PRIMARY_KEYS


def violated_index(error: IntegrityError) -> str | None:
    """Return the name of the unique index that an insert or update violates, if it is that."""
    name = getattr(error.orig and error.orig.__cause__, "constraint_name", None)
    if name is not None:
        return str(name)
    columns = str(error.orig).partition("UNIQUE constraint failed: ")[2]
    return INDEXES.get(columns)
