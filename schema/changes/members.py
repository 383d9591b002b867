"""The mutations of members, service accounts among them."""

import strawberry

from engine.inputs import Rule
from resolvers import values
from resolvers.changes import members, services
from resolvers.principals import MemberRow, member_by_id
from schema.changes.inputs import (
    A_PRINCIPAL_KEY,
    A_TITLE,
    PRINCIPAL_KEY,
    TITLE,
    Plannable,
    PlannableRevisedInput,
    RevisedNodeInput,
    flag,
    needed,
)
from schema.changes.payload import Payload, deleted_column, mutation, node_edge, plan_column
from schema.changes.plan import AccessPlan
from schema.filter import left_as_it_is, optional
from schema.principal import Member

HEIR = "The active member who gets what this one owns; the viewer if omitted."


@strawberry.input(description="A new member, or one that comes back.")
class MemberAddInput(Plannable):
    """What `memberAdd` takes."""

    email: str = needed(
        "The address of the account, in any case; an account is made if none has it.",
        Rule(fits=values.email),
    )
    key: str = needed(
        PRINCIPAL_KEY + " A member that comes back has the one that it had.", A_PRINCIPAL_KEY
    )
    name: str = needed(TITLE, A_TITLE)
    admin: bool = flag("Whether they are to be an admin.")


@strawberry.input(description="A new service account.")
class ServiceAccountCreateInput(Plannable):
    """What `serviceAccountCreate` takes."""

    key: str = needed(PRINCIPAL_KEY, A_PRINCIPAL_KEY)
    name: str = needed(TITLE, A_TITLE)


@strawberry.input(description="What is changed of a member: what is left out stays.")
class MemberUpdateInput(RevisedNodeInput):
    """What `memberUpdate` takes."""

    name: str | None = left_as_it_is(TITLE, A_TITLE)


@strawberry.input(description="The member that is to be deactivated.")
class MemberDeactivateInput(PlannableRevisedInput):
    """What `memberDeactivate` takes."""

    heir: strawberry.ID | None = optional(HEIR)


@strawberry.input(description="The member that is to be reactivated.")
class MemberReactivateInput(PlannableRevisedInput):
    """What `memberReactivate` takes."""


@strawberry.input(description="The member that is to be removed.")
class MemberRemoveInput(PlannableRevisedInput):
    """What `memberRemove` takes."""

    heir: strawberry.ID | None = optional(HEIR)


@strawberry.type(description="The answer to a change of a member.")
class MemberPayload(Payload):
    """A member after a change."""

    node: Member | None = node_edge(member_by_id.rows, MemberRow)
    deleted_id: strawberry.ID | None = deleted_column()
    plan: AccessPlan | None = plan_column()


@strawberry.type
class MemberMutations:
    """The fields of the mutation root that are about members."""

    member_add: MemberPayload = mutation(
        "memberAdd",
        members.add,
        MemberAddInput,
        description="Make an account a member; whoever was removed comes back. Admins only.",
    )
    member_update: MemberPayload = mutation(
        "memberUpdate",
        members.rename,
        MemberUpdateInput,
        description="Give a member another name. Admins only.",
    )
    member_deactivate: MemberPayload = mutation(
        "memberDeactivate",
        members.deactivate,
        MemberDeactivateInput,
        description="Let a member do nothing in the Org until it is reactivated. It is an admin no "
        "more, and what it owns goes to an heir; all else remains. Admins only.",
    )
    member_reactivate: MemberPayload = mutation(
        "memberReactivate",
        members.reactivate,
        MemberReactivateInput,
        description="Let a member do again what it may by what remained to it. Admins only.",
    )
    member_remove: MemberPayload = mutation(
        "memberRemove",
        members.remove,
        MemberRemoveInput,
        description="End all that a member is and holds in the Org; what it owns goes to an heir. "
        "Admins only.",
    )
    service_account_create: MemberPayload = mutation(
        "serviceAccountCreate",
        services.create,
        ServiceAccountCreateInput,
        description="Make a member that is no person and signs in by tokens alone. Admins only.",
    )
