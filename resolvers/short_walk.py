"""Pages of what lies in the Org's spaces, for whoever holds many grants there: by a short walk.

What is held at all spaces at once is gathered from all of the viewer's grants. Where they are many
and the page is short (`Shape.short`), it is tried first to fill it from a few spaces, the next ones
in their order, looking up what is held at each. Where that doesn't fill it, all is gathered after
all, in the same statement. So a short page costs the same whatever is held, if it lies near.
"""

from collections.abc import Callable
from dataclasses import replace
from typing import Any, NamedTuple, TypeAlias

from sqlalchemy import (
    CTE,
    ColumnElement,
    Integer,
    Select,
    case,
    func,
    literal_column,
    select,
)

from auth.access import ORG_ID, Access
from db.models import SPACE
from db.queries import AnySelect
from engine.edge import Columns
from engine.page import Shape
from resolvers.listing import LIMIT, merged, position

# Makes a page of some columns for one kind of viewer.
Pages: TypeAlias = Callable[[Access, Shape, Columns], AnySelect]


class Trial(NamedTuple):
    """When a short walk is tried: for more `grants` than this; and how many `spaces` it takes."""

    grants: ColumnElement[int]
    spaces: ColumnElement[int]


def walked_or_gathered(
    access: Access, shape: Shape, columns: Columns, page: Pages, *, trial: Trial
) -> Select[Any]:
    """Return the page, walked if that is tried and fills it."""
    wanted = columns + shape.order.columns
    nearest = near(shape, if_=access.holds_more_than(trial.grants), most=trial.spaces)
    walked = page(replace(access, near=nearest), shape, wanted).cte("walked")
    found = select(func.count()).select_from(walked).scalar_subquery()
    gathered = page(replace(access, provided=found < LIMIT), shape, wanted)
    return merged([select(walked).where(found == LIMIT), gathered], shape, columns)


def near(shape: Shape, *, if_: ColumnElement[bool], most: ColumnElement[int]) -> CTE:
    """Return a table of the spaces that follow the page's cursor, none unless the condition holds.

    Deleted ones, and those that aren't seen, are among them.
    """
    ahead, downwards = SPACE.alias("ahead"), shape.order.descending is not shape.backward
    begin = "before" if shape.backward else "after"
    in_org = select(ahead.c.id, ahead.c.sort).where(ahead.c.org_id == ORG_ID)
    if getattr(shape, begin):
        start = position(begin, shape)[0]
        in_org = in_org.where(ahead.c.sort <= start if downwards else ahead.c.sort >= start)
    order = (key.desc() if downwards else key.asc() for key in (ahead.c.sort, ahead.c.id))
    number = case((if_, most), else_=_literal(0))
    return in_org.order_by(*order).limit(number).cte("near")


def _literal(number: int) -> ColumnElement[int]:
    return literal_column(str(number), Integer())


# As many as it takes if a tenth of all spaces is seen; and if some of those hold many rows.
OF_SPACES = Trial(grants=LIMIT * _literal(10), spaces=LIMIT * _literal(10))
OF_WHAT_LIES_IN_THEM = Trial(grants=LIMIT, spaces=(LIMIT + _literal(3)) // _literal(4))
