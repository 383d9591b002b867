"""The model's recycle bin: restoring, purging, and what the server does there by itself."""

from auth.levels import Permission
from tests.stateful.judging import Done, Given, Making, need, new_key, new_name
from tests.stateful.model import (
    DAY,
    Asset,
    Deletion,
    Model,
    Node,
    Project,
    Space,
    State,
)

FULL, OWNER = Permission.FULL, Permission.OWNER


def restore(making: Making, given: Given) -> Done:
    """Take a deletion back, into where it was or elsewhere."""
    deletion = _binned(making, given)
    node, into = deletion.node, given.get("into")
    need(into is None or not isinstance(node, Space), "INVALID")
    target = _target(making, node, into)
    parent = None if isinstance(node, Space) else next(iter(list(making.model.above(node))[1:]))
    _may_write(making, node)
    if target is not None and target is not parent:
        making.need_level(FULL, node, binned=True)
        making.need_level(FULL, target, binned=True)
    elif target is None:
        above = list(making.model.above(node))[1:]
        need(not any(one.deleted for one in above), "PARENT_DELETED")
    moves = target is not None and target is not parent
    _come_back(making, given, node, target, moves=moves)
    deletion.state = State.RESTORED
    return Done(node)


def _binned(making: Making, given: Given) -> Deletion:
    found = seen_in_bin(making.model, making.actor.id, admin=making.actor.admin)
    deletion = next((one for one in found if one.id == given["id"]), None)
    need(deletion, "NOT_FOUND")
    assert deletion is not None
    return deletion


def seen_in_bin(model: Model, member: str, *, admin: bool) -> list[Deletion]:
    """Return what a member sees in the bin: admins all, others what they deleted."""
    purged = {one.node for one in model.deletions if one.state is State.ASKED}
    return [
        one
        for one in model.deletions
        if one.state is State.BINNED
        and (admin or one.by.id == member)
        and not purged & set(list(model.above(one.node))[1:])
    ]


def _target(making: Making, node: Node, into: str | None) -> Space | Project | None:
    if into is None:
        return None
    target: Space | Project = making.find(into, Project if isinstance(node, Asset) else Space)
    return target


def _may_write(making: Making, node: Node) -> None:
    """Refuse to restore what the actor might not delete, or move, if it were live."""
    if isinstance(node, Asset):
        making.need_level(FULL, node, binned=True)
    else:
        space = node.space if isinstance(node, Project) else None
        making.need_level(OWNER, node, space, binned=True)


def _come_back(
    making: Making, given: Given, node: Node, target: Space | Project | None, *, moves: bool
) -> None:
    name, key = given.get("newName"), given.get("newKey")
    name = node.name if name is None else new_name(name)
    need(key is None or not isinstance(node, Space), "INVALID")
    key = node.key if key is None else new_key(key)
    if isinstance(node, Space):
        making.is_free(making.model.spaces, None, name)
    else:
        parent = target or (node.project if isinstance(node, Asset) else node.space)
        assert parent is not None
        live = [one.key for one in making.within(parent) if not one.deleted]
        need(moves or key == node.key or node.key in live, "INVALID")
        making.is_free(making.within(parent), key, name)
        if isinstance(node, Asset) and isinstance(parent, Project):
            node.project = parent
        elif isinstance(node, Project) and isinstance(parent, Space):
            node.space = parent
    node.name, node.key, node.deleted = name, key, False


def purge(making: Making, given: Given) -> Done:
    """Ask for a purge."""
    deletion = _binned(making, given)
    making.be_admin()
    need(given["confirmName"] == deletion.name, "CONFIRMATION")
    _ask(making.model, deletion)
    return Done(deletion.node)


def _ask(model: Model, deletion: Deletion) -> None:
    deletion.state, deletion.asked_at = State.ASKED, model.now


def work(model: Model) -> set[str]:
    """Do what the server does by itself; return the ids of the nodes that are gone for good."""
    expired = [grant for grant in model.grants if not model.in_force(grant)]
    model.grants = [grant for grant in model.grants if model.in_force(grant)]
    kept = model.retention_days * DAY
    binned = [one for one in model.deletions if one.state is State.BINNED]
    overdue = [one for one in binned if one.at <= model.now - kept]
    for deletion in overdue:
        _ask(model, deletion)
    purges = [one for one in model.deletions if one.state is State.ASKED]
    gone = {node for one in purges for node in model.nodes if one.node in model.above(node)}
    model.revision += len(expired) + len(overdue) + len(purges)
    _remove(model, gone)
    for purge in purges:
        purge.state = State.PURGED
    return {node.id for node in gone}


def _remove(model: Model, gone: set[Node]) -> None:
    model.spaces = [node for node in model.spaces if node not in gone]
    model.projects = [node for node in model.projects if node not in gone]
    model.assets = [node for node in model.assets if node not in gone]
    model.grants = [grant for grant in model.grants if grant.on not in gone]
    model.purged += sorted(node.id for node in gone)
    for deletion in model.deletions:
        if deletion.node in gone and deletion.state is State.BINNED:
            deletion.state = State.GONE
