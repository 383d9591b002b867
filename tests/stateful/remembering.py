"""`access(for:, at:)` held to what the model remembers of every earlier step."""

from dataclasses import dataclass, field, replace
from typing import NamedTuple

from auth.levels import Permission
from db.clock import time_text
from tests.access.model import Org
from tests.stateful.asking import World
from tests.stateful.comparing import same
from tests.stateful.model import SHARED, Member, Model, State
from tests.stateful.seeing import Sight, org_of, sight_of

LEVELS = """
query Levels($ids: [ID!]!, $of: ID!, $at: DateTime!) {
  nodes(ids: $ids) {
    id
    ... on Space { access(for: $of, at: $at) { level } }
    ... on Project { access(for: $of, at: $at) { level } }
    ... on Asset { access(for: $of, at: $at) { level } }
  }
}
"""


class Moment(NamedTuple):
    """The Org as it was after a step; `paths` has the nodes that there were, by id."""

    at: int
    org: Org
    paths: dict[str, str]


class Look(NamedTuple):
    """A question: what a member might do at a moment, and who asks."""

    moment: Moment
    member: Member
    asker: Member


@dataclass
class Memory:
    """All that is remembered, a moment a step."""

    moments: list[Moment] = field(default_factory=list[Moment])

    def add(self, model: Model) -> None:
        """Remember how the model is now."""
        paths = {node.id: node.path for node in model.nodes}
        self.moments.append(Moment(model.now, org_of(model), paths))

    def forget(self, node_ids: set[str]) -> None:
        """Forget what was held on what was purged, and on what lay in it at the time."""
        if node_ids:
            self.moments = [_without(moment, node_ids) for moment in self.moments]


def _without(moment: Moment, node_ids: set[str]) -> Moment:
    """Return the moment without what was purged since."""

    def lasts(path: str) -> bool:
        return not node_ids.intersection(path.split("/"))

    org = replace(
        moment.org,
        spaces=tuple(node for node in moment.org.spaces if lasts(node.path)),
        ordinary=tuple(node for node in moment.org.ordinary if lasts(node.path)),
        assets=tuple(node for node in moment.org.assets if lasts(node.path)),
        grants=tuple(grant for grant in moment.org.grants if lasts(grant.on)),
    )
    return moment._replace(org=org)


def compare_past(world: World, model: Model, look: Look, *, compiles: bool) -> int:
    """Compare what an asker is told of a member's levels at a moment; return of how many nodes."""
    moment, member, asker = look
    ids = [node.id for node in model.nodes]
    variables = {"ids": ids, "of": member.id, "at": time_text(moment.at)}
    data = world.ask(asker.account, LEVELS, variables, compiles=compiles)
    told = {node["id"]: node["access"] for node in data["nodes"] if node is not None}
    sight, levels = sight_of(model, asker.id), was(moment, member.id, model)
    answered = {
        node.id: {"level": levels.get(node.id, Permission.NONE.name)}
        if asker is member or sight.level(node.path) is Permission.OWNER
        else None
        for node in model.nodes
        if sight.sees(node.path)
    }
    same(told, answered, f"{member.key} at {moment.at}")
    return len(told)


def was(moment: Moment, member: str, model: Model) -> dict[str, str | None]:
    """Return the member's levels at a moment, of all nodes that there were.

    They are None where the node lay in what was purged since, or is to be.
    """
    if not any(user.key == member and user.active for user in moment.org.users):
        return {}
    sight = Sight(moment.org, member, now=moment.at)
    lost = {id_ for id_, path in moment.paths.items() if _is_lost(moment, path, model)}
    return {
        id_: None if id_ in lost else sight.level(path).name for id_, path in moment.paths.items()
    }


def _is_lost(moment: Moment, path: str, model: Model) -> bool:
    there = {SHARED, *(node.id for node in model.nodes)}  # a shared one goes with its space
    going = {one.node.id for one in model.deletions if one.state is State.ASKED}
    *above, _ = ids = path.split("/")
    paths = {"/".join(ids[: number + 1]): id_ for number, id_ in enumerate(ids)}
    if any(id_ in there and at in moment.org.deleted for at, id_ in paths.items()):
        return False  # it is known that this lay in the bin
    return any(id_ not in there or id_ in going for id_ in above)
