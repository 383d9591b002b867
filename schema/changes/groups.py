"""The mutations of groups."""

import strawberry

from resolvers.changes import groups, membering
from resolvers.principals import GroupRow, MemberRow, group_by_id, member_by_id
from schema.changes.inputs import (
    A_PRINCIPAL_KEY,
    A_TITLE,
    PRINCIPAL_KEY,
    TITLE,
    NodeInput,
    Plannable,
    PlannableNodeInput,
    Repeatable,
    needed,
)
from schema.changes.payload import (
    Payload,
    Result,
    mutation,
    node_edge,
    plan_column,
    results_column,
)
from schema.changes.plan import AccessPlan
from schema.filter import optional
from schema.principal import Group, Member

IDS = "Up to 1,000 ids of members, none of them twice."


@strawberry.input(description="A new group.")
class GroupCreateInput(Repeatable):
    """What `groupCreate` takes."""

    key: str = needed(PRINCIPAL_KEY, A_PRINCIPAL_KEY)
    name: str = needed(TITLE, A_TITLE)
    members: list[strawberry.ID] | None = optional(f"Who is in it. {IDS}")


@strawberry.input(description="Another name for a group.")
class GroupRenameInput(NodeInput):
    """What `groupRename` takes."""

    name: str = needed(TITLE, A_TITLE)


@strawberry.input(description="The group that is to be deleted.")
class GroupDeleteInput(PlannableNodeInput):
    """What `groupDelete` takes."""


@strawberry.input(description="Members of a group.")
class MembersOfGroup(Plannable):
    """Which group, and whom."""

    group: strawberry.ID = needed("The group; `admins` too, but not `members`.")
    members: list[strawberry.ID] = needed(IDS)


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
