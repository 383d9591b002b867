"""All that can be changed."""

import strawberry

from schema.changes.bin import BinMutations
from schema.changes.orgs import OrgMutations
from schema.changes.projects import ProjectMutations
from schema.changes.spaces import SpaceMutations


@strawberry.type(
    description="All that can be changed. Each field is a transaction of its own, in their order."
)
class Mutation(SpaceMutations, ProjectMutations, BinMutations, OrgMutations):
    """The root of mutations."""
