"""The recycle bin: deletions that can be taken back, what each hides, and what is purged."""

from typing import Any, NamedTuple

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    FromClause,
    Text,
    and_,
    case,
    cast,
    exists,
    false,
    func,
    literal,
    not_,
    or_,
    select,
)

from auth.access import ORG_ID, Access
from db import ids
from db.models import ASSET, DELETION, ORG, PROJECT
from db.queries import in_this_order
from engine.page import Orders
from resolvers.bin import held_there, is_binned, is_own, levels_there, seen_path
from resolvers.listing import Expression, Listing
from resolvers.pagination import Matched, Paged

DAY = 86_400_000_000  # microseconds


class DeletionRow(NamedTuple):
    """A deletion's columns; `by_id` is the member who deleted, None if nobody did.

    For whoever is no admin `path` is where it would come back to, as far as that is seen now;
    `redacted` says whether that isn't all of it.
    """

    org_id: int
    id: int
    kind: str
    key: str
    name: str
    path: str
    by_id: int | None
    deleted_at: int
    purges_at: int
    redacted: bool


class HiddenRow(NamedTuple):
    """How many nodes a deletion hides, what was deleted itself among them."""

    spaces: int
    projects: int
    assets: int


class PurgeRow(NamedTuple):
    """A purge's columns; `rows_to_purge` is None until they are counted."""

    org_id: int
    id: int
    kind: str
    key: str
    name: str
    path: str
    asked_at: int
    rows_to_purge: int | None
    rows_purged: int
    purged_at: int | None


ORDERS: Orders = {"DELETED_AT": {"deleted_at": int, "id": int}, "PATH": {"path": str, "id": int}}
PURGE_ORDERS: Orders = {"ASKED_AT": {"asked_at": int, "id": int}, "PATH": {"path": str, "id": int}}
COLUMNS = (
    *("org_id", "id", "kind", "node_id", "parent_id", "key", "name", "folded", "path", "by_id"),
    *("rows_to_purge", "rows_purged", "purged_at"),
)


def is_asked(deletion: FromClause) -> ColumnElement[bool]:
    """Return the condition that a deletion is being purged."""
    return and_(deletion.c.purge_asked_at.is_not(None), deletion.c.purged_at.is_(None))


def due_at(deletion: FromClause, retention_days: Expression) -> Expression:
    """Return when a deletion is to be purged, in microseconds."""
    kept = cast(retention_days, BigInteger()) * literal(DAY, BigInteger())
    return deletion.c.began_at + kept


def _columns(deletion: FromClause) -> dict[str, Expression]:
    return {
        **{name: deletion.c[name] for name in COLUMNS},
        "full_path": deletion.c.path,
        "deleted_at": deletion.c.began_at,
        "asked_at": deletion.c.purge_asked_at,
    }


def _deletions(access: Access, deletion: FromClause, source: FromClause, *where: Any) -> Listing:
    kept = select(ORG.c.retention_days).where(ORG.c.id == ORG_ID).scalar_subquery()
    path, redacted = (deletion.c.path, false()) if access.admin else seen_path(access, deletion)
    columns = {
        **_columns(deletion),
        "path": path,
        "redacted": redacted,
        "deleted_by": _member(deletion),
        "purges_at": due_at(deletion, kept),
        **levels_there(access, deletion),
    }
    binned = (deletion.c.org_id == ORG_ID, is_binned(deletion), not_(_goes_with_parent(deletion)))
    own = () if access.admin else is_own(deletion)
    return Listing(deletion, source, columns, (*binned, *own, *where))


def _member(deletion: FromClause) -> Expression:
    """Return the public id of the member who deleted, as `db.ids.public_id` writes it."""
    numbers = (cast(deletion.c[name], Text()) for name in ("org_id", "by_id"))
    org_id, by_id = numbers
    return literal(f"{ids.MEMBER}_", Text()).concat(org_id).concat("_").concat(by_id)


def _goes_with_parent(deletion: FromClause) -> ColumnElement[bool]:
    """Return whether what it lay in, or what that lies in, is being purged."""
    project = PROJECT.alias("above")
    above = (project.c.org_id == ORG_ID, project.c.id == deletion.c.parent_id)
    with_space = exists().where(*above, _goes(project.c.space_id, deletion, project))
    return or_(_goes(deletion.c.parent_id, deletion), with_space.correlate(deletion))


def _goes(node_id: Expression, *around: FromClause) -> ColumnElement[bool]:
    purge = DELETION.alias()
    asked = (purge.c.org_id == ORG_ID, is_asked(purge), purge.c.node_id == node_id)
    return exists().where(*asked).correlate(*around)


def _of_org(access: Access, _parent: None) -> Listing:
    deletion = DELETION.alias("deletion")
    return _deletions(access, deletion, deletion)


def _by(column: str) -> Any:
    """Return what builds the listing of the deletions that a parent's column leads to."""

    def build(access: Access, parent: FromClause) -> Listing:
        deletion = DELETION.alias("deletion")
        source = in_this_order(parent, deletion)
        return _deletions(access, deletion, source, deletion.c[column] == parent.c[column])

    return build


def _hidden(access: Access, parent: FromClause) -> Listing:
    """Return the listing of the sums; who is no admin is told of what they would see restored."""
    deletion = DELETION.alias("deletion")
    kind, node_id = deletion.c.kind, deletion.c.node_id
    live = (ASSET.c.org_id == ORG_ID, ASSET.c.deleted_at.is_(None))
    reach = held_there(access)
    seen = (PROJECT.c.org_id == ORG_ID, access.project_seen(PROJECT, reach))
    in_space = (*seen, PROJECT.c.deleted_at.is_(None), PROJECT.c.space_id == node_id)
    within = reach.join(PROJECT, PROJECT.c.space_id, outer=True)
    both = in_this_order(within, ASSET, ASSET.c.project_id == PROJECT.c.id)
    projects = _number(within, deletion, *in_space)
    in_project = _number(both, deletion, *seen, *live, PROJECT.c.id == node_id)
    assets = _number(both, deletion, *in_space, *live)
    columns: dict[str, Expression] = {
        "spaces": case((kind == "SPACE", 1), else_=0),
        "projects": case((kind == "SPACE", projects), (kind == "PROJECT", 1), else_=0),
        "assets": case((kind == "SPACE", assets), (kind == "PROJECT", in_project), else_=1),
    }
    where = (deletion.c.org_id == ORG_ID, deletion.c.id == parent.c.id)
    return Listing(deletion, in_this_order(parent, deletion), columns, where)


def _number(source: FromClause, deletion: FromClause, *where: Any) -> Expression:
    counted = select(func.count()).select_from(source).where(*where)
    return counted.correlate(deletion).scalar_subquery()


def _purges(access: Access, source: FromClause, purge: FromClause, *where: Any) -> Listing:
    asked = (purge.c.org_id == ORG_ID, purge.c.purge_asked_at.is_not(None))
    told = () if access.admin else (false(),)
    return Listing(purge, source, _columns(purge), (*asked, *told, *where))


def _purges_of_org(access: Access, _parent: None) -> Listing:
    purge = DELETION.alias("purge")
    return _purges(access, purge, purge)


def _purge_of_node(access: Access, parent: FromClause) -> Listing:
    purge = DELETION.alias("purge")
    return _purges(access, in_this_order(parent, purge), purge, purge.c.node_id == parent.c.node_id)


of_org, by_id = Paged(_of_org), Matched(_by("id"), ("id",))
of_node, hidden = Matched(_by("node_id"), ("node_id",)), Matched(_hidden, ("id",))
purges_of_org, purge_of_node = Paged(_purges_of_org), Matched(_purge_of_node, ("node_id",))
