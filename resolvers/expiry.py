"""When an answer may change though nobody changes anything: at the next expiry of a grant."""

from sqlalchemy import func, select

from auth.access import NOW, ORG_ID
from db.models import GRANT
from resolvers.context import Reading

NEXT = select(func.min(GRANT.c.expires_at)).where(
    GRANT.c.org_id == ORG_ID, GRANT.c.ended_at.is_(None), GRANT.c.expires_at > NOW
)


async def next_expiry(reading: Reading) -> int | None:
    """Return when the next of the Org's grants expires, in microseconds; None if none will.

    Anyone's grant, as answers tell of others' grants too.
    """
    if reading.org is None:
        return None
    rows = await reading.fetch(NEXT, {})
    return rows[0][0] if rows else None
