"""Indexes of grants by their node, ended ones included: purging looks for those on each node."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

TABLE = "access_grant"
# Of each index its column, and what SQLite's planner takes its size for.
INDEXES = {
    "ix_access_grant_space": ("space_id", "10000 10000 10"),
    "ix_access_grant_project": ("project_id", "10000 10000 3"),
}


def upgrade() -> None:
    """Go up to this version."""
    for name, (column, _) in INDEXES.items():
        op.create_index(name, TABLE, ["org_id", column])
    if op.get_bind().dialect.name == "sqlite":
        sizes = sa.table("sqlite_stat1", *map(sa.column, ("tbl", "idx", "stat")))
        rows = [{"tbl": TABLE, "idx": name, "stat": stat} for name, (_, stat) in INDEXES.items()]
        op.bulk_insert(sizes, rows)


def downgrade() -> None:
    """Go back to the version before."""
    for name in INDEXES:
        op.drop_index(name, table_name=TABLE)
