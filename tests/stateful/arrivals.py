"""The model's moves and copies, and what happens where a name or a key is taken."""

import re
from collections.abc import Callable
from itertools import count
from typing import NamedTuple

from auth.levels import Permission
from tests.stateful.judging import Done, Given, Making, fold, need, new_key, new_name
from tests.stateful.model import Asset, Deletion, Project, Space
from tests.stateful.tree import add_project, check_revision, put_into_bin

READ, FULL, OWNER = Permission.READ, Permission.FULL, Permission.OWNER


class Arrival(NamedTuple):
    """How something is called where it comes, and what was put into the bin for it first."""

    key: str
    name: str
    undo: Deletion | None = None


def project_move(making: Making, given: Given) -> Done:
    """Move a project into another space."""
    target, project = making.find(given["into"], Space), making.find(given["id"], Project)
    making.need_level(FULL, project)
    making.need_level(OWNER, project, project.space)
    making.need_level(FULL, target)
    need(not project.is_shared, "SHARED_PROJECT")
    need(project.space is not target, "INVALID")
    arrival = arrive(making, given, project, target)
    project.space, project.key, project.name = target, arrival.key, arrival.name
    return Done(project, arrival.undo)


def asset_move(making: Making, given: Given) -> Done:
    """Move an asset into another project."""
    target, asset = making.find(given["into"], Project), making.find(given["id"], Asset)
    making.need_level(FULL, asset)
    making.need_level(FULL, target)
    check_revision(asset, given)
    need(asset.project is not target, "INVALID")
    arrival = arrive(making, given, asset, target)
    asset.project, asset.key, asset.name = target, arrival.key, arrival.name
    return Done(asset, arrival.undo)


def project_copy(making: Making, given: Given) -> Done:
    """Copy a project with its live assets; whoever copies it owns the copy."""
    target, project = making.find(given["into"], Space), making.find(given["id"], Project)
    making.need_level(READ, project)
    making.need_level(FULL, target)
    need(not project.is_shared, "SHARED_PROJECT")
    key, name, undo = arrive(making, given, project, target)
    copy = add_project(making, target, key, name, description=project.description)
    for asset in making.within(project):
        if not asset.deleted:
            _copy_asset(making, asset, copy, asset.key, asset.name)
    return Done(copy, undo)


def asset_copy(making: Making, given: Given) -> Done:
    """Copy an asset into a project."""
    target, asset = making.find(given["into"], Project), making.find(given["id"], Asset)
    making.need_level(READ, asset)
    making.need_level(FULL, target)
    key, name, undo = arrive(making, given, asset, target)
    return Done(_copy_asset(making, asset, target, key, name), undo)


def _copy_asset(making: Making, asset: Asset, into: Project, key: str, name: str) -> Asset:
    model = making.model
    copy = Asset(model.new_id(), key, name, asset.kind, into, asset.metadata, asset.versions[-1:])
    copy.revision = model.revision + 1
    model.assets.append(copy)
    return copy


def arrive(making: Making, given: Given, node: Project | Asset, target: Space | Project) -> Arrival:
    """Return how the node is called at the target, once there is room for it."""
    key = new_key(node.key if given.get("newKey") is None else given["newKey"])
    name = new_name(node.name if given.get("newName") is None else given["newName"])
    live = [one for one in making.within(target) if not one.deleted]
    same_name = [one for one in live if fold(one.name) == fold(name)]
    same_key = [one for one in live if one.key == key]
    if not same_name and not same_key:
        return Arrival(key, name)
    on_clash = given["onClash"]
    need(on_clash != "FAIL", "NAME_TAKEN" if same_name else "KEY_TAKEN")
    need(on_clash != "SKIP", "SKIPPED")
    if on_clash == "OVERWRITE":
        in_way = [one for one in live if one in same_name or one in same_key]
        return Arrival(key, name, _overwrite(making, node, in_way))
    names, keys = {fold(one.name) for one in live}, {one.key for one in live}
    name = _next(name, " ", lambda text: fold(text) not in names) if same_name else name
    key = _next(key, "-", lambda text: text not in keys) if same_key else key
    return Arrival(key, name)


def _next(text: str, separator: str, is_free: Callable[[str], bool]) -> str:
    numbered = re.fullmatch(f"(.+){separator}([1-9][0-9]*)", text)
    stem, number = (numbered[1], int(numbered[2])) if numbered else (text, 1)
    tried = (f"{stem}{separator}{each}" for each in count(number + 1))
    return next(each for each in tried if is_free(each))


def _overwrite(making: Making, node: Project | Asset, in_way: list[Project | Asset]) -> Deletion:
    """Put what is in the way into the bin, and return the first deletion."""
    gone: list[Deletion] = []
    for one in in_way:
        need(one is not node, "INVALID")
        if isinstance(one, Project):
            making.need_level(OWNER, one, one.space)
        else:
            making.need_level(FULL, one)
        gone.append(put_into_bin(making, one))
    return gone[0]
