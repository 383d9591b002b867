"""An index of what is held at a space, so that neither its grants nor ended ones need be read."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

TABLE, INDEX = "access_grant", "ix_access_grant_reach"
COLUMNS = (
    *("org_id", "within_id", "principal_id", "project_id"),
    *("level", "propagate", "expires_at"),
)
LASTING = sa.text("ended_at IS NULL")
# What SQLite's planner takes the index's size for.
SIZE = {"tbl": TABLE, "idx": INDEX, "stat": "10000 10000 10 1 1 1 1 1"}


def upgrade() -> None:
    """Go up to this version."""
    op.create_index(INDEX, TABLE, COLUMNS, sqlite_where=LASTING, postgresql_where=LASTING)
    if op.get_bind().dialect.name == "sqlite":
        sizes = sa.table("sqlite_stat1", *map(sa.column, ("tbl", "idx", "stat")))
        op.bulk_insert(sizes, [SIZE])


def downgrade() -> None:
    """Go back to the version before."""
    op.drop_index(INDEX, table_name=TABLE)
