"""Indexes by which questions about the past, and about who is granted what, are answered."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

# Of each index its table, its columns, and what SQLite's planner takes its size for.
INDEXES = {
    "ix_access_grant_principal": (
        "access_grant",
        ("org_id", "principal_id", "began_at"),
        "10000 10000 50 1",
    ),
    "ix_access_grant_within": (
        "access_grant",
        ("org_id", "within_id", "principal_id"),
        "10000 10000 10 1",
    ),
    "ix_membership_member": ("membership", ("org_id", "member_id", "began_at"), "20000 20000 10 1"),
}


def upgrade() -> None:
    """Go up to this version."""
    for name, (table, columns, _) in INDEXES.items():
        op.create_index(name, table, columns)
    if op.get_bind().dialect.name == "sqlite":
        sizes = sa.table("sqlite_stat1", *map(sa.column, ("tbl", "idx", "stat")))
        rows = [{"tbl": of[0], "idx": name, "stat": of[2]} for name, of in INDEXES.items()]
        op.bulk_insert(sizes, rows)


def downgrade() -> None:
    """Go back to the version before."""
    for name, (table, _, _) in INDEXES.items():
        op.drop_index(name, table_name=table)
