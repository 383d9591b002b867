"""At which revision a node was last changed, and what is held on it, and who is in it."""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

COUNTED = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
COLUMNS = {
    "org": ("settings_revision",),
    "space": ("revision", "grants_revision"),
    "project": ("revision", "grants_revision"),
    "asset": ("revision",),
    "principal": ("revision", "members_revision"),
}
TYPES = {"space": "'spc_'", "project": "'prj_'", "asset": "'ast_'", "principal": None}
OF_KIND = "CASE kind WHEN 'GROUP' THEN 'grp_' ELSE 'mem_' END"
TABLE, INDEX = "event_touch", "ix_event_touch_revision"
# What SQLite's planner takes the index's size for.
SIZE = {"tbl": TABLE, "idx": INDEX, "stat": "200000 200000 2"}
TOUCHED = """
UPDATE {table} SET {columns} FROM (
  SELECT org_id, object_id, max(revision) AS newest FROM event_touch GROUP BY org_id, object_id
) AS touched
WHERE touched.org_id = {table}.org_id
  AND touched.object_id = {type} || CAST({table}.org_id AS TEXT) || '_' || CAST({table}.id AS TEXT)
"""
SETTINGS = """
UPDATE org SET settings_revision = coalesce((
  SELECT max(revision) FROM event WHERE event.org_id = org.id AND event.action = 'org.update'
), 0)
"""


def upgrade() -> None:
    """Go up to this version.

    Which of the two an event of before raised isn't told: both are the last that touched the node.
    """
    for table, names in COLUMNS.items():
        for name in names:
            op.add_column(table, sa.Column(name, COUNTED, nullable=False, server_default="0"))
    for table, type_ in TYPES.items():
        columns = ", ".join(f"{name} = touched.newest" for name in COLUMNS[table])
        op.execute(TOUCHED.format(table=table, columns=columns, type=type_ or OF_KIND))
    op.execute(SETTINGS)
    op.create_index(INDEX, TABLE, ["org_id", "revision"])
    if op.get_bind().dialect.name == "sqlite":
        sizes = sa.table("sqlite_stat1", *map(sa.column, ("tbl", "idx", "stat")))
        op.bulk_insert(sizes, [SIZE])


def downgrade() -> None:
    """Go back to the version before."""
    op.drop_index(INDEX, TABLE)
    for table, names in COLUMNS.items():
        for name in names:
            op.drop_column(table, name)
