"""Members that are removed, groups that are deleted, and members that are no persons."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Go up to this version."""
    service = sa.Column("is_service", sa.Boolean(), nullable=False, server_default=sa.false())
    op.add_column("principal", service)
    op.add_column("principal", sa.Column("deleted_at", sa.BigInteger(), nullable=True))


def downgrade() -> None:
    """Go back to the version before."""
    op.drop_column("principal", "deleted_at")
    op.drop_column("principal", "is_service")
