"""The log: the Org's events for its admins, and a node's own for whoever is its OWNER."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, FromClause, Text, and_, case, cast, false, literal

from auth.access import ORG_ID, Access
from auth.levels import Permission
from db import ids
from db.models import EVENT, TOUCH
from db.queries import AnySelect, in_this_order
from db.stream import Take
from engine.edge import Columns, Key, Row
from engine.page import Orders, Page, Shape
from resolvers import redaction
from resolvers.context import Reading
from resolvers.listing import Build, Listing
from resolvers.pagination import Listed, Paged


class EventRow(NamedTuple):
    """An event's columns; `actor` and `object_id` are public ids, `before` and `after` JSON.

    Those are told as `resolvers.redaction` says; `redacted` says whether that isn't all.
    """

    org_id: int
    revision: int
    at: int
    actor: str
    through: str
    action: str
    object_id: str | None
    path: str
    before: str | None
    after: str | None
    request_id: str | None
    redacted: bool


ORDERS: Orders = {"REVISION": {"revision": int}}
REDACTED = "redacted"
OBJECT = "object"  # the filter of what an event touched
OF_ONE = ("path", "before", "after")  # what is told of each node that an event touched


def _listing(event: FromClause, *where: ColumnElement[bool]) -> Listing:
    kept = {name: event.c[name] for name in EventRow._fields if name != REDACTED}
    columns = {**kept, "id": event.c.revision, REDACTED: false()}
    return Listing(event, event, columns, (event.c.org_id == ORG_ID, *where))


def _of_org(access: Access, _parent: None) -> Listing:
    return _listing(EVENT.alias("event"), _for_admins(access))


def _touching(access: Access, _parent: None) -> Listing:
    """Return the listing of the events by what they touched, whose id a filter gives."""
    listing = _by_touch(EVENT.alias("event"), TOUCH.alias("touch"))
    return replace(listing, where=(*listing.where, _for_admins(access)))


def _by_touch(event: FromClause, touch: FromClause) -> Listing:
    """Return the listing of the events by the nodes that they touched, in the order of these."""
    listing = _listing(event, touch.c.org_id == ORG_ID)
    found = dict.fromkeys(("revision", "id"), touch.c.revision)
    columns = {**listing.columns, **found, "touched_id": touch.c.object_id}
    return replace(listing, source=_with_event(touch, event, touch), columns=columns)


def _with_event(source: FromClause, event: FromClause, touch: FromClause) -> FromClause:
    same = (event.c.org_id == touch.c.org_id, event.c.revision == touch.c.revision)
    return in_this_order(source, event, and_(*same))


def _of_node(type_: str) -> Build:
    """Return what makes the listing of the events of nodes of the type, for their OWNER."""

    def build(_access: Access, parent: FromClause) -> Listing:
        return _history(type_, parent, parent.c.level >= int(Permission.OWNER))

    return build


def _of_principal(type_: str) -> Build:
    """Return what makes the listing of the events of members or groups, for admins."""

    def build(access: Access, parent: FromClause) -> Listing:
        return _history(type_, parent, _for_admins(access))

    return build


def _history(type_: str, parent: FromClause, told: ColumnElement[bool]) -> Listing:
    """Return the listing of the events that touched the parent.

    Of what was done to another node it tells no more than what that did to the parent.
    """
    event, touch = EVENT.alias("event"), TOUCH.alias("touch")
    listing, beside = _by_touch(event, touch), touch.c.path.is_not(None)
    own = {name: case((beside, touch.c[name]), else_=event.c[name]) for name in OF_ONE}
    itself = touch.c.object_id == _public_id(type_, parent)
    where = (*listing.where, itself, told)
    rows = _with_event(in_this_order(parent, touch), event, touch)
    return replace(listing, columns={**listing.columns, **own}, where=where, rows=rows)


def _for_admins(access: Access) -> ColumnElement[bool]:
    return literal(access.admin)  # false() would take the Org's id out of the statement


def _public_id(type_: str, parent: FromClause) -> ColumnElement[str]:
    """Return the parent's id as the API shows it."""
    org_id, id_ = (_text(number) for number in (ORG_ID, parent.c.id))
    return literal(f"{type_}_", Text()) + org_id + "_" + id_


def _text(number: ColumnElement[Any]) -> ColumnElement[str]:
    return cast(number, Text())


class Log(Listed):
    """The Org's events: all of them, or those that touched what a filter names."""

    def __init__(self) -> None:
        self._all, self._touching = Paged(_of_org), Paged(_touching)

    def page(self, access: Access, shape: Shape, columns: Columns) -> AnySelect:
        """Return the statement for a page."""
        return self._of(shape.filters).page(access, shape, columns)

    def number(self, access: Access, filters: tuple[str, ...]) -> AnySelect:
        """Return the statement for the number of events."""
        return self._of(filters).number(access, filters)

    def _of(self, filters: Sequence[str]) -> Paged:
        return self._touching if OBJECT in filters else self._all


class History(Paged):
    """The events of nodes of one type; who is no admin is told of them as far as it sees."""

    def __init__(self, type_: str) -> None:
        super().__init__(_of_node(type_), ("id", "level"))
        self._type = type_

    async def rows(
        self, reading: Reading, parents: Sequence[Key], page: Page, columns: Columns
    ) -> Sequence[Row]:
        """Return each parent's page."""
        if not self._redacts(reading, columns):
            return await super().rows(reading, parents, page, columns)
        found = await super().rows(reading, parents, page, columns + redaction.TEXTS)
        return await redaction.redacted(reading, self._type, found, columns)

    async def stream(
        self,
        reading: Reading,
        parents: Sequence[Key],
        page: Page,
        columns: Columns,
        take: Take,
    ) -> None:
        """Give the rows of each parent's page to `take`."""
        if self._redacts(reading, columns):
            take(await self.rows(reading, parents, page, columns))
        else:
            await super().stream(reading, parents, page, columns, take)

    def _redacts(self, reading: Reading, columns: Columns) -> bool:
        is_asked = not {*redaction.TEXTS, REDACTED}.isdisjoint(columns)
        return is_asked and not reading.access.admin


of_org = Log()
of_space, of_project, of_asset = map(History, (ids.SPACE, ids.PROJECT, ids.ASSET))
of_member, of_group = (Paged(_of_principal(type_), ("id",)) for type_ in (ids.MEMBER, ids.GROUP))
