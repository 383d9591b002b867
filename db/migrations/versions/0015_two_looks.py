"""When background work looked at the clock, and which kept answers are old."""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

SIZE = {"tbl": "answer", "idx": "ix_answer_at", "stat": "100000 5000 1"}


def upgrade() -> None:
    """Go up to this version."""
    op.add_column("duty", sa.Column("seen_at", sa.BigInteger(), nullable=True))
    op.add_column("duty", sa.Column("sure_at", sa.BigInteger(), nullable=True))
    op.create_index("ix_answer_at", "answer", ["org_id", "at"])
    if op.get_bind().dialect.name == "sqlite":
        op.bulk_insert(sa.table("sqlite_stat1", *map(sa.column, SIZE)), [SIZE])


def downgrade() -> None:
    """Go back to the version before."""
    op.drop_index("ix_answer_at", "answer")
    if op.get_bind().dialect.name == "sqlite":
        op.execute("DELETE FROM sqlite_stat1 WHERE idx = 'ix_answer_at'")
    op.drop_column("duty", "sure_at")
    op.drop_column("duty", "seen_at")
