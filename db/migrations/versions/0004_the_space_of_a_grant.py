"""The space that each grant is on or in, and an index that answers what is held there."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

LASTING, DELETED = sa.text("ended_at IS NULL"), sa.text("deleted_at IS NOT NULL")
BEFORE = ["org_id", "principal_id", "space_id", "project_id"]
COLUMNS = [
    *("org_id", "principal_id", "within_id", "project_id"),
    *("level", "propagate", "expires_at"),
]
WITHIN = """
UPDATE access_grant SET within_id = coalesce(space_id, (
    SELECT p.space_id FROM project p
    WHERE p.org_id = access_grant.org_id AND p.id = access_grant.project_id))
"""
# What SQLite's planner takes their sizes for.
SIZES = (
    ("access_grant", "ix_access_grant_held", "10000 10000 50 5 1 1 1 1"),
    ("project", "ix_project_deleted", "1000 1000 1"),
)


def upgrade() -> None:
    """Go up to this version."""
    op.add_column("access_grant", sa.Column("within_id", sa.BigInteger(), nullable=True))
    op.execute(WITHIN)
    op.drop_index("ix_access_grant_principal", table_name="access_grant")
    _index("ix_access_grant_held", "access_grant", COLUMNS, where=LASTING)
    _index("ix_project_deleted", "project", ["org_id", "id"], where=DELETED)
    if op.get_bind().dialect.name == "sqlite":
        names = ("tbl", "idx", "stat")
        sizes = sa.table("sqlite_stat1", *map(sa.column, names))
        op.execute(sizes.delete().where(sizes.c.idx == "ix_access_grant_principal"))
        op.bulk_insert(sizes, [dict(zip(names, size, strict=True)) for size in SIZES])


def downgrade() -> None:
    """Go back to the version before."""
    op.drop_index("ix_project_deleted", table_name="project")
    op.drop_index("ix_access_grant_held", table_name="access_grant")
    op.drop_column("access_grant", "within_id")
    _index("ix_access_grant_principal", "access_grant", BEFORE, where=LASTING)


def _index(name: str, table: str, columns: list[str], *, where: sa.TextClause) -> None:
    op.create_index(name, table, columns, sqlite_where=where, postgresql_where=where)
