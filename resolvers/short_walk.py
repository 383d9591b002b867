"""Pages of what lies in the Org's spaces, for whoever holds many grants there: by a short walk.

What is held at all spaces at once is gathered from all of the viewer's grants. Where they are many
and the page is short, it is tried first to fill it by a walk: spaces in their order, what is held
at each of them looked up, up to so many spaces that this can't take much longer than gathering.
Where the page isn't full then, all is gathered after all, in the same statement.
"""

from collections.abc import Callable
from dataclasses import replace
from typing import Any, TypeAlias

from sqlalchemy import ColumnElement, Select, func, literal_column, select

from auth.access import ORG_ID, Access
from db.models import SPACE
from db.queries import AnySelect
from engine.edge import Columns
from engine.page import Shape
from resolvers.listing import LIMIT, Build, Listing, merged, position

# For each row of the page: the grants that are many, and the spaces that the walk looks at.
STRIDE: ColumnElement[int] = literal_column("10")
# Makes a page of some columns for one kind of viewer.
Pages: TypeAlias = Callable[[Access, Shape, Columns], AnySelect]


def walked_or_gathered(
    access: Access, shape: Shape, columns: Columns, *, walk: Pages, gather: Pages
) -> Select[Any]:
    """Return the page by one of two ways; `walk` goes no further than `nearby` lets it."""
    wanted = columns + shape.order.columns
    many = access.holds_more_than(LIMIT * STRIDE)
    walked = walk(replace(access, one_by_one=True), shape, wanted).where(many).cte("walked")
    found = select(func.count()).select_from(walked).scalar_subquery()
    gathered = gather(replace(access, provided=found < LIMIT), shape, wanted)
    return merged([select(walked).where(found == LIMIT), gathered], shape, columns)


def nearby(build: Build, shape: Shape) -> Build:
    """Return what makes the same listing of spaces, but only up to as many as a walk may see."""

    def built(access: Access, parent: Any) -> Listing:
        listing = build(access, parent)
        near = _is_near(listing.columns["sort"], shape)
        return replace(listing, where=(*listing.where, near))

    return built


def _is_near(sort: ColumnElement[str], shape: Shape) -> ColumnElement[bool]:
    """Return whether a space isn't further from the page's begin than the walk may go."""
    ahead, downwards = SPACE.alias("ahead"), shape.order.descending is not shape.backward
    begin = "before" if shape.backward else "after"
    in_org = select(ahead.c.sort).where(ahead.c.org_id == ORG_ID)
    if getattr(shape, begin):
        start = position(begin, shape)[0]
        in_org = in_org.where(ahead.c.sort <= start if downwards else ahead.c.sort >= start)
    order = [key.desc() if downwards else key.asc() for key in (ahead.c.sort, ahead.c.id)]
    last = in_org.order_by(*order).limit(literal_column("1")).offset(LIMIT * STRIDE)
    end = select(func.min(ahead.c.sort) if downwards else func.max(ahead.c.sort))
    bound = func.coalesce(
        last.scalar_subquery(), end.where(ahead.c.org_id == ORG_ID).scalar_subquery()
    )
    return sort >= bound if downwards else sort <= bound
