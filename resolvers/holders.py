"""Pages and numbers of who has access, of many nodes at once: sets of members, put in order."""

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from functools import partial
from itertools import chain, islice
from typing import TypeAlias

from auth.levels import Permission
from auth.sets import PLACES, Levels, Members, level_of, places_of
from auth.subject import Subject
from engine.edge import Columns, Key, Row
from engine.page import Page, Value
from resolvers.crowd import Crowd, Place
from resolvers.filters import FILTERS

Asked: TypeAlias = tuple[Crowd, Subject]


def number_of_holders(asked: Asked, parents: Sequence[Key], page: Page) -> Sequence[Row]:
    """Return each parent's key, and how many have access to it whom the viewer is told of."""
    told = _Told(asked, page)
    return [(id_, told.those(id_, level).bit_count()) for id_, level in parents]


def rows_of_holders(
    asked: Asked, parents: Sequence[Key], page: Page, columns: Columns
) -> Sequence[Row]:
    """Return each parent's page of those; of nodes that lie in one place they are found once."""
    told = _Told(asked, page)
    known: dict[tuple[Place, bool], list[Row]] = {}
    rows: list[Row] = []
    for id_, level in parents:
        if id_ in asked[0].places:
            key = (asked[0].places[id_], level == Permission.OWNER)
            if key not in known:
                known[key] = [*told.rows(id_, level, columns=columns)]
            rows += [(id_, *row) for row in known[key]]
    return rows


class _Told:
    """Whom the viewer is told of, by the filters of a page and in its order."""

    def __init__(self, asked: Asked, page: Page) -> None:
        (self._crowd, subject), self._page = asked, page
        filters = dict(page.filters)
        self._lowest = int(filters.get("minimum", Permission.READ))
        text = filters.get("nameContains")
        folded = None if text is None else FILTERS["nameContains"].read(text)
        members = list(enumerate(self._crowd.members))
        found = (place for place, one in members if folded is None or folded in one.folded)
        self._matching = sum(1 << place for place in found)
        own = (place for place, one in members if one.id == subject.member_id)
        self._own = sum(1 << place for place in own)

    def those(self, id_: int, level: int) -> Members:
        """Return those on a parent, on which the viewer has the level."""
        if id_ not in self._crowd.places:
            return 0
        levels = self._crowd.levels(self._crowd.places[id_])
        seen = self._matching if level == Permission.OWNER else self._matching & self._own
        if self._lowest == Permission.NONE:
            return levels[0] & seen
        return levels[self._lowest - 1] & seen

    def rows(self, id_: int, level: int, *, columns: Columns) -> Iterator[Row]:
        """Return the parent's page as the columns."""
        levels, those = self._crowd.levels(self._crowd.places[id_]), self.those(id_, level)
        found = chain.from_iterable(self._parts(levels, those))
        for place in islice(found, self._page.limit):
            yield self._values(place, level_of(levels, 1 << place), columns)

    def _parts(self, levels: Levels, those: Members) -> Iterator[Iterator[int]]:
        """Give the places in order: all of them, or level by level."""
        upwards = self._page.order.descending is self._page.backward
        if "level" not in self._page.order.columns:
            yield places_of(self._within(those, Permission.READ), upwards=upwards)
            return
        for place in PLACES if upwards else reversed(PLACES):
            higher = levels[place + 1] if place + 1 < len(levels) else 0
            some = self._within(those & levels[place] & ~higher, Permission(place + 1))
            yield places_of(some, upwards=upwards)

    def _within(self, those: Members, level: Permission) -> Members:
        """Return those between the cursors, who all have the level if the order is by levels."""
        page, columns = self._page, self._page.order.columns
        low, high = (
            (page.before, page.after) if page.order.descending else (page.after, page.before)
        )
        places = range(len(self._crowd.members))
        key = partial(self._values, level=level, columns=columns)
        first, last = 0, len(places)
        if low is not None:
            first = (bisect_left if page.inclusive else bisect_right)(places, low, key=key)
        if high is not None:
            last = (bisect_right if page.inclusive else bisect_left)(places, high, key=key)
        return those & ((1 << last) - 1) >> first << first if first < last else 0

    def _values(self, place: int, level: Permission, columns: Columns) -> tuple[Value, ...]:
        member = self._crowd.members[place]
        known: dict[str, Value] = {"member_id": member.id, "level": level, "sort": member.sort}
        return tuple(known[name] for name in columns)
