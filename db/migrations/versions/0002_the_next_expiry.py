"""An index of the grants that expire, by when they do."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

INDEX = "ix_access_grant_expiry"
WHERE = "ended_at IS NULL AND expires_at IS NOT NULL"


def upgrade() -> None:
    """Go up to this version."""
    op.create_index(
        INDEX,
        "access_grant",
        ["org_id", "expires_at"],
        sqlite_where=sa.text(WHERE),
        postgresql_where=sa.text(WHERE),
    )
    if op.get_bind().dialect.name == "sqlite":
        sizes = sa.table("sqlite_stat1", sa.column("tbl"), sa.column("idx"), sa.column("stat"))
        row = {"tbl": "access_grant", "idx": INDEX, "stat": "1000 1000 1"}
        op.bulk_insert(sizes, [row])


def downgrade() -> None:
    """Go back to the version before."""
    op.drop_index(INDEX, table_name="access_grant")
