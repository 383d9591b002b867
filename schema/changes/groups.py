"""The mutations of groups."""

import strawberry

from resolvers.changes import groups, membering
from resolvers.principals import GroupRow, MemberRow, group_by_id, member_by_id
from schema.changes.inputs import (
    A_PRINCIPAL_KEY,
    A_TITLE,
    OUTDATED,
    PRINCIPAL_KEY,
    TITLE,
    Plannable,
    PlannableRevisedInput,
    Repeatable,
    RevisedNodeInput,
    needed,
)
from schema.changes.payload import (
    Payload,
    Result,
    deleted_column,
    mutation,
    node_edge,
    plan_column,
    results_column,
)
from schema.changes.plan import AccessPlan
from schema.filter import left_as_it_is, optional
from schema.principal import Group, Member
from schema.scalars import Revision

IDS = "Up to 1,000 ids of members, none of them twice."


@strawberry.input(description="A new group.")
class GroupCreateInput(Repeatable):
    """What `groupCreate` takes."""

    key: str = needed(PRINCIPAL_KEY, A_PRINCIPAL_KEY)
    name: str = needed(TITLE, A_TITLE)
    members: list[strawberry.ID] | None = optional(f"Who is in it. {IDS}")


@strawberry.input(description="Another name for a group.")
class GroupRenameInput(RevisedNodeInput):
    """What `groupRename` takes."""

    name: str = needed(TITLE, A_TITLE)


@strawberry.input(description="What is changed of a group: what is left out stays.")
class GroupUpdateInput(RevisedNodeInput):
    """What `groupUpdate` takes."""

    name: str | None = left_as_it_is(TITLE, A_TITLE)


@strawberry.input(description="The group that is to be deleted.")
class GroupDeleteInput(PlannableRevisedInput):
    """What `groupDelete` takes."""


@strawberry.input(description="Members of a group.")
class MembersOfGroup(Plannable):
    """Which group, and whom."""

    group: strawberry.ID = needed("The group; `admins` too, but not `members`.")
    members: list[strawberry.ID] = needed(IDS)
    expected_members_revision: Revision | None = optional(
        f"The group's `membersRevision` as it was read: {OUTDATED}"
    )


@strawberry.input(description="The members that are to be put into a group.")
class GroupMembersAddInput(MembersOfGroup):
    """What `groupMembersAdd` takes."""


@strawberry.input(description="The members that are to be taken out of a group.")
class GroupMembersRemoveInput(MembersOfGroup):
    """What `groupMembersRemove` takes."""


@strawberry.type(description="The answer to a change of a group.")
class GroupPayload(Payload):
    """A group after a change."""

    node: Group | None = node_edge(group_by_id.rows, GroupRow)
    deleted_id: strawberry.ID | None = deleted_column()
    plan: AccessPlan | None = plan_column()


@strawberry.type(description="What came of one of many members.")
class MemberResult(Result):
    """A member after a change of a group."""

    node: Member | None = node_edge(member_by_id.rows, MemberRow)


@strawberry.type(description="The answer to a change of who is in a group.")
class GroupMembersPayload(GroupPayload):
    """A group after a change of its members."""

    results: list[MemberResult] = results_column()


@strawberry.type
class GroupMutations:
    """The fields of the mutation root that are about groups."""

    group_create: GroupPayload = mutation(
        "groupCreate",
        groups.create,
        GroupCreateInput,
        description="Make a group. Admins only.",
    )
    group_rename: GroupPayload = mutation(
        "groupRename",
        groups.rename,
        GroupRenameInput,
        description="Give a group another name. Admins only.",
    )
    group_update: GroupPayload = mutation(
        "groupUpdate",
        groups.update,
        GroupUpdateInput,
        description="Change a group's name. Admins only.",
    )
    group_delete: GroupPayload = mutation(
        "groupDelete",
        groups.delete,
        GroupDeleteInput,
        description="End a group: who is in it loses what is granted to it. Admins only.",
    )
    group_members_add: GroupMembersPayload = mutation(
        "groupMembersAdd",
        membering.add_members,
        GroupMembersAddInput,
        description="Put members into a group; only active ones into `admins`. Admins only.",
    )
    group_members_remove: GroupMembersPayload = mutation(
        "groupMembersRemove",
        membering.remove_members,
        GroupMembersRemoveInput,
        description="Take members out of a group; the last active admin stays one. Admins only.",
    )
