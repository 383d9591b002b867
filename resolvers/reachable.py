"""Pages and numbers of what members have access to, for many members at once."""

from collections.abc import Iterator, Mapping, Sequence

from auth import around
from auth.levels import Permission
from auth.pairs import KINDS, PROJECTS, SPACES
from auth.sets import Members, level_of, places_of
from engine.edge import Columns, Key, Row
from engine.page import Page
from resolvers.context import Reading
from resolvers.crowd import BY_ID, Crowd, Place, load_crowd


class Everywhere:
    """All live spaces and projects of the Org in their order, each with who has what there."""

    def __init__(self, crowd: Crowd, nodes: Sequence[tuple[int, int, Place]]) -> None:
        self._crowd, self._nodes = crowd, nodes
        self._bits = {one.id: 1 << place for place, one in enumerate(crowd.members)}

    def numbers(self, parents: Sequence[Key], page: Page) -> Sequence[Row]:
        """Return each member's id and the number of nodes that it has access to."""
        wanted, planes = self._wanted(parents), list[Members]()
        lowest = _lowest(page)
        for _, _, place in self._nodes:
            _count(planes, self._crowd.levels(place)[lowest] & wanted)
        return [(id_, self._counted(planes, id_)) for (id_,) in parents]

    def rows(self, parents: Sequence[Key], page: Page, columns: Columns) -> Sequence[Row]:
        """Return each member's page of them, as the columns."""
        waiting, lowest = self._wanted(parents), _lowest(page)
        found: Mapping[int, list[Row]] = {id_: [] for (id_,) in parents}
        for kind, node_id, place in self._between(page):
            levels = self._crowd.levels(place)
            for one in places_of(levels[lowest] & waiting):
                id_ = self._crowd.members[one].id
                row = (kind, node_id, level_of(levels, 1 << one))
                found[id_].append((id_, *_values(row, columns)))
                if len(found[id_]) == page.limit:
                    waiting &= ~(1 << one)
            if not waiting:
                break
        return [row for rows in found.values() for row in rows]

    def _wanted(self, parents: Sequence[Key]) -> Members:
        return sum(self._bits.get(id_, 0) for (id_,) in parents)

    def _between(self, page: Page) -> Iterator[tuple[int, int, Place]]:
        """Give the nodes between the page's cursors, in the direction that it is read in."""
        low, high = page.after, page.before
        for node in reversed(self._nodes) if page.backward else self._nodes:
            key = node[:2]
            at_cursor = page.inclusive and key in (low, high)
            if at_cursor or ((low is None or key > low) and (high is None or key < high)):
                yield node

    def _counted(self, planes: Sequence[Members], id_: int) -> int:
        bit = self._bits.get(id_, 0)
        return sum(1 << number for number, plane in enumerate(planes) if plane & bit)


def _lowest(page: Page) -> int:
    """Return the place of the lowest level that is asked for."""
    return max(int(dict(page.filters).get("minimum", Permission.READ)), int(Permission.READ)) - 1


def _count(planes: list[Members], some: Members) -> None:
    """Add one to the number of each member in the set; a plane has one binary digit of all."""
    for number, plane in enumerate(planes):
        if not some:
            return
        planes[number], some = plane ^ some, plane & some
    if some:
        planes.append(some)


def _values(row: tuple[int, int, Permission], columns: Columns) -> Sequence[object]:
    kind, node_id, level = row
    known = {"kind": KINDS[kind], "number": kind, "node_id": node_id, "level": level}
    return [known[name] for name in columns]


async def load_everywhere(reading: Reading, *, under: int | None) -> Everywhere:
    """Load all that members may have access to, or what is under a space or a project."""
    rows = await reading.fetch(around.nodes(), {})
    nodes = [
        (SPACES, id_, Place(id_, None, None))
        if is_shared is None
        else (PROJECTS, id_, Place(space_id, id_, bool(is_shared)))
        for id_, space_id, is_shared in rows
        if under in (None, id_, space_id)
    ]
    nodes.sort(key=lambda node: node[:2])
    return Everywhere(await load_crowd(reading, None, order=BY_ID), nodes)
