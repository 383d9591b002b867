"""The input of each mutation of the schema, made up; one without an entry fails a test."""

from collections.abc import Callable, Mapping
from typing import Any, TypeAlias

from tests.stateful.drawing import LEVELS, NAMES, SPACE_KEYS, Draw
from tests.stateful.model import Asset, Project, Space

Input: TypeAlias = dict[str, Any]


def _named(draw: Draw, id_: str) -> Input:
    return {"id": id_, "name": draw.name()}


def _given(values: Input) -> Input:
    """Return the values that an update is to change: what is left out stays."""
    return {name: value for name, value in values.items() if value is not None}


def _described(draw: Draw, id_: str) -> Input:
    return {"id": id_, "description": draw.of((None, "Another"))}


def _space_create(draw: Draw) -> Input:
    return {"key": draw.key(SPACE_KEYS), "name": draw.name(), "description": draw.maybe("About")}


def _project_create(draw: Draw) -> Input:
    named = {"key": draw.key(), "name": draw.name(), "description": draw.maybe("About")}
    return {"space": draw.space(), **named}


def _asset_create(draw: Draw) -> Input:
    return {
        "project": draw.holder(),
        "key": draw.key(),
        "name": draw.name(),
        "kind": "file" if draw.rarely() else "FILE",
        "metadata": draw.maybe({"size": 1}),
        "content": draw.content(),
    }


def _asset_rename(draw: Draw) -> Input:
    given = _named(draw, draw.asset())
    return {**given, "expectedRevision": draw.revision(given["id"])}


def _asset_update(draw: Draw) -> Input:
    id_ = draw.asset()
    wanted = {
        "name": draw.maybe(draw.name()),
        "kind": draw.of((None, "TASK", "PIPELINE", "a task")),
        "metadata": draw.of((None, {}, {"size": 2})),
        "content": draw.content(),
    }
    return {"id": id_, **_given(wanted), "expectedRevision": draw.revision(id_)}


def _asset_move(draw: Draw) -> Input:
    id_ = draw.asset()
    revision = {"expectedRevision": draw.revision(id_)}
    return {"id": id_, "into": draw.holder(), **revision, **draw.arrival()}


def _asset_delete(draw: Draw) -> Input:
    id_ = draw.asset()
    return {"id": id_, "expectedRevision": draw.revision(id_)}


def _grants_replace(draw: Draw) -> Input:
    return {"node": draw.place(), "grants": [draw.grant() for _ in range(draw.of((2, 1, 0)))]}


def _ownership_transfer(draw: Draw) -> Input:
    parties = {"to": draw.principal(), "from": draw.maybe(draw.principal())}
    return {"node": draw.place(), **parties, "keep": draw.of((None, *LEVELS))}


def _going(draw: Draw) -> Input:
    return {"id": draw.member(), "heir": draw.maybe(draw.member())}


def _joining(draw: Draw) -> Input:
    known = [member.id for member in draw.model.members]
    return {"group": draw.group(), "members": draw.some([*known, "mem_1_9999"])}


def _into(draw: Draw, ids: list[str], target: str) -> Input:
    return {"ids": ids, "into": target, "onClash": draw.arrival()["onClash"]}


def _restore(draw: Draw) -> Input:
    new, id_ = draw.arrival(), draw.of(draw.deletions())
    into = draw.of((None, None, draw.space(), draw.holder()))
    return {"id": id_, "newName": new["newName"], "newKey": new["newKey"], "into": into}


def _purge(draw: Draw) -> Input:
    id_ = draw.of(draw.deletions())
    names = {deletion.id: deletion.name for deletion in draw.model.deletions}
    return {"id": id_, "confirmName": "Site" if draw.rarely() else names.get(id_, "Site")}


INPUTS: Mapping[str, Callable[[Draw], Input]] = {
    "spaceCreate": _space_create,
    "spaceRename": lambda draw: _named(draw, draw.space()),
    "spaceUpdate": lambda draw: _described(draw, draw.space()),
    "spaceDelete": lambda draw: {"id": draw.space()},
    "spacesDelete": lambda draw: {"ids": draw.many(Space)},
    "projectCreate": _project_create,
    "projectRename": lambda draw: _named(draw, draw.project()),
    "projectUpdate": lambda draw: _described(draw, draw.holder()),
    "projectMove": lambda draw: {"id": draw.project(), "into": draw.space(), **draw.arrival()},
    "projectsMove": lambda draw: _into(draw, draw.many(Project), draw.space()),
    "projectCopy": lambda draw: {"id": draw.project(), "into": draw.space(), **draw.arrival()},
    "projectsCopy": lambda draw: _into(draw, draw.many(Project), draw.space()),
    "projectDelete": lambda draw: {"id": draw.project()},
    "projectsDelete": lambda draw: {"ids": draw.many(Project)},
    "assetCreate": _asset_create,
    "assetRename": _asset_rename,
    "assetUpdate": _asset_update,
    "assetMove": _asset_move,
    "assetsMove": lambda draw: _into(draw, draw.many(Asset), draw.holder()),
    "assetCopy": lambda draw: {"id": draw.asset(), "into": draw.holder(), **draw.arrival()},
    "assetsCopy": lambda draw: _into(draw, draw.many(Asset), draw.holder()),
    "assetDelete": _asset_delete,
    "assetsDelete": lambda draw: {"ids": draw.many(Asset)},
    "grantSet": lambda draw: {"node": draw.place(), **draw.grant()},
    "grantRevoke": lambda draw: {"node": draw.place(), "principal": draw.principal()},
    "grantsReplace": _grants_replace,
    "ownershipTransfer": _ownership_transfer,
    "memberAdd": lambda draw: {
        **draw.newcomer(),
        "name": draw.of(NAMES),
        "admin": draw.of((False, True)),
    },
    "memberUpdate": lambda draw: _named(draw, draw.member()),
    "memberDeactivate": _going,
    "memberReactivate": lambda draw: {"id": draw.member()},
    "memberRemove": _going,
    "serviceAccountCreate": lambda draw: {"key": draw.key(("bot", "n0")), "name": draw.of(NAMES)},
    "groupCreate": lambda draw: {
        "key": draw.key(("g1", "g2", "g3", "admins")),
        "name": draw.of(NAMES),
        "members": draw.of((None, draw.some([one.id for one in draw.model.members]))),
    },
    "groupRename": lambda draw: _named(draw, draw.group()),
    "groupUpdate": lambda draw: _named(draw, draw.group()),
    "groupDelete": lambda draw: {"id": draw.group()},
    "groupMembersAdd": _joining,
    "groupMembersRemove": _joining,
    "orgUpdate": lambda draw: _given(
        {"name": draw.maybe(draw.name()), "retentionDays": draw.of((None, 1, 30, 0))}
    ),
    "restore": _restore,
    "restores": lambda draw: {"ids": draw.some(draw.deletions())},
    "purge": _purge,
}
