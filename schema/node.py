"""The interface of everything that has an id, and the fields that nodes have in common."""

from collections.abc import Callable
from typing import Any

import strawberry

from auth.levels import Permission
from db.clock import as_datetime
from engine.edge import OfContext, column, template

ORG_ID = OfContext("org_id")
UNTOLD = "; null for a space that is listed only because something in it is seen."


@strawberry.interface(description="Anything that has an id.")
class Node:
    """What `node` and `nodes` find."""

    id: strawberry.ID = strawberry.field(
        description="Permanent and opaque; means nothing to whoever may not see the node."
    )


def rows_of(row: type[Any]) -> Callable[[Any, Any], bool]:
    """Return the test by which an object type knows its rows."""

    def is_type_of(value: Any, _info: Any) -> bool:
        return isinstance(value, row)

    return is_type_of


def id_column(type_: str) -> Any:
    """Declare the id of a node of the type, as `db.ids.public_id` writes it."""
    return template(f"{type_}_{{}}_{{}}", ORG_ID, "id", description="Permanent and opaque.")


def permission_column(description: str) -> Any:
    """Declare the viewer's permission on the node."""
    return column("level", make=Permission, description=description)


def revision_column(note: str = "") -> Any:
    """Declare the revision that last changed the node."""
    return column(
        "revision",
        description="The Org's revision that last changed the node itself, 0 since an import. Pass "
        "it as `expectedRevision`, so that nobody's change is overwritten unseen." + note,
    )


def grants_revision_column() -> Any:
    """Declare the revision that last changed what is held on the node."""
    return column(
        "grants_revision",
        description="The Org's revision that last changed the grants on the node, 0 since an "
        "import; null for whoever isn't its OWNER. Pass it as `expectedGrantsRevision`.",
    )


def created_column(*, of_space: bool = False) -> Any:
    """Declare when the node was made; what isn't `of_space` tells it always."""
    return _moment("created_at", "When it was made", of_space=of_space)


def updated_column(*, of_space: bool = False) -> Any:
    """Declare when the node itself, not what is in it, was last changed."""
    return _moment("updated_at", "When it was last changed itself", of_space=of_space)


def _moment(name: str, meaning: str, *, of_space: bool) -> Any:
    text = f"{meaning}{UNTOLD if of_space else '.'}"
    return column(name, raw=as_datetime, description=text)
