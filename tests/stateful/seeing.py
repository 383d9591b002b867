"""The model as the reference of `tests.access` judges it: who sees what, at which level."""

from auth.levels import Permission
from tests.access import model as access
from tests.access.reference import View
from tests.stateful.model import Group, Member, Model, Node, Principal


class Sight(View):
    """How a member sees an Org; what was worked out once is remembered."""

    def __init__(self, org: access.Org, member: str, *, now: int) -> None:
        super().__init__(org, member, now=now)
        self.member = member
        self._levels: dict[str, Permission] = {}

    def level(self, path: str) -> Permission:
        """Return the permission on the node with the path."""
        if path not in self._levels:
            self._levels[path] = super().level(path)
        return self._levels[path]


def sight_of(model: Model, member: str, *, live: Node | None = None) -> Sight:
    """Return how a member sees the model now; `live` as in `org_of`."""
    return Sight(org_of(model, live=live), member, now=model.now)


def org_of(model: Model, *, live: Node | None = None) -> access.Org:
    """Return what the reference judges; `live` is taken for such, with what it lies in."""
    spared = [] if live is None else list(model.above(live))
    ordinary = [project for project in model.projects if not project.is_shared]
    return access.Org(
        users=tuple(_user(member) for member in model.members),
        groups=tuple(_group(group) for group in model.groups if not group.reserved),
        spaces=tuple(access.Node(space.path, space.name) for space in model.spaces),
        ordinary=tuple(access.Node(project.path, project.name) for project in ordinary),
        assets=tuple(access.Node(asset.path, asset.name, asset.kind) for asset in model.assets),
        grants=tuple(access.Grant(one.on.path, _name(one.to), one.held) for one in model.grants),
        deleted=frozenset(one.path for one in model.nodes if one.deleted and one not in spared),
    )


def _user(member: Member) -> access.User:
    return access.User(member.id, admin=member.admin, active=member.active)


def _group(group: Group) -> access.Group:
    return access.Group(group.id, tuple(member.id for member in group.members))


def _name(principal: Principal) -> str:
    if isinstance(principal, Member):
        return f"user:{principal.id}"
    return f"group:{principal.key if principal.reserved else principal.id}"
