"""The types Viewer and Account: whoever asks."""

import strawberry

from auth.subject import AccountRow, OrgRow
from engine.edge import Edge, column, declare, template
from resolvers import viewer
from resolvers.viewer import ViewerRow
from schema.org import Org


@strawberry.type(description="A person or a service that can sign in.")
class Account:
    """The viewer's account."""

    id: strawberry.ID = template("acc_{}", "id", description="Permanent and opaque.")
    name: str = column(
        "name",
        description="What they are called in the Org that the token is for: no other Org's name.",
    )
    email: str | None = column("email", description="The address they sign in with.")


@strawberry.type(description="Whoever asks.")
class Viewer:
    """The viewer, in the Org that the token is for."""

    account: Account = declare(
        Edge(viewer.account, needs=("account_id",), gives=AccountRow),
        description="The account that the token was given to.",
    )
    orgs: list[Org] = declare(
        Edge(viewer.org_of, needs=("account_id",), gives=OrgRow, many=True),
        description="The Orgs that the token opens: its own, or none for a member deactivated.",
    )
    org: Org | None = declare(
        Edge(viewer.org_of, needs=("account_id",), gives=OrgRow),
        description="The Org that the token is for; null for whoever is no active member.",
    )


VIEWER = Edge(viewer.viewer, needs=(), gives=ViewerRow)
