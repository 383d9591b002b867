"""The answers that mutations gave under idempotency keys."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Go up to this version."""
    op.create_table(
        "answer",
        sa.Column("org_id", sa.BigInteger(), nullable=False),
        sa.Column("member_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column(
            "key", sa.Text().with_variant(sa.Text(collation="C"), "postgresql"), nullable=False
        ),
        sa.Column("fingerprint", sa.Text(), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["org_id"], ["org.id"], name=op.f("fk_answer_org_id")),
        sa.ForeignKeyConstraint(
            ["org_id", "member_id"],
            ["principal.org_id", "principal.id"],
            name=op.f("fk_answer_org_id_member_id"),
        ),
        sa.PrimaryKeyConstraint("org_id", "member_id", "key", name=op.f("pk_answer")),
        sqlite_with_rowid=False,
    )
    if op.get_bind().dialect.name == "sqlite":
        sizes = sa.table("sqlite_stat1", *map(sa.column, ("tbl", "idx", "stat")))
        op.bulk_insert(sizes, [{"tbl": "answer", "idx": "answer", "stat": "100000 100000 50 1"}])


def downgrade() -> None:
    """Go back to the version before."""
    op.drop_table("answer")
