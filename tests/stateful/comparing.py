"""What the server says of a whole Org to a member, held to what it must say."""

from typing import Any, cast

from tests.stateful.asking import Json, World
from tests.stateful.expecting import which
from tests.stateful.model import Member, Model

EVERYTHING = """
query Everything($ids: [ID!]!) {
  org {
    id name retentionDays effectivePermission revision
    sharedProject { ...Project }
    spaces(first: 30) {
      totalCount
      nodes {
        id key name description effectivePermission
        grants(first: 30) { ...Grants }
        sharedProject { id }
        projects(first: 30) { totalCount nodes { id } }
      }
    }
    projects(first: 60) { totalCount nodes { ...Project } }
    assets(first: 99) {
      totalCount
      nodes {
        id key name kind metadata revision effectivePermission project { id }
        content { number text }
      }
    }
    users(first: 30) { nodes { id key name active isService email } }
    recycleBin(first: 99) {
      totalCount
      nodes {
        id nodeKind key name path deletedBy { id } deletedAt purgesAt
        hides { spaces projects assets }
      }
    }
    purges(first: 99) { totalCount nodes { deletionId finishedAt } }
    groups(first: 30) { nodes { id key name reserved members(first: 30) { nodes { id } } } }
  }
  nodes(ids: $ids) { id }
}
fragment Project on Project {
  id key name description isShared effectivePermission space { id }
  grants(first: 30) { ...Grants }
  assets(first: 30) { nodes { id } }
}
fragment Grants on GrantConnection {
  totalCount
  edges { inherited node { principal { id } level propagate from { id } expiresAt } }
}
"""


def answered(world: World, model: Model, member: Member, *, compiles: bool) -> Json:
    """Return what the server tells a member of everything, what has no order put into one."""
    variables = {"ids": [*(node.id for node in model.nodes), *model.purged]}
    data = world.ask(member.account, EVERYTHING, variables, compiles=compiles)
    org = data["org"]
    if org is None:
        return data
    for node in (org["sharedProject"], *org["spaces"]["nodes"], *org["projects"]["nodes"]):
        node["grants"]["edges"].sort(key=which)
    for purge in org["purges"]["nodes"]:
        purge["finishedAt"] = purge["finishedAt"] is not None
    for group in org["groups"]["nodes"]:
        group["members"] = {each["id"] for each in group["members"]["nodes"]}
    org["users"] = {each.pop("id"): each for each in org["users"]["nodes"]}
    org["groups"] = {each.pop("id"): each for each in org["groups"]["nodes"]}
    return data


def same(told: Any, wanted: Any, where: str = "") -> None:
    """Assert that both are the same; the message says where they aren't."""
    keys = _keys(told)
    for key in keys if keys == _keys(wanted) else ():
        same(told[key], wanted[key], f"{where}.{key}")
    assert told == wanted, f"{where} is {told}, not {wanted}"


def _keys(value: Any) -> set[Any]:
    """Return by what the parts of a value are found."""
    if isinstance(value, dict):
        return set(cast("Json", value))
    return set(range(len(cast("Json", value)))) if isinstance(value, list) else set()
