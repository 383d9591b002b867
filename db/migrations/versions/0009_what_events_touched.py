"""What each event touched: its object, and the nodes beside it, by which a node's own are found."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

TABLE, INDEX = "event_touch", "ix_event_object"
BYTEWISE = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
COUNTED = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
KEY = ("org_id", "object_id", "revision")
# What SQLite's planner takes the sizes for, of the table and of the index that it replaces.
SIZES = sa.table("sqlite_stat1", *map(sa.column, ("tbl", "idx", "stat")))
SIZE, FORMER = "200000 200000 5 1", "100000 100000 5 1"


def upgrade() -> None:
    """Go up to this version."""
    op.create_table(
        TABLE,
        sa.Column("org_id", sa.BigInteger(), nullable=False),
        sa.Column("object_id", BYTEWISE, nullable=False),
        sa.Column("revision", COUNTED, autoincrement=False, nullable=False),
        *(sa.Column(name, sa.Text(), nullable=True) for name in ("path", "before", "after")),
        sa.ForeignKeyConstraint(["org_id"], ["org.id"], name=op.f("fk_event_touch_org_id")),
        sa.ForeignKeyConstraint(
            ["org_id", "revision"],
            ["event.org_id", "event.revision"],
            name=op.f("fk_event_touch_org_id_revision"),
        ),
        sa.PrimaryKeyConstraint(*KEY, name=op.f("pk_event_touch")),
        sqlite_with_rowid=False,
    )
    op.execute(
        f"INSERT INTO {TABLE} (org_id, object_id, revision) "
        "SELECT org_id, object_id, revision FROM event"
    )
    op.drop_index(INDEX, table_name="event")
    if op.get_bind().dialect.name == "sqlite":
        op.bulk_insert(SIZES, [{"tbl": TABLE, "idx": TABLE, "stat": SIZE}])


def downgrade() -> None:
    """Go back to the version before."""
    op.drop_table(TABLE)
    op.create_index(INDEX, "event", KEY)
    if op.get_bind().dialect.name == "sqlite":
        op.bulk_insert(SIZES, [{"tbl": "event", "idx": INDEX, "stat": FORMER}])
