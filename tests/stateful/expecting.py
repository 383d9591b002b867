"""What the server must say of a whole Org to a member, by the model."""

from collections import Counter
from collections.abc import Iterable
from itertools import takewhile
from typing import Any

from auth.levels import Permission
from db.clock import time_text
from tests.access.model import Node as Reference
from tests.stateful.asking import Json
from tests.stateful.binning import seen_in_bin
from tests.stateful.model import (
    DAY,
    Asset,
    Deletion,
    Grant,
    Group,
    Member,
    Model,
    Node,
    Project,
    Space,
    State,
)
from tests.stateful.predicting import kind_of
from tests.stateful.seeing import sight_of


def expected(model: Model, member: Member) -> Json:
    """Return what the server must tell a member of everything."""
    return _Expected(model, member).answer()


class _Expected:
    def __init__(self, model: Model, member: Member) -> None:
        self._model, self._member = model, member
        self._sight = sight_of(model, member.id)
        self._by_path: dict[str, Any] = {node.path: node for node in model.nodes}

    def answer(self) -> Json:
        if not self._member.active:
            return {"org": None, "nodes": [None for _ in (*self._model.nodes, *self._model.purged)]}
        seen = [node if self._sight.sees(node.path) else None for node in self._model.nodes]
        named = [node and {"id": node.id} for node in seen]
        return {"org": self._org(), "nodes": [*named, *(None for _ in self._model.purged)]}

    def _org(self) -> Json:
        model, sight = self._model, self._sight
        return {
            "id": model.id,
            "name": model.name,
            "retentionDays": model.retention_days,
            "effectivePermission": sight.org_level().name,
            "revision": model.revision,
            "sharedProject": self._project(self._by_path["shared"]),
            "spaces": self._list(sight.spaces(), self._space),
            "projects": self._list(sight.projects(), self._project),
            "assets": self._list(sight.assets(), self._asset),
            "recycleBin": self._bin(),
            "purges": self._purges(),
            "users": {one.id: self._user(one) for one in model.members if not one.removed},
            "groups": {one.id: self._group(one) for one in model.groups if not one.deleted},
        }

    def _list(self, found: Iterable[Reference], make: Any) -> Json:
        nodes = [make(self._by_path[node.path]) for node in found]
        return {"totalCount": len(nodes), "nodes": nodes}

    def _named(self, node: Node) -> Json:
        level = self._sight.level(node.path).name
        return {"id": node.id, "key": node.key, "name": node.name, "effectivePermission": level}

    def _space(self, space: Space) -> Json:
        shared = self._by_path[f"{space.path}/shared"]
        projects = self._sight.projects(space.path)
        told = self._sight.level(space.path) is not Permission.NONE
        return {
            **self._named(space),
            "description": space.description if told else None,
            "grants": self._grants(space),
            "sharedProject": {"id": shared.id} if self._sight.sees(shared.path) else None,
            "projects": self._list(projects, _named_only),
        }

    def _project(self, project: Project) -> Json:
        space = project.space
        assets = self._sight.assets(project.path)
        return {
            **self._named(project),
            "description": project.description,
            "isShared": project.is_shared,
            "space": space and {"id": space.id},
            "grants": self._grants(project),
            "assets": {"nodes": [{"id": self._by_path[one.path].id} for one in assets]},
        }

    def _asset(self, asset: Asset) -> Json:
        versions = asset.versions
        return {
            **self._named(asset),
            "kind": asset.kind,
            "metadata": asset.metadata,
            "revision": asset.revision,
            "project": {"id": asset.project.id},
            "content": {"number": len(versions), "text": versions[-1]} if versions else None,
        }

    def _grants(self, node: Space | Project) -> Json:
        own = [self._grant(one, inherited=False) for one in self._told(node, node)]
        space = node.space if isinstance(node, Project) else None
        above = [] if space is None else self._told(space, node)
        reaching = [one for one in above if one.held.propagate or node.path.endswith("/shared")]
        beside = [] if space is None else self._beside(space, node)
        grants = [*own, *(self._grant(one, inherited=True) for one in (*reaching, *beside))]
        return {"totalCount": len(grants), "edges": sorted(grants, key=which)}

    def _beside(self, space: Space, shared: Node) -> list[Grant]:
        """Return the grants on other projects that reach a shared one, as far as they are told."""
        if not isinstance(shared, Project) or not shared.is_shared:
            return []
        within = [one for one in self._model.projects if one.space is space and not one.deleted]
        others = [one for one in within if one is not shared]
        nearer = {one.to for on in (space, shared) for one in self._model.held_on(on)}
        told = [one for other in others for one in self._told(other, other)]
        owned = self._sight.level(shared.path) is Permission.OWNER
        return [one for one in told if one.to not in nearer and (owned or self._is_own(one))]

    def _told(self, on: Space | Project, to: Node) -> list[Grant]:
        """Return the grants on a node that the member is told of by another."""
        if self._sight.level(to.path) is Permission.OWNER:
            return self._model.held_on(on)
        return [grant for grant in self._model.held_on(on) if self._is_own(grant)]

    def _is_own(self, grant: Grant) -> bool:
        if isinstance(grant.to, Group):
            return self._member in self._model.in_group(grant.to)
        return grant.to is self._member

    def _grant(self, grant: Grant, *, inherited: bool) -> Json:
        ends = grant.held.expires_at
        told = {
            "principal": {"id": grant.to.id},
            "level": grant.held.level.name,
            "propagate": grant.held.propagate,
            "from": {"id": grant.on.id},
            "expiresAt": None if ends is None else time_text(ends),
        }
        return {"inherited": inherited, "node": told}

    def _bin(self) -> Json:
        """Return the deletions seen, the newest first."""
        found = seen_in_bin(self._model, self._member.id, admin=self._member.admin)
        nodes = [self._deletion(one) for one in reversed(found)]
        return {"totalCount": len(nodes), "nodes": nodes}

    def _deletion(self, deletion: Deletion) -> Json:
        model, node = self._model, deletion.node
        within = [one for one in model.nodes if node in model.above(one)]
        hidden = Counter(kind_of(one) for one in within if _goes_with(model, one, node))
        return {
            "id": deletion.id,
            "nodeKind": kind_of(node),
            "key": deletion.key,
            "name": deletion.name,
            "path": deletion.path,
            "deletedBy": None if deletion.by.removed else {"id": deletion.by.id},
            "deletedAt": time_text(deletion.at),
            "purgesAt": time_text(deletion.at + model.retention_days * DAY),
            "hides": {f"{kind.lower()}s": hidden[kind] for kind in ("SPACE", "PROJECT", "ASSET")},
        }

    def _purges(self) -> Json:
        """Return the purges that an admin is told of, those that were asked for last first."""
        states = {State.ASKED: False, State.PURGED: True}
        told = [one for one in self._model.deletions if self._member.admin and one.state in states]
        told = sorted(told, key=lambda purge: purge.asked_at)[::-1]
        nodes = [{"deletionId": one.id, "finishedAt": states[one.state]} for one in told]
        return {"totalCount": len(nodes), "nodes": nodes}

    def _user(self, member: Member) -> Json:
        told = self._member.admin or member is self._member
        email = member.email if told else None
        named = {"key": member.key, "name": member.name, "email": email}
        return {**named, "active": member.active, "isService": member.is_service}

    def _group(self, group: Group) -> Json:
        members = {member.id for member in self._model.in_group(group)}
        named = {"key": group.key, "name": group.name, "reserved": group.reserved}
        return {**named, "members": members}


def _goes_with(model: Model, one: Node, node: Node) -> bool:
    """Return whether what lies in a deleted node is hidden by that, and not by itself."""
    below = takewhile(lambda each: each is not node, model.above(one))
    return not any(each.deleted for each in below)


def _named_only(node: Node) -> Json:
    return {"id": node.id}


def which(edge: Json) -> tuple[str, str]:
    """Return what no two grants that a node lists have in common."""
    grant = edge["node"]
    return grant["principal"]["id"], grant["from"]["id"]
