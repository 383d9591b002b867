"""The model's changes of spaces, projects and assets, but for moving and copying them."""

from typing import Any

from auth.levels import Held, Permission
from tests.stateful.judging import Done, Given, Making, need, new_key, new_name, new_title, refuse
from tests.stateful.model import SHARED, Asset, Deletion, Grant, Node, Project, Space

FULL, OWNER = Permission.FULL, Permission.OWNER


def org_update(making: Making, given: Given) -> Done:
    """Change the Org's name, and how long its bin keeps things."""
    making.be_admin()
    name, days = given.get("name"), given.get("retentionDays")
    making.model.name = making.model.name if name is None else new_title(name)
    need(days is None or 1 <= days <= 36_500, "INVALID")
    making.model.retention_days = days or making.model.retention_days
    return Done(making.model)


def space_create(making: Making, given: Given) -> Done:
    """Make a space with its shared project."""
    making.be_admin()
    model, key, name = making.model, new_key(given["key"]), new_name(given["name"])
    same_key = any(space.key == key for space in model.spaces)  # if only in the bin
    names = [space for space in model.spaces if not space.deleted]
    same_name = any(space.name.casefold() == name.casefold() for space in names)
    if same_key or same_name:
        refuse(*["KEY_TAKEN"] * same_key, *["NAME_TAKEN"] * same_name)
    space = Space(model.new_id(), key, name, given.get("description"))
    model.spaces.append(space)
    model.projects.append(Project(model.new_id(), SHARED, SHARED, space))
    return Done(space)


def space_rename(making: Making, given: Given) -> Done:
    """Give a space another name."""
    name, space = new_name(given["name"]), making.find(given["id"], Space)
    making.need_level(FULL, space)
    making.is_free(making.model.spaces, None, name, but=space)
    space.name = name
    return Done(space)


def space_update(making: Making, given: Given) -> Done:
    """Change what is said of a space."""
    space = making.find(given["id"], Space)
    making.need_level(OWNER, space)
    space.description = given.get("description")
    return Done(space)


def space_delete(making: Making, given: Given) -> Done:
    """Put a space into the bin."""
    space = making.find(given["id"], Space)
    making.need_level(OWNER, space)
    return Done(space, put_into_bin(making, space))


def project_create(making: Making, given: Given) -> Done:
    """Make a project; whoever makes it owns it."""
    space = making.find(given["space"], Space)
    making.need_level(FULL, space)
    key, name = new_key(given["key"]), new_name(given["name"])
    making.is_free(making.within(space), key, name)
    return Done(add_project(making, space, key, name, description=given.get("description")))


def add_project(
    making: Making, space: Space, key: str, name: str, *, description: str | None
) -> Project:
    """Add a project that the actor owns."""
    model = making.model
    project = Project(model.new_id(), key, name, space, description)
    model.projects.append(project)
    model.grants.append(Grant(project, making.actor, Held(OWNER)))
    return project


def project_rename(making: Making, given: Given) -> Done:
    """Give a project another name."""
    name, project = new_name(given["name"]), making.find(given["id"], Project)
    making.need_level(FULL, project)
    need(not project.is_shared, "SHARED_PROJECT")
    making.is_free(making.within(project.space), None, name, but=project)
    project.name = name
    return Done(project)


def project_update(making: Making, given: Given) -> Done:
    """Change what is said of a project."""
    project = making.find(given["id"], Project)
    making.need_level(FULL, project)
    project.description = given.get("description")
    return Done(project)


def project_delete(making: Making, given: Given) -> Done:
    """Put a project into the bin."""
    project = making.find(given["id"], Project)
    making.need_level(OWNER, project, project.space)
    need(not project.is_shared, "SHARED_PROJECT")
    return Done(project, put_into_bin(making, project))


def asset_create(making: Making, given: Given) -> Done:
    """Make an asset, with the first version of its content if that is given."""
    project = making.find(given["project"], Project)
    making.need_level(FULL, project)
    kind = new_kind(given["kind"])
    key, name = new_key(given["key"]), new_name(given["name"])
    making.is_free(making.within(project), key, name)
    model = making.model
    asset = Asset(model.new_id(), key, name, kind, project, given.get("metadata") or {})
    asset.versions += new_version(given)
    model.assets.append(asset)
    return Done(asset)


def asset_rename(making: Making, given: Given) -> Done:
    """Give an asset another name."""
    name, asset = new_name(given["name"]), found_asset(making, given)
    making.is_free(making.within(asset.project), None, name, but=asset)
    asset.name = name
    return Done(asset)


def asset_update(making: Making, given: Given) -> Done:
    """Change an asset's name, kind and metadata, and add a version, as far as given."""
    versions, metadata = new_version(given), given.get("metadata")
    kind = None if given.get("kind") is None else new_kind(given["kind"])
    name = None if given.get("name") is None else new_name(given["name"])
    need({"name", "kind", "metadata", "content"} & given.keys(), "INVALID")
    asset = found_asset(making, given)
    asset.kind, asset.metadata = (
        kind or asset.kind,
        asset.metadata if metadata is None else metadata,
    )
    if name is not None:
        making.is_free(making.within(asset.project), None, name, but=asset)
        asset.name = name
    asset.versions += versions
    return Done(asset)


def asset_delete(making: Making, given: Given) -> Done:
    """Put an asset into the bin."""
    asset = found_asset(making, given)
    return Done(asset, put_into_bin(making, asset))


def found_asset(making: Making, given: Given) -> Any:
    """Return the asset that is to be written, at the revision that is expected."""
    asset = making.find(given["id"], Asset)
    making.need_level(FULL, asset)
    check_revision(asset, given)
    return asset


def check_revision(asset: Asset, given: Given) -> None:
    """Refuse the change of an asset that was changed since."""
    need(given.get("expectedRevision") in (None, asset.revision), "STALE")


def new_kind(kind: str) -> str:
    """Return a kind; INVALID where it won't do."""
    need(kind.isidentifier() and kind == kind.upper(), "INVALID")
    return kind


def new_version(given: Given) -> list[str]:
    """Return the text of a new version, if one is given; INVALID for what is none."""
    content = given.get("content")
    if content is None:
        return []
    need(content.get("text") is not None, "INVALID")
    return [content["text"]]


def put_into_bin(making: Making, node: Node) -> Deletion:
    """Mark a node, and whoever did it."""
    node.deleted, model = True, making.model
    keys = [each.key for each in model.above(node)]
    path = "/".join(reversed(keys))
    named = (node.key, node.name, path)
    deletion = Deletion(model.new_id(), node, making.actor, *named, model.now)
    model.deletions.append(deletion)
    return deletion
