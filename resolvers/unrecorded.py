"""When an answer may change without a revision: as a grant expires, or a purge goes on."""

from sqlalchemy import func, select

from auth.access import NOW, ORG_ID
from db.models import DELETION, GRANT
from resolvers.context import Reading
from resolvers.deletions import is_asked

NEXT_EXPIRY = select(func.min(GRANT.c.expires_at)).where(
    GRANT.c.org_id == ORG_ID, GRANT.c.ended_at.is_(None), GRANT.c.expires_at > NOW
)
# Between two revisions it only grows: the end of a purge is one.
PROGRESS = select(
    func.sum(DELETION.c.rows_purged + func.coalesce(DELETION.c.rows_to_purge, 0))
).where(DELETION.c.org_id == ORG_ID, is_asked(DELETION))
BOTH = select(NEXT_EXPIRY.scalar_subquery(), PROGRESS.scalar_subquery())


async def unrecorded(reading: Reading) -> tuple[int | None, int | None]:
    """Return when the next of the Org's grants expires, in microseconds, and how far purges are.

    Anyone's grant, as answers tell of others' grants too. None for what there is none of.
    """
    if reading.org is None:
        return None, None
    ((expiry, progress),) = await reading.fetch(BOTH, {})
    return expiry, None if progress is None else int(progress)
