"""What an asset holds: its metadata, and its content, of which every version is kept."""

from collections.abc import Callable, Mapping
from typing import Any

from sqlalchemy import func, insert, select

from db import ids
from db.ids import NodeId
from db.models import VERSION
from resolvers import values
from resolvers.changes.change import Change, Input
from resolvers.changes.names import checked, is_given

CONTENT: Mapping[str, tuple[str, Callable[[object], str]]] = {
    "mediaType": ("media_type", values.media_type),
    "text": ("text", values.content),
    "reference": ("reference", values.uri),
}


def kind_columns(given: Input) -> dict[str, Any]:
    """Return the column of an asset's kind, if one is given."""
    return {"kind": checked(given, "kind", values.kind)} if is_given(given, "kind") else {}


def metadata_columns(given: Input) -> dict[str, Any]:
    """Return the column of an asset's metadata, if they are given: null for an empty object."""
    if "metadata" not in given:
        return {}
    if given["metadata"] is None:
        return {"metadata": None}
    text = checked(given, "metadata", values.json_text)
    return {"metadata": None if text == "{}" else text}


def content_columns(given: Input) -> dict[str, Any] | None:
    """Return the columns of a version of the content, if one is given."""
    content: Input | None = given.get("content")
    if content is None:
        return None
    return {
        column: checked({f"content.{name}": content[name]}, f"content.{name}", check)
        for name, (column, check) in CONTENT.items()
        if content.get(name) is not None
    }


async def add_version(making: Change, asset: NodeId, columns: Mapping[str, Any]) -> int:
    """Add a version, by the asker, and return its number."""
    number = await newest_number(making, asset) + 1
    await making.connection.execute(
        insert(VERSION).values(
            org_id=making.org.id,
            id=await ids.reserve(making.connection, making.org.id, 1),
            asset_id=asset.id,
            number=number,
            created_at=making.now,
            created_by=making.subject.member_id,
            **columns,
        )
    )
    return number


async def newest_number(making: Change, asset: NodeId) -> int:
    """Return the number of the newest version, 0 where there is none."""
    of_asset = (VERSION.c.org_id == making.org.id, VERSION.c.asset_id == asset.id)
    newest = select(func.coalesce(func.max(VERSION.c.number), 0)).where(*of_asset)
    return int(await making.connection.scalar(newest) or 0)
