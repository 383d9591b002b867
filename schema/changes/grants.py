"""The mutations of grants."""

import strawberry

from auth.levels import Permission
from engine.edge import column
from engine.inputs import Rule
from resolvers import values
from resolvers.changes import grants
from schema.changes.inputs import OUTDATED, Plannable, flag, needed
from schema.changes.payload import Payload, mutation, plan_column
from schema.changes.plan import AccessPlan
from schema.filter import optional
from schema.kind import node_of_kind
from schema.node import Node
from schema.scalars import DateTime, Revision

NODE = "The space or project, shared ones too, that it is on."
PROPAGATE = "Whether it reaches the ordinary projects of the space that it is on."
A_LEVEL = Rule(fits=values.granted)
EXPIRES = "When it is to end by itself; null for never."


@strawberry.input(description="What a principal is to hold on a node.")
class GrantInput:
    """One line of a dialog."""

    principal: strawberry.ID = needed("The member or group that is to hold it.")
    level: Permission = needed("What it gives: READ or more.", A_LEVEL)
    propagate: bool = flag(PROPAGATE)
    expires_at: DateTime | None = optional(EXPIRES)


@strawberry.input(description="A change of the grants on a node.")
class GrantsInput(Plannable):
    """On which node."""

    node: strawberry.ID = needed(NODE)
    expected_grants_revision: Revision | None = optional(
        f"The node's `grantsRevision` as it was read: {OUTDATED}"
    )


@strawberry.input(description="What a principal is to hold, in place of what it holds there.")
class GrantSetInput(GrantsInput):
    """What `grantSet` takes."""

    principal: strawberry.ID = needed("The member or group that is to hold it.")
    level: Permission = needed("What it gives: READ or more.", A_LEVEL)
    propagate: bool = flag(PROPAGATE)
    expires_at: DateTime | None = optional(EXPIRES)


@strawberry.input(description="Whose grant is to end.")
class GrantRevokeInput(GrantsInput):
    """What `grantRevoke` takes."""

    principal: strawberry.ID = needed("The member or group that holds it.")


@strawberry.input(description="All that is to be held on a node.")
class GrantsReplaceInput(GrantsInput):
    """What `grantsReplace` takes."""

    grants: list[GrantInput] = needed("Every grant there is to be: others on the node end.")


@strawberry.input(description="Who is to own a node.")
class OwnershipTransferInput(GrantsInput):
    """What `ownershipTransfer` takes."""

    to: strawberry.ID = needed("The member or group that is to own it.")
    former: strawberry.ID | None = strawberry.field(
        name="from", default=None, description="Whoever gives it away; by default who asks."
    )
    keep: Permission | None = optional("What that one keeps there; nothing if omitted.")


@strawberry.type(description="The answer to a change of grants.")
class GrantPayload(Payload):
    """A node after its grants changed."""

    node: Node | None = node_of_kind(
        "node_kind", "node_id", description="The space or project; null where nothing was changed."
    )
    deleted_id: strawberry.ID | None = column(
        "deleted_id",
        description="The id of the grant that `grantRevoke` ended, or that `grantSet` put another "
        "in place of. Null for the other changes, which may end many: `grants` of the node tells.",
    )
    plan: AccessPlan | None = plan_column()


@strawberry.type
class GrantMutations:
    """The fields of the mutation root that are about grants."""

    grant_set: GrantPayload = mutation(
        "grantSet",
        grants.give,
        GrantSetInput,
        description="Grant a member or a group a level on a space or project, in place of what it "
        "holds there. Takes OWNER on it.",
    )
    grant_revoke: GrantPayload = mutation(
        "grantRevoke",
        grants.revoke,
        GrantRevokeInput,
        description="End the grant of a member or a group on a node. Takes OWNER on it.",
    )
    grants_replace: GrantPayload = mutation(
        "grantsReplace",
        grants.replace,
        GrantsReplaceInput,
        description="Make the grants on a node just those of a list. Takes OWNER on it.",
    )
    ownership_transfer: GrantPayload = mutation(
        "ownershipTransfer",
        grants.transfer,
        OwnershipTransferInput,
        description="Hand the ownership of a space or project over. Takes OWNER on it.",
    )
