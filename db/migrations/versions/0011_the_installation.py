"""What holds for the database as a whole: its epoch, and which older Freeholds read it rightly."""

import secrets

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

READABLE_FROM = "0010"  # nothing of what was there is read otherwise


def upgrade() -> None:
    """Go up to this version."""
    installation = op.create_table(
        "installation",
        sa.Column(
            "id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=False,
            nullable=False,
        ),
        sa.Column("epoch", sa.Text(), nullable=False),
        sa.Column("readable_from", sa.Text(), nullable=False),
        sa.CheckConstraint("id = 1", name=op.f("ck_installation_single")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_installation")),
        sqlite_with_rowid=False,
    )
    row = {"id": 1, "epoch": secrets.token_hex(8), "readable_from": READABLE_FROM}
    op.bulk_insert(installation, [row])
    if op.get_bind().dialect.name == "sqlite":
        sizes = sa.table("sqlite_stat1", *map(sa.column, ("tbl", "idx", "stat")))
        op.bulk_insert(sizes, [{"tbl": "installation", "idx": "installation", "stat": "1 1"}])


def downgrade() -> None:
    """Go back to the version before."""
    op.drop_table("installation")
    if op.get_bind().dialect.name == "sqlite":
        op.execute("DELETE FROM sqlite_stat1 WHERE tbl = 'installation'")
