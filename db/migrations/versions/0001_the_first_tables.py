"""The first tables."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

# What SQLite's planner is to believe: rows in all, then rows for each longer prefix of the index.
# Without it, it takes ten rows to be in an Org and reads the whole Org instead of using an index.
# These are the proportions of an Org of 1,000 spaces with 1,000 projects each; the plans that they
# lead to are right for small Orgs too, and stay the same as an Org grows. Of assets there are said
# to be more than anyone looks up: else a Bloom filter is made of all of them for each statement.
SIZES = {
    ("account", "uq_account_email"): "100000 1",
    ("org", "uq_org_key"): "100 1",
    ("event", "event"): "100000 100000 1",
    ("placement", "placement"): "10000 10000 1",
    ("placement", "ix_placement_node"): "10000 10000 2 1",
    ("principal", "principal"): "2000 2000 1",
    ("principal", "ix_principal_order"): "2000 2000 1000 1 1",
    ("principal", "uq_principal_account"): "2000 2000 1",
    ("principal", "uq_principal_key"): "2000 2000 1000 1",
    ("space", "space"): "1000 1000 1",
    ("space", "ix_space_order"): "1000 1000 1 1",
    ("space", "uq_space_key"): "1000 1000 1",
    ("space", "uq_space_name"): "1000 1000 1",
    ("membership", "membership"): "20000 20000 1",
    ("membership", "ix_membership_group"): "20000 20000 200 1",
    ("membership", "uq_membership_lasting"): "20000 20000 10 1",
    ("project", "project"): "1000000 1000000 1",
    ("project", "ix_project_order"): "1000000 1000000 1000 1 1",
    ("project", "uq_project_key"): "1000000 1000000 1000 1",
    ("project", "uq_project_name"): "1000000 1000000 1000 1",
    ("project", "uq_project_shared"): "1000 1000 1",
    ("project", "uq_project_org_shared"): "1 1",
    ("access_grant", "access_grant"): "10000 10000 1",
    ("access_grant", "ix_access_grant_principal"): "10000 10000 50 5 1",
    ("access_grant", "uq_access_grant_project"): "5000 5000 2 1",
    ("access_grant", "uq_access_grant_space"): "5000 5000 5 1",
    ("asset", "asset"): "1000000000 1000000000 1",
    ("asset", "ix_asset_order"): "1000000000 1000000000 5 1 1",
    ("asset", "uq_asset_key"): "1000000000 1000000000 5 1",
    ("asset", "uq_asset_name"): "1000000000 1000000000 5 1",
    ("asset_version", "asset_version"): "5000000 5000000 1",
    ("asset_version", "uq_asset_version_number"): "5000000 5000000 2 1",
}


def upgrade() -> None:
    """Go up to this version."""
    op.create_table(
        "account",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column(
            "email", sa.Text().with_variant(sa.Text(collation="C"), "postgresql"), nullable=True
        ),
        sa.Column(
            "name", sa.Text().with_variant(sa.Text(collation="C"), "postgresql"), nullable=False
        ),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("deleted_at", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_account")),
    )
    op.create_index("uq_account_email", "account", ["email"], unique=True)
    op.create_table(
        "org",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column(
            "key", sa.Text().with_variant(sa.Text(collation="C"), "postgresql"), nullable=False
        ),
        sa.Column(
            "name", sa.Text().with_variant(sa.Text(collation="C"), "postgresql"), nullable=False
        ),
        sa.Column("revision", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("next_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("updated_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_org")),
    )
    op.create_index("uq_org_key", "org", ["key"], unique=True)
    op.create_table(
        "event",
        sa.Column("org_id", sa.BigInteger(), nullable=False),
        sa.Column(
            "revision",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=False,
            nullable=False,
        ),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("through", sa.Text(), nullable=False),
        sa.Column("action", sa.Text(), nullable=False),
        sa.Column("object_id", sa.Text(), nullable=False),
        sa.Column("path", sa.Text(), nullable=False),
        sa.Column("before", sa.Text(), nullable=True),
        sa.Column("after", sa.Text(), nullable=True),
        sa.Column("request_id", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["org_id"], ["org.id"], name=op.f("fk_event_org_id")),
        sa.PrimaryKeyConstraint("org_id", "revision", name=op.f("pk_event")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "placement",
        sa.Column("org_id", sa.BigInteger(), nullable=False),
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("node_id", sa.BigInteger(), nullable=False),
        sa.Column("parent_id", sa.BigInteger(), nullable=False),
        sa.Column("began_at", sa.BigInteger(), nullable=False),
        sa.Column("ended_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["org_id"], ["org.id"], name=op.f("fk_placement_org_id")),
        sa.PrimaryKeyConstraint("org_id", "id", name=op.f("pk_placement")),
        sqlite_with_rowid=False,
    )
    op.create_index(
        "ix_placement_node", "placement", ["org_id", "node_id", "ended_at"], unique=False
    )
    op.create_table(
        "principal",
        sa.Column("org_id", sa.BigInteger(), nullable=False),
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column(
            "key", sa.Text().with_variant(sa.Text(collation="C"), "postgresql"), nullable=False
        ),
        sa.Column(
            "name", sa.Text().with_variant(sa.Text(collation="C"), "postgresql"), nullable=False
        ),
        sa.Column(
            "folded", sa.Text().with_variant(sa.Text(collation="C"), "postgresql"), nullable=False
        ),
        sa.Column(
            "sort", sa.Text().with_variant(sa.Text(collation="C"), "postgresql"), nullable=False
        ),
        sa.Column(
            "email", sa.Text().with_variant(sa.Text(collation="C"), "postgresql"), nullable=True
        ),
        sa.Column(
            "account_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True
        ),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("updated_at", sa.BigInteger(), nullable=False),
        sa.CheckConstraint(
            "(kind = 'MEMBER') = (account_id IS NOT NULL)", name=op.f("ck_principal_account")
        ),
        sa.CheckConstraint("kind IN ('MEMBER', 'GROUP')", name=op.f("ck_principal_kind")),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name=op.f("fk_principal_account_id")
        ),
        sa.ForeignKeyConstraint(["org_id"], ["org.id"], name=op.f("fk_principal_org_id")),
        sa.PrimaryKeyConstraint("org_id", "id", name=op.f("pk_principal")),
        sqlite_with_rowid=False,
    )
    op.create_index(
        "ix_principal_order", "principal", ["org_id", "kind", "sort", "id"], unique=True
    )
    op.create_index("uq_principal_account", "principal", ["org_id", "account_id"], unique=True)
    op.create_index("uq_principal_key", "principal", ["org_id", "kind", "key"], unique=True)
    op.create_table(
        "space",
        sa.Column("org_id", sa.BigInteger(), nullable=False),
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column(
            "key", sa.Text().with_variant(sa.Text(collation="C"), "postgresql"), nullable=False
        ),
        sa.Column(
            "name", sa.Text().with_variant(sa.Text(collation="C"), "postgresql"), nullable=False
        ),
        sa.Column(
            "folded", sa.Text().with_variant(sa.Text(collation="C"), "postgresql"), nullable=False
        ),
        sa.Column(
            "sort", sa.Text().with_variant(sa.Text(collation="C"), "postgresql"), nullable=False
        ),
        sa.Column("description", sa.Text(), nullable=True),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("updated_at", sa.BigInteger(), nullable=False),
        sa.Column("deleted_at", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["org_id"], ["org.id"], name=op.f("fk_space_org_id")),
        sa.PrimaryKeyConstraint("org_id", "id", name=op.f("pk_space")),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_space_order", "space", ["org_id", "sort", "id"], unique=True)
    op.create_index("uq_space_key", "space", ["org_id", "key"], unique=True)
    op.create_index(
        "uq_space_name",
        "space",
        ["org_id", "folded"],
        unique=True,
        sqlite_where=sa.text("deleted_at IS NULL"),
        postgresql_where=sa.text("deleted_at IS NULL"),
    )
    op.create_table(
        "membership",
        sa.Column("org_id", sa.BigInteger(), nullable=False),
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("group_id", sa.BigInteger(), nullable=False),
        sa.Column("member_id", sa.BigInteger(), nullable=False),
        sa.Column("began_at", sa.BigInteger(), nullable=False),
        sa.Column("ended_at", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(
            ["org_id", "group_id"],
            ["principal.org_id", "principal.id"],
            name=op.f("fk_membership_org_id_group_id"),
        ),
        sa.ForeignKeyConstraint(
            ["org_id", "member_id"],
            ["principal.org_id", "principal.id"],
            name=op.f("fk_membership_org_id_member_id"),
        ),
        sa.ForeignKeyConstraint(["org_id"], ["org.id"], name=op.f("fk_membership_org_id")),
        sa.PrimaryKeyConstraint("org_id", "id", name=op.f("pk_membership")),
        sqlite_with_rowid=False,
    )
    op.create_index(
        "ix_membership_group", "membership", ["org_id", "group_id", "member_id"], unique=False
    )
    op.create_index(
        "uq_membership_lasting",
        "membership",
        ["org_id", "member_id", "group_id"],
        unique=True,
        sqlite_where=sa.text("ended_at IS NULL"),
        postgresql_where=sa.text("ended_at IS NULL"),
    )
    op.create_table(
        "project",
        sa.Column("org_id", sa.BigInteger(), nullable=False),
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("space_id", sa.BigInteger(), nullable=True),
        sa.Column("is_shared", sa.Boolean(), nullable=False),
        sa.Column(
            "key", sa.Text().with_variant(sa.Text(collation="C"), "postgresql"), nullable=False
        ),
        sa.Column(
            "name", sa.Text().with_variant(sa.Text(collation="C"), "postgresql"), nullable=False
        ),
        sa.Column(
            "folded", sa.Text().with_variant(sa.Text(collation="C"), "postgresql"), nullable=False
        ),
        sa.Column(
            "sort", sa.Text().with_variant(sa.Text(collation="C"), "postgresql"), nullable=False
        ),
        sa.Column("description", sa.Text(), nullable=True),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("updated_at", sa.BigInteger(), nullable=False),
        sa.Column("placed_at", sa.BigInteger(), nullable=False),
        sa.Column("deleted_at", sa.BigInteger(), nullable=True),
        sa.CheckConstraint("space_id IS NOT NULL OR is_shared", name=op.f("ck_project_placed")),
        sa.ForeignKeyConstraint(
            ["org_id", "space_id"],
            ["space.org_id", "space.id"],
            name=op.f("fk_project_org_id_space_id"),
        ),
        sa.ForeignKeyConstraint(["org_id"], ["org.id"], name=op.f("fk_project_org_id")),
        sa.PrimaryKeyConstraint("org_id", "id", name=op.f("pk_project")),
        sqlite_with_rowid=False,
    )
    op.create_index(
        "ix_project_order", "project", ["org_id", "space_id", "sort", "id"], unique=True
    )
    op.create_index(
        "uq_project_key",
        "project",
        ["org_id", "space_id", "key"],
        unique=True,
        sqlite_where=sa.text("deleted_at IS NULL"),
        postgresql_where=sa.text("deleted_at IS NULL"),
    )
    op.create_index(
        "uq_project_name",
        "project",
        ["org_id", "space_id", "folded"],
        unique=True,
        sqlite_where=sa.text("deleted_at IS NULL"),
        postgresql_where=sa.text("deleted_at IS NULL"),
    )
    op.create_index(
        "uq_project_shared",
        "project",
        ["org_id", "space_id"],
        unique=True,
        sqlite_where=sa.text("is_shared IS 1"),
        postgresql_where=sa.text("is_shared IS true"),
    )
    op.create_index(
        "uq_project_org_shared",
        "project",
        ["org_id"],
        unique=True,
        sqlite_where=sa.text("space_id IS NULL"),
        postgresql_where=sa.text("space_id IS NULL"),
    )
    op.create_table(
        "access_grant",
        sa.Column("org_id", sa.BigInteger(), nullable=False),
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("space_id", sa.BigInteger(), nullable=True),
        sa.Column("project_id", sa.BigInteger(), nullable=True),
        sa.Column("principal_id", sa.BigInteger(), nullable=False),
        sa.Column("level", sa.SmallInteger(), nullable=False),
        sa.Column("propagate", sa.Boolean(), nullable=False),
        sa.Column("expires_at", sa.BigInteger(), nullable=True),
        sa.Column("began_at", sa.BigInteger(), nullable=False),
        sa.Column("ended_at", sa.BigInteger(), nullable=True),
        sa.CheckConstraint(
            "(space_id IS NULL) <> (project_id IS NULL)", name=op.f("ck_access_grant_node")
        ),
        sa.CheckConstraint("level BETWEEN 1 AND 4", name=op.f("ck_access_grant_level")),
        sa.ForeignKeyConstraint(
            ["org_id", "principal_id"],
            ["principal.org_id", "principal.id"],
            name=op.f("fk_access_grant_org_id_principal_id"),
        ),
        sa.ForeignKeyConstraint(
            ["org_id", "project_id"],
            ["project.org_id", "project.id"],
            name=op.f("fk_access_grant_org_id_project_id"),
        ),
        sa.ForeignKeyConstraint(
            ["org_id", "space_id"],
            ["space.org_id", "space.id"],
            name=op.f("fk_access_grant_org_id_space_id"),
        ),
        sa.ForeignKeyConstraint(["org_id"], ["org.id"], name=op.f("fk_access_grant_org_id")),
        sa.PrimaryKeyConstraint("org_id", "id", name=op.f("pk_access_grant")),
        sqlite_with_rowid=False,
    )
    op.create_index(
        "ix_access_grant_principal",
        "access_grant",
        ["org_id", "principal_id", "space_id", "project_id"],
        unique=False,
        sqlite_where=sa.text("ended_at IS NULL"),
        postgresql_where=sa.text("ended_at IS NULL"),
    )
    op.create_index(
        "uq_access_grant_project",
        "access_grant",
        ["org_id", "project_id", "principal_id"],
        unique=True,
        sqlite_where=sa.text("ended_at IS NULL AND project_id IS NOT NULL"),
        postgresql_where=sa.text("ended_at IS NULL AND project_id IS NOT NULL"),
    )
    op.create_index(
        "uq_access_grant_space",
        "access_grant",
        ["org_id", "space_id", "principal_id"],
        unique=True,
        sqlite_where=sa.text("ended_at IS NULL AND space_id IS NOT NULL"),
        postgresql_where=sa.text("ended_at IS NULL AND space_id IS NOT NULL"),
    )
    op.create_table(
        "asset",
        sa.Column("org_id", sa.BigInteger(), nullable=False),
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("project_id", sa.BigInteger(), nullable=False),
        sa.Column(
            "key", sa.Text().with_variant(sa.Text(collation="C"), "postgresql"), nullable=False
        ),
        sa.Column(
            "name", sa.Text().with_variant(sa.Text(collation="C"), "postgresql"), nullable=False
        ),
        sa.Column(
            "folded", sa.Text().with_variant(sa.Text(collation="C"), "postgresql"), nullable=False
        ),
        sa.Column(
            "sort", sa.Text().with_variant(sa.Text(collation="C"), "postgresql"), nullable=False
        ),
        sa.Column(
            "kind", sa.Text().with_variant(sa.Text(collation="C"), "postgresql"), nullable=False
        ),
        sa.Column("metadata", sa.Text(), nullable=True),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("updated_at", sa.BigInteger(), nullable=False),
        sa.Column("placed_at", sa.BigInteger(), nullable=False),
        sa.Column("deleted_at", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(
            ["org_id", "project_id"],
            ["project.org_id", "project.id"],
            name=op.f("fk_asset_org_id_project_id"),
        ),
        sa.ForeignKeyConstraint(["org_id"], ["org.id"], name=op.f("fk_asset_org_id")),
        sa.PrimaryKeyConstraint("org_id", "id", name=op.f("pk_asset")),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_asset_order", "asset", ["org_id", "project_id", "sort", "id"], unique=True)
    op.create_index(
        "uq_asset_key",
        "asset",
        ["org_id", "project_id", "key"],
        unique=True,
        sqlite_where=sa.text("deleted_at IS NULL"),
        postgresql_where=sa.text("deleted_at IS NULL"),
    )
    op.create_index(
        "uq_asset_name",
        "asset",
        ["org_id", "project_id", "folded"],
        unique=True,
        sqlite_where=sa.text("deleted_at IS NULL"),
        postgresql_where=sa.text("deleted_at IS NULL"),
    )
    op.create_table(
        "asset_version",
        sa.Column("org_id", sa.BigInteger(), nullable=False),
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("asset_id", sa.BigInteger(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("media_type", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=True),
        sa.Column("reference", sa.Text(), nullable=True),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("created_by", sa.BigInteger(), nullable=True),
        sa.CheckConstraint(
            "(text IS NULL) <> (reference IS NULL)", name=op.f("ck_asset_version_content")
        ),
        sa.ForeignKeyConstraint(
            ["org_id", "asset_id"],
            ["asset.org_id", "asset.id"],
            name=op.f("fk_asset_version_org_id_asset_id"),
        ),
        sa.ForeignKeyConstraint(
            ["org_id", "created_by"],
            ["principal.org_id", "principal.id"],
            name=op.f("fk_asset_version_org_id_created_by"),
        ),
        sa.ForeignKeyConstraint(["org_id"], ["org.id"], name=op.f("fk_asset_version_org_id")),
        sa.PrimaryKeyConstraint("org_id", "id", name=op.f("pk_asset_version")),
        sqlite_with_rowid=False,
    )
    op.create_index(
        "uq_asset_version_number", "asset_version", ["org_id", "asset_id", "number"], unique=True
    )
    if op.get_bind().dialect.name == "sqlite":
        _tell_sizes()


def _tell_sizes() -> None:
    op.execute("ANALYZE")
    sizes = sa.table("sqlite_stat1", *map(sa.column, ("tbl", "idx", "stat")))
    rows = [{"tbl": table, "idx": index, "stat": size} for (table, index), size in SIZES.items()]
    op.bulk_insert(sizes, rows)


def downgrade() -> None:
    """Go back to the version before."""
    op.drop_index("uq_asset_version_number", table_name="asset_version")
    op.drop_table("asset_version")
    op.drop_index(
        "uq_asset_name",
        table_name="asset",
        sqlite_where=sa.text("deleted_at IS NULL"),
        postgresql_where=sa.text("deleted_at IS NULL"),
    )
    op.drop_index(
        "uq_asset_key",
        table_name="asset",
        sqlite_where=sa.text("deleted_at IS NULL"),
        postgresql_where=sa.text("deleted_at IS NULL"),
    )
    op.drop_index("ix_asset_order", table_name="asset")
    op.drop_table("asset")
    op.drop_index(
        "uq_access_grant_space",
        table_name="access_grant",
        sqlite_where=sa.text("ended_at IS NULL AND space_id IS NOT NULL"),
        postgresql_where=sa.text("ended_at IS NULL AND space_id IS NOT NULL"),
    )
    op.drop_index(
        "uq_access_grant_project",
        table_name="access_grant",
        sqlite_where=sa.text("ended_at IS NULL AND project_id IS NOT NULL"),
        postgresql_where=sa.text("ended_at IS NULL AND project_id IS NOT NULL"),
    )
    op.drop_index(
        "ix_access_grant_principal",
        table_name="access_grant",
        sqlite_where=sa.text("ended_at IS NULL"),
        postgresql_where=sa.text("ended_at IS NULL"),
    )
    op.drop_table("access_grant")
    op.drop_index(
        "uq_project_org_shared",
        table_name="project",
        sqlite_where=sa.text("space_id IS NULL"),
        postgresql_where=sa.text("space_id IS NULL"),
    )
    op.drop_index(
        "uq_project_name",
        table_name="project",
        sqlite_where=sa.text("deleted_at IS NULL"),
        postgresql_where=sa.text("deleted_at IS NULL"),
    )
    op.drop_index(
        "uq_project_key",
        table_name="project",
        sqlite_where=sa.text("deleted_at IS NULL"),
        postgresql_where=sa.text("deleted_at IS NULL"),
    )
    op.drop_index("ix_project_order", table_name="project")
    op.drop_table("project")
    op.drop_index(
        "uq_membership_lasting",
        table_name="membership",
        sqlite_where=sa.text("ended_at IS NULL"),
        postgresql_where=sa.text("ended_at IS NULL"),
    )
    op.drop_index("ix_membership_group", table_name="membership")
    op.drop_table("membership")
    op.drop_index(
        "uq_space_name",
        table_name="space",
        sqlite_where=sa.text("deleted_at IS NULL"),
        postgresql_where=sa.text("deleted_at IS NULL"),
    )
    op.drop_index("uq_space_key", table_name="space")
    op.drop_index("ix_space_order", table_name="space")
    op.drop_table("space")
    op.drop_index("uq_principal_key", table_name="principal")
    op.drop_index("uq_principal_account", table_name="principal")
    op.drop_index("ix_principal_order", table_name="principal")
    op.drop_table("principal")
    op.drop_index("ix_placement_node", table_name="placement")
    op.drop_table("placement")
    op.drop_table("event")
    op.drop_table("org")
    op.drop_table("account")
