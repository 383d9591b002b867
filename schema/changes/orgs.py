"""The mutation of the Org itself."""

import strawberry

from auth.subject import OrgRow
from engine.edge import Edge, declare
from engine.inputs import Rule
from resolvers import values, viewer
from resolvers.changes import orgs
from schema.changes.inputs import A_TITLE, Repeatable
from schema.changes.payload import Payload, mutation
from schema.filter import optional
from schema.org import Org


@strawberry.input(description="What is to be another of the Org; what is left out stays.")
class OrgUpdateInput(Repeatable):
    """What `orgUpdate` takes."""

    name: str | None = optional("What people call it: 1 to 255 characters.", A_TITLE)
    retention_days: int | None = optional(
        "How many days the recycle bin keeps things, at least 1. What has lain in it for longer is "
        "purged soon.",
        Rule(fits=values.retention_days),
    )


@strawberry.type(description="The answer to a change of the Org.")
class OrgPayload(Payload):
    """The Org after a change."""

    node: Org | None = declare(
        Edge(viewer.org_by_id, needs=("node_id",), gives=OrgRow),
        description="It as it is now; null where nothing was changed.",
    )


@strawberry.type
class OrgMutations:
    """The fields of the mutation root that are about the Org."""

    org_update: OrgPayload = mutation(
        "orgUpdate",
        orgs.update_org,
        OrgUpdateInput,
        description="Change the Org's name, or how long its recycle bin keeps things. Admins only.",
    )
