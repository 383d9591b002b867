"""Spaces: the Org's list of them, and a space by its id."""

from typing import Any, NamedTuple

from sqlalchemy import FromClause, Select, case, func, null, select

from auth.access import ORG_ID, Access, Reach
from auth.levels import Permission
from db.models import SPACE
from engine.edge import Columns
from engine.page import Orders, Shape
from resolvers.listing import Expression, Listing, with_ids_of
from resolvers.pagination import ById, Paged
from resolvers.paths import Level
from resolvers.short_walk import OF_SPACES, walked_or_gathered


class SpaceRow(NamedTuple):
    """A space's columns; `cap`, `flow` and `best` are the viewer's reach there (`auth.access`).

    Of a space without permission (a signpost) only the key and the name are told.
    """

    org_id: int
    id: int
    key: str
    name: str
    description: str | None
    level: int
    cap: int | None
    flow: int | None
    best: int | None
    created_at: int | None
    updated_at: int | None
    revision: int | None
    grants_revision: int | None


HELD = ("cap", "flow", "best")
REACH = ("id", *HELD)  # what the projects of a space need to know of it
ORDERS: Orders = {
    "NAME": {"sort": str, "id": int},
    "KEY": {"key": str, "id": int},
    "CREATED_AT": {"created_order": int, "id": int},
    "UPDATED_AT": {"updated_order": int, "id": int},
}


def for_owner(level: Expression, node: FromClause) -> Expression:
    """Return the revision of what is held on a node, which is told to its OWNER."""
    return case((level >= int(Permission.OWNER), node.c.grants_revision), else_=null())


def space_columns(access: Access, space: FromClause, reach: Reach) -> dict[str, Expression]:
    """Return a space's columns by name; of a signpost most are null."""

    def unless_signpost(column: Expression) -> Expression:
        return column if access.admin else case((reach.cap.is_not(None), column), else_=null())

    level = access.space_level(reach)
    created, updated = unless_signpost(space.c.created_at), unless_signpost(space.c.updated_at)
    return {
        **{name: space.c[name] for name in ("org_id", "id", "key", "name", "folded", "sort")},
        "cap": reach.cap,
        "flow": reach.flow,
        "best": reach.best,
        "level": level,
        "revision": unless_signpost(space.c.revision),
        "grants_revision": for_owner(level, space),
        "description": unless_signpost(space.c.description),
        "created_at": created,
        "created_order": func.coalesce(created, 0),
        "updated_at": updated,
        "updated_order": func.coalesce(updated, 0),
    }


def _listing(
    access: Access, space: FromClause, reach: Reach, source: FromClause, *where: Any
) -> Listing:
    live = (space.c.org_id == ORG_ID, space.c.deleted_at.is_(None))
    return Listing(space, source, space_columns(access, space, reach), (*live, *where))


def _of_org(access: Access, _parent: None) -> Listing:
    """Return the listing of all spaces that are seen: those that aren't cost nothing."""
    reach = access.reach()
    space, source = reach.lead(SPACE, access.dialect)
    return _listing(access, space, reach, source)


def _in_order(access: Access, _parent: None) -> Listing:
    """Return the same to be walked in their order, which SQLite doesn't find by sorting.

    By IN on the order's first column it goes from one space that is seen to the next. The reach
    that its columns are of is joined by who walks.
    """
    if access.found is None:
        return _of_org(access, None)
    space, sorts = SPACE.alias("space"), select(access.found.c.sort)
    return _listing(access, space, access.reach(), space, space.c.sort.in_(sorts))


class SpacesOfOrg(Paged):
    """The list of the Org's spaces; by their names, a short walk may be enough."""

    def page_of_org(self, access: Access, shape: Shape, columns: Columns) -> Select[Any]:
        """Return a page."""
        if access.admin or not shape.short or shape.order.name != "NAME":
            return super().page_of_org(access, shape, columns)
        return walked_or_gathered(access, shape, columns, super().page_of_org, trial=OF_SPACES)


def _by_id(access: Access, parent: FromClause) -> Listing:
    space = SPACE.alias("space")
    reach = access.reach_at(select(parent.c.id))
    source, found = with_ids_of(parent, space, access)
    return _listing(access, space, reach, reach.join(source, space.c.id), found)


SPACES = Level(_in_order, gives=REACH, of_spaces=True)
of_org = SpacesOfOrg(_of_org)
by_id = ById(_by_id)
