"""What a mutation must come to, by the model: made, or refused by which code."""

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TypeAlias

from auth.levels import Permission
from db.ids import parse_id
from tests.stateful import arrivals, binning, grouping, holding, people, tree
from tests.stateful.fitting import check_input
from tests.stateful.judging import About, Done, Given, Item, Making, RefusedError, check_ids
from tests.stateful.model import Asset, Deletion, Model, Node, Space
from tests.stateful.seeing import Sight, org_of

Change: TypeAlias = Callable[[Making, Given], Done]
Levels: TypeAlias = dict[tuple[str, str, str], Permission]  # by member, kind and node

# Each mutation of one thing, by its name in the schema.
CHANGES: Mapping[str, Change] = {
    "spaceCreate": tree.space_create,
    "spaceRename": tree.space_rename,
    "spaceUpdate": tree.space_update,
    "spaceDelete": tree.space_delete,
    "projectCreate": tree.project_create,
    "projectRename": tree.project_rename,
    "projectUpdate": tree.project_update,
    "projectMove": arrivals.project_move,
    "projectCopy": arrivals.project_copy,
    "projectDelete": tree.project_delete,
    "assetCreate": tree.asset_create,
    "assetRename": tree.asset_rename,
    "assetUpdate": tree.asset_update,
    "assetMove": arrivals.asset_move,
    "assetCopy": arrivals.asset_copy,
    "assetDelete": tree.asset_delete,
    "grantSet": holding.grant_set,
    "grantRevoke": holding.grant_revoke,
    "grantsReplace": holding.grants_replace,
    "ownershipTransfer": holding.ownership_transfer,
    "memberAdd": people.member_add,
    "memberUpdate": people.member_update,
    "memberDeactivate": people.member_deactivate,
    "memberReactivate": people.member_reactivate,
    "memberRemove": people.member_remove,
    "serviceAccountCreate": people.service_account_create,
    "groupCreate": grouping.group_create,
    "groupRename": grouping.group_rename,
    "groupUpdate": grouping.group_rename,
    "groupDelete": grouping.group_delete,
    "groupMembersAdd": grouping.group_members_add,
    "groupMembersRemove": grouping.group_members_remove,
    "orgUpdate": tree.org_update,
    "restore": binning.restore,
    "purge": binning.purge,
}
# Each mutation of many, and that of one which it makes of each.
BULK: Mapping[str, str] = {
    "spacesDelete": "spaceDelete",
    "projectsMove": "projectMove",
    "projectsCopy": "projectCopy",
    "projectsDelete": "projectDelete",
    "assetsMove": "assetMove",
    "assetsCopy": "assetCopy",
    "assetsDelete": "assetDelete",
    "restores": "restore",
}


@dataclass(frozen=True)
class Request:
    """A mutation, by a member given by its id, with its input."""

    name: str
    actor: str
    given: Given


@dataclass(frozen=True)
class Outcome:
    """The model after it, and the answer: one of the codes if there are any.

    `revision` is None where nothing was changed.
    """

    model: Model
    codes: tuple[str, ...] = ()
    revision: int | None = None
    about: About = None
    undo: Deletion | None = None
    items: tuple[Item, ...] | None = None


def predict(model: Model, request: Request) -> Outcome:
    """Return what comes of a mutation; the model stays as it is."""
    trial = model.copy()
    try:
        check_input(request.name, request.given)
        if request.name in BULK:
            return _many(model, request)
        return _one(trial, request)
    except RefusedError as refused:
        # Grants that had expired may have been ended, with their events, before it was refused.
        return Outcome(model if trial.revision == model.revision else trial, refused.codes)


def _one(trial: Model, request: Request) -> Outcome:
    done = CHANGES[request.name](Making(trial, request.actor), request.given)
    if done.items is not None and all(item.codes for item in done.items):
        return Outcome(trial, (), None, done.about, items=done.items)
    trial.revision += 1
    if isinstance(done.about, Asset):
        done.about.revision = trial.revision
    return Outcome(trial, (), trial.revision, done.about, done.undo, done.items)


def _many(model: Model, request: Request) -> Outcome:
    Making(model, request.actor)
    check_ids(request.given["ids"])
    made: dict[str, Outcome] = {}
    ids = request.given["ids"]
    for id_ in sorted(ids, key=_age) if request.name == "restores" else ids:
        each = Request(BULK[request.name], request.actor, {**request.given, "id": id_})
        one = made[id_] = predict(model, each)
        model = one.model
    items = tuple(Item(id_, made[id_].codes, made[id_].about, made[id_].undo) for id_ in ids)
    revision = max((one.revision for one in made.values() if one.revision), default=None)
    return Outcome(model, (), revision, items=items)


def _age(id_: str) -> int:
    """Return what is the least for the newest."""
    found = parse_id(id_)
    return 0 if found is None else -found.id


def everyones(model: Model) -> Levels:
    """Return everyone's level on everything, where there is one."""
    org = org_of(model)
    sights = [Sight(org, member.id, now=model.now) for member in model.members if member.active]
    return {
        (sight.member, kind_of(node), node.id): sight.level(node.path)
        for sight in sights
        for node in model.nodes
        if sight.level(node.path)
    }


def difference(before: Levels, after: Levels) -> dict[tuple[str, str, str], tuple[str, str]]:
    """Return each pair whose level differs, with the names of both."""
    none = Permission.NONE
    both = {key: (before.get(key, none), after.get(key, none)) for key in before | after}
    return {key: (was.name, now.name) for key, (was, now) in both.items() if was is not now}


def counted(pairs: Mapping[tuple[str, str, str], tuple[str, str]]) -> Counter[tuple[str, ...]]:
    """Return how many pairs of a kind go from which level to which."""
    return Counter((kind, was, now) for (_, kind, _), (was, now) in pairs.items())


def kind_of(node: Node) -> str:
    """Return the kind of a node as the API calls it."""
    if isinstance(node, Asset):
        return "ASSET"
    return "SPACE" if isinstance(node, Space) else "PROJECT"
