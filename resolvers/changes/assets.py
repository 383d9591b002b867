"""Changes of assets, but for moving, copying and deleting them."""

from dataclasses import replace
from typing import Any

from db import ids
from resolvers import values
from resolvers.changes.change import Change, Done, Input
from resolvers.changes.contents import (
    add_version,
    content_columns,
    kind_columns,
    metadata_columns,
    newest_number,
)
from resolvers.changes.names import checked, is_given, key_of, name_columns
from resolvers.changes.rows import add, changed, path_of, told, updated


async def create(making: Change, given: Input) -> Done:
    """Make an asset in a project, with the first version of its content if that is given."""
    project = await making.find(given["project"], ids.PROJECT, "project")
    await making.require("asset.create", "project", target=project)
    kind = checked(given, "kind", values.kind)
    columns = {"key": key_of(given), **name_columns(given), "kind": kind, **metadata_columns(given)}
    content = content_columns(given)
    id_ = await ids.reserve(making.connection, making.org.id, 1)
    placed = {"project_id": project.id, "placed_at": making.now}
    node = await add(making, ids.ASSET, id_, **columns, **placed)
    after = told(columns)
    if content is not None:
        after |= _version(await add_version(making, node, content), content)
    return Done("asset.create", node, await path_of(making, node), after=after)


async def rename(making: Change, given: Input) -> Done:
    """Give an asset another name; its key stays."""
    return await changed(making, given, "asset.rename", name_columns(given))


async def update(making: Change, given: Input) -> Done:
    """Change an asset's name, kind, metadata and content, as far as given."""
    content = content_columns(given) if is_given(given, "content") else None
    columns = {**kind_columns(given), **metadata_columns(given)}
    done = await updated(making, given, "asset", columns, also=content is not None)
    if content is None:
        return done
    newest = await newest_number(making, done.node)
    before = {**(done.before or {}), "version": newest or None}
    version = _version(await add_version(making, done.node, content), content)
    return replace(done, before=before, after={**(done.after or {}), **version})


def _version(number: int, content: dict[str, Any]) -> dict[str, Any]:
    """Return what the log tells of a version: never the content itself."""
    return {"version": number, "mediaType": content["media_type"]}
