"""All that can be changed."""

import strawberry

from schema.changes.assets import AssetMutations
from schema.changes.bin import BinMutations
from schema.changes.grants import GrantMutations
from schema.changes.groups import GroupMutations
from schema.changes.members import MemberMutations
from schema.changes.orgs import OrgMutations
from schema.changes.projects import ProjectMutations
from schema.changes.spaces import SpaceMutations


@strawberry.type(
    description="All that can be changed. Each field is a transaction of its own, in their order."
)
class Mutation(
    SpaceMutations,
    ProjectMutations,
    AssetMutations,
    GrantMutations,
    MemberMutations,
    GroupMutations,
    BinMutations,
    OrgMutations,
):
    """The root of mutations."""
