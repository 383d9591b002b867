"""What the models' tables have in common: indexes of some of their rows, and keys within an Org."""

from sqlalchemy import ForeignKeyConstraint, Index, and_, column
from sqlalchemy.sql.elements import ColumnElement

CLUSTERED = {"sqlite_with_rowid": False}  # rows lie in the order of their primary key


def unique(name: str, *columns: str, where: ColumnElement[bool] | None = None) -> Index:
    """Return an index of whose entries there are no two alike, on either database."""
    return Index(name, *columns, unique=True, sqlite_where=where, postgresql_where=where)


def index(name: str, *columns: str, where: ColumnElement[bool] | None = None) -> Index:
    """Return an index, of the rows alone that meet the condition, on either database."""
    return Index(name, *columns, sqlite_where=where, postgresql_where=where)


def live() -> ColumnElement[bool]:
    """Return the condition that a node isn't deleted."""
    return column("deleted_at").is_(None)


def lasting() -> ColumnElement[bool]:
    """Return the condition that a fact's interval hasn't ended."""
    return column("ended_at").is_(None)


def binned() -> ColumnElement[bool]:
    """Return the condition that a deletion is in the recycle bin."""
    return and_(column("ended_at").is_(None), column("purge_asked_at").is_(None))


def to_purge() -> ColumnElement[bool]:
    """Return the condition that a deletion is to be purged."""
    return and_(column("purge_asked_at").is_not(None), column("purged_at").is_(None))


def in_org(name: str, target: str) -> ForeignKeyConstraint:
    """Return the foreign key to a row of another table in the same Org."""
    return ForeignKeyConstraint(["org_id", name], [f"{target}.org_id", f"{target}.id"])
