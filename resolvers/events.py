"""The log: the Org's events for its admins, and a node's own for whoever is its OWNER."""

from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, FromClause, Text, cast, literal

from auth.access import ORG_ID, Access
from auth.levels import Permission
from db import ids
from db.models import EVENT
from engine.page import Orders
from resolvers.listing import Build, Listing
from resolvers.pagination import Paged


class EventRow(NamedTuple):
    """An event's columns; `actor` and `object_id` are public ids, `before` and `after` JSON."""

    org_id: int
    revision: int
    at: int
    actor: str
    through: str
    action: str
    object_id: str
    path: str
    before: str | None
    after: str | None
    request_id: str | None


ORDERS: Orders = {"REVISION": {"revision": int}}


def _listing(event: FromClause, *where: ColumnElement[bool]) -> Listing:
    columns = {**{name: event.c[name] for name in EventRow._fields}, "id": event.c.revision}
    return Listing(event, event, columns, (event.c.org_id == ORG_ID, *where))


def _of_org(access: Access, _parent: None) -> Listing:
    return _listing(EVENT.alias("event"), _for_admins(access))


def _of_node(type_: str) -> Build:
    """Return what makes the listing of the events of nodes of the type, for their OWNER."""

    def build(_access: Access, parent: FromClause) -> Listing:
        event, owned = EVENT.alias("event"), parent.c.level >= int(Permission.OWNER)
        return _listing(event, _about(event, type_, parent), owned)

    return build


def _of_principal(type_: str) -> Build:
    """Return what makes the listing of the events of members or groups, for admins."""

    def build(access: Access, parent: FromClause) -> Listing:
        event = EVENT.alias("event")
        return _listing(event, _about(event, type_, parent), _for_admins(access))

    return build


def _for_admins(access: Access) -> ColumnElement[bool]:
    return literal(access.admin)  # false() would take the Org's id out of the statement


def _about(event: FromClause, type_: str, parent: FromClause) -> ColumnElement[bool]:
    """Return the condition that an event's object is the parent, by its id as the API shows it."""
    org_id, id_ = (_text(number) for number in (ORG_ID, parent.c.id))
    return event.c.object_id == literal(f"{type_}_", Text()) + org_id + "_" + id_


def _text(number: ColumnElement[Any]) -> ColumnElement[str]:
    return cast(number, Text())


of_org = Paged(_of_org)
of_space, of_project, of_asset = (
    Paged(_of_node(type_), ("id", "level")) for type_ in (ids.SPACE, ids.PROJECT, ids.ASSET)
)
of_member, of_group = (Paged(_of_principal(type_), ("id",)) for type_ in (ids.MEMBER, ids.GROUP))
