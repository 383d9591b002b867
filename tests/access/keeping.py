"""All that an Org holds, to be compared before and after."""

from collections.abc import Mapping, Sequence
from typing import Any, TypeAlias

from sqlalchemy import Table, select
from sqlalchemy.ext.asyncio import AsyncEngine

from db.base import Base
from db.engine import snapshot
from db.models import ACCOUNT, ANSWER, EVENT, ORG

Kept: TypeAlias = Mapping[str, Sequence[Any]]
# All tables but the answers under idempotency keys, which a refusal leaves too.
EVERYTHING = [
    table
    for table in Base.metadata.sorted_tables
    if table is ORG or ("org_id" in table.c and table is not ANSWER)
]
LOG, ACCOUNTS = (ORG, EVENT), (ACCOUNT,)


async def kept(engine: AsyncEngine, org_id: int, tables: Sequence[Table] = EVERYTHING) -> Kept:
    """Return all rows of an Org by table, its own row among them; of accounts those of all Orgs."""
    async with snapshot(engine) as connection:
        return {
            table.name: (
                await connection.execute(
                    select(table).where(*_of(table, org_id)).order_by(*table.primary_key.columns)
                )
            ).all()
            for table in tables
        }


def _of(table: Table, org_id: int) -> tuple[Any, ...]:
    if table is ACCOUNT:
        return ()
    return ((ORG.c.id if table is ORG else table.c.org_id) == org_id,)
