"""The recycle bin, how long it keeps, indexes of the log, and what one process at a time does."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

BYTEWISE = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
COUNTED = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
BINNED = "ended_at IS NULL AND purge_asked_at IS NULL"
TO_PURGE = "purge_asked_at IS NOT NULL AND purged_at IS NULL"
# Of each index its table, its columns, its condition, and what SQLite's planner takes its size for.
INDEXES = {
    "ix_deletion_node": ("deletion", ("org_id", "node_id", "began_at"), None, "10000 10000 1 1"),
    "ix_deletion_order": ("deletion", ("org_id", "began_at", "id"), BINNED, "10000 10000 1 1"),
    "ix_deletion_by": (
        "deletion",
        ("org_id", "by_id", "began_at", "id"),
        BINNED,
        "10000 10000 100 1 1",
    ),
    "ix_deletion_purge": ("deletion", ("org_id", "id"), TO_PURGE, "10 10 1"),
    "ix_event_object": ("event", ("org_id", "object_id", "revision"), None, "100000 100000 5 1"),
    "ix_event_actor": ("event", ("org_id", "actor", "revision"), None, "100000 100000 1000 1"),
}
KEYS = {"deletion": "10000 10000 1", "duty": "10 1"}


def upgrade() -> None:
    """Go up to this version."""
    days = sa.Column("retention_days", sa.Integer(), nullable=False, server_default="30")
    op.add_column("org", days)
    op.create_table(
        "deletion",
        sa.Column("org_id", sa.BigInteger(), nullable=False),
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("node_id", sa.BigInteger(), nullable=False),
        sa.Column("parent_id", sa.BigInteger(), nullable=True),
        *(sa.Column(name, BYTEWISE, nullable=False) for name in ("key", "name", "folded", "path")),
        sa.Column("began_at", sa.BigInteger(), nullable=False),
        *(
            sa.Column(name, sa.BigInteger(), nullable=True)
            for name in ("ended_at", "by_id", "purge_asked_at", "purged_at")
        ),
        sa.Column("rows_to_purge", COUNTED, nullable=True),
        sa.Column("rows_purged", COUNTED, nullable=False),
        sa.CheckConstraint("kind IN ('SPACE', 'PROJECT', 'ASSET')", name=op.f("ck_deletion_kind")),
        sa.ForeignKeyConstraint(["org_id"], ["org.id"], name=op.f("fk_deletion_org_id")),
        sa.PrimaryKeyConstraint("org_id", "id", name=op.f("pk_deletion")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "duty",
        sa.Column("name", BYTEWISE, nullable=False),
        sa.Column("holder", sa.Text(), nullable=False),
        sa.Column("until", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_duty")),
        sqlite_with_rowid=False,
    )
    for name, (table, columns, where, _) in INDEXES.items():
        condition = None if where is None else sa.text(where)
        op.create_index(name, table, columns, sqlite_where=condition, postgresql_where=condition)
    if op.get_bind().dialect.name == "sqlite":
        sizes = sa.table("sqlite_stat1", *map(sa.column, ("tbl", "idx", "stat")))
        rows = [
            {"tbl": INDEXES[name][0], "idx": name, "stat": INDEXES[name][3]} for name in INDEXES
        ]
        keys = [{"tbl": table, "idx": table, "stat": stat} for table, stat in KEYS.items()]
        op.bulk_insert(sizes, rows + keys)


def downgrade() -> None:
    """Go back to the version before."""
    for name in ("ix_event_actor", "ix_event_object"):
        op.drop_index(name, table_name="event")
    op.drop_table("duty")
    op.drop_table("deletion")
    op.drop_column("org", "retention_days")
