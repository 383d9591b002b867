"""The mutation of the Org itself."""

import strawberry

from auth.subject import OrgRow
from engine.edge import Edge, declare
from engine.inputs import Rule
from resolvers import values, viewer
from resolvers.changes import orgs
from schema.changes.inputs import A_TITLE, OUTDATED, Repeatable
from schema.changes.payload import Payload, mutation
from schema.filter import left_as_it_is, optional
from schema.org import Org
from schema.scalars import Revision


@strawberry.input(description="What is to be another of the Org; what is left out stays.")
class OrgUpdateInput(Repeatable):
    """What `orgUpdate` takes."""

    name: str | None = left_as_it_is("What people call it: 1 to 255 characters.", A_TITLE)
    retention_days: int | None = left_as_it_is(
        "How many days the recycle bin keeps things, at least 1. What has lain in it for longer is "
        "purged soon.",
        Rule(fits=values.retention_days),
    )
    cost_per_minute: int | None = left_as_it_is(
        "What each viewer's operations may cost in a minute, at least 10,000; null for what the "
        "server allows, which is never exceeded.",
        Rule(fits=values.cost_per_minute),
    )
    expected_revision: Revision | None = optional(
        f"The Org's `settingsRevision` as it was read: {OUTDATED}"
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
        description="Change the Org's name, how long its recycle bin keeps things, or how much its "
        "viewers may ask for. Admins only.",
    )
