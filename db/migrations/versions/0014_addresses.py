"""Addresses of accounts in the form that DNS knows: what was Unicode in a domain is ASCII now."""

import idna
import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

ACCOUNT = sa.table("account", sa.column("id"), sa.column("email"))


def upgrade() -> None:
    """Go up to this version.

    An address whose domain can't be one, or whose new form another account has, stays as it is.
    """
    connection = op.get_bind()
    rows = connection.execute(sa.select(ACCOUNT).where(ACCOUNT.c.email.is_not(None))).all()
    taken = {row.email for row in rows}
    for row in rows:
        local, _, domain = row.email.rpartition("@")
        found = f"{local}@{_ascii(domain)}"
        if found not in taken:
            taken.add(found)
            mended = sa.update(ACCOUNT).where(ACCOUNT.c.id == row.id).values(email=found)
            connection.execute(mended)


def downgrade() -> None:
    """Go back to the version before: it finds these accounts by their ASCII domains alone."""


def _ascii(domain: str) -> str:
    try:
        return domain if domain.isascii() else idna.encode(domain, uts46=True).decode()
    except UnicodeError:
        return domain
