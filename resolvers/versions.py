"""The versions of assets' content: the newest of each, and all of them."""

from typing import Any, NamedTuple

from sqlalchemy import FromClause, func, select

from auth.access import ORG_ID, Access
from db.models import VERSION
from db.queries import in_this_order
from engine.page import Orders
from resolvers.listing import Expression, Listing
from resolvers.pagination import Matched, Paged


class VersionRow(NamedTuple):
    """A version's columns; of `text` and `reference` one is None."""

    number: int
    media_type: str
    text: str | None
    reference: str | None
    created_at: int
    created_by: int | None


ASSET = ("id", "level")  # what is needed of the asset that versions are of
ORDERS: Orders = {"NEWEST": {"age": int}}
COLUMNS = ("id", *VersionRow._fields)


def _of_asset(_access: Access, parent: Any) -> Listing:
    """Return the listing of the versions of an asset that is seen."""
    version = VERSION.alias("version")
    columns: dict[str, Expression] = {name: version.c[name] for name in COLUMNS}
    where = (version.c.org_id == ORG_ID, version.c.asset_id == parent.c.id, parent.c.level > 0)
    return Listing(version, version, {**columns, "age": -version.c.number}, where)


def _newest_of_asset(access: Access, parent: FromClause) -> Listing:
    listing, other = _of_asset(access, parent), VERSION.alias("other")
    same = (other.c.org_id == ORG_ID, other.c.asset_id == parent.c.id)
    newest = select(func.max(other.c.number)).where(*same).correlate(parent).scalar_subquery()
    where = (*listing.where, listing.table.c.number == newest)
    source = in_this_order(parent, listing.table)
    return Listing(listing.table, source, listing.columns, where)


of_asset = Paged(_of_asset, ASSET)
newest_of_asset = Matched(_newest_of_asset, ASSET)
