"""Members that are removed, groups that are deleted, and members that are no persons."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Go up to this version."""
    columns = (
        sa.Column[bool]("is_service", sa.Boolean(), nullable=False, server_default=sa.false()),
        sa.Column[int | None]("deleted_at", sa.BigInteger(), nullable=True),
    )
    for column in columns:
        op.add_column("principal", column)


def downgrade() -> None:
    """Go back to the version before."""
    op.drop_column("principal", "deleted_at")
    op.drop_column("principal", "is_service")
