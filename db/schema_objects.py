"""What a schema is made of, by names, each with the text that the database itself has of it."""

from collections.abc import Mapping, Sequence
from typing import Any, TypeAlias

from sqlalchemy import Connection, text

Objects: TypeAlias = Mapping[str, str]

SQLITE = text(
    "SELECT type || ' ' || name, coalesce(sql, '') FROM sqlite_schema "
    "WHERE type IN ('table', 'index', 'trigger', 'view') AND name NOT LIKE 'sqlite_%'"
)
# Columns; constraints; indexes. A constraint or an index that isn't valid is another.
POSTGRESQL = text("""
    SELECT 'column ' || c.relname || '.' || a.attname, concat_ws(' ',
        format_type(a.atttypid, a.atttypmod), a.attnotnull, a.attcollation, a.attidentity,
        pg_get_expr(d.adbin, d.adrelid))
    FROM pg_class AS c JOIN pg_attribute AS a ON a.attrelid = c.oid
    LEFT JOIN pg_attrdef AS d ON d.adrelid = c.oid AND d.adnum = a.attnum
    WHERE c.relnamespace = to_regnamespace(:schema) AND c.relkind = 'r' AND a.attnum > 0
    AND NOT a.attisdropped
    UNION ALL
    SELECT 'constraint ' || conname, concat_ws(' ', pg_get_constraintdef(oid), convalidated)
    FROM pg_constraint WHERE connamespace = to_regnamespace(:schema) AND contype <> 'n'
    UNION ALL
    SELECT 'index ' || c.relname,
        concat_ws(' ', pg_get_indexdef(c.oid), i.indisvalid, i.indisready)
    FROM pg_class AS c JOIN pg_index AS i ON i.indexrelid = c.oid
    WHERE c.relnamespace = to_regnamespace(:schema)
""")


def sqlite_objects(connection: Connection) -> Objects:
    """Return the tables and indexes of an SQLite database."""
    rows: Sequence[Any] = connection.execute(SQLITE).all()
    return dict(rows)


def postgresql_objects(connection: Connection, schema: str) -> Objects:
    """Return the columns, constraints and indexes of a schema, without its own name."""
    found = connection.execute(POSTGRESQL, {"schema": schema})
    return {name: definition.replace(f"{schema}.", "") for name, definition in found}
