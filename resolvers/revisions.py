"""The revision of a node: that of the Org which last changed it, as the log has it."""

from typing import Any

from sqlalchemy import ColumnElement, FromClause, Select, Text, cast, func, literal, select

from db.models import TOUCH


def last_revision(org_id: Any, object_id: Any) -> Select[Any]:
    """Return the statement for the last event that touched a node, by its public id; 0 for none."""
    touch = TOUCH.alias()
    of_node = (touch.c.org_id == org_id, touch.c.object_id == object_id)
    return select(func.coalesce(func.max(touch.c.revision), 0)).where(*of_node)


def revision_column(type_: str, node: FromClause, org_id: Any) -> ColumnElement[int]:
    """Return the revision of the rows of a node's table, whose ids are of the type."""
    own = [cast(node.c[name], Text()) for name in ("org_id", "id")]
    object_id = literal(f"{type_}_", Text()) + own[0] + literal("_", Text()) + own[1]
    return last_revision(org_id, object_id).correlate(node).scalar_subquery()
