"""What an Org lets each of its viewers ask for in a minute."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Go up to this version."""
    op.add_column("org", sa.Column("cost_per_minute", sa.Integer(), nullable=True))


def downgrade() -> None:
    """Go back to the version before."""
    op.drop_column("org", "cost_per_minute")
