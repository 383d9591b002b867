"""What a dry run answers: whose permissions a change would alter."""

import strawberry

from auth.effects import FIRST
from auth.levels import Permission
from engine.edge import Edge, column, declare
from resolvers.principals import MemberRow, member_by_id
from schema.kind import NodeKind, node_of_kind
from schema.node import Node
from schema.principal import Member
from schema.scalars import Count


@strawberry.type(description="How many pairs of a member and a node go from one level to another.")
class AccessCount:
    """One line of the sum."""

    kind: NodeKind = column("kind", description="The kind of the nodes.")
    before: Permission = column("before", description="What the members may do now.")
    after: Permission = column("after", description="What they might do then.")
    pairs: Count = column("pairs", description="How many pairs.")


@strawberry.type(description="One member whose permission on one node a change would alter.")
class AccessChange:
    """One pair."""

    member: Member | None = declare(
        Edge(member_by_id.rows, needs=("member_id",), gives=MemberRow), description="Who."
    )
    kind: NodeKind = column("kind", description="The kind of the node.")
    node: Node | None = node_of_kind(
        "kind", "node_id", description="On what; null where the viewer doesn't see it now."
    )
    before: Permission = column("before", description="What they may do now.")
    after: Permission = column("after", description="What they might do then.")


@strawberry.type(description="Whose permissions a change would alter; nothing was changed.")
class AccessPlan:
    """What a dry run found."""

    token: str = column(
        "token", description="Pass it as `planToken` to make just this change, or be refused."
    )
    gained: Count = column(
        "gained",
        description="Pairs of a member and a node that begin, of those that the viewer is told.",
    )
    lost: Count = column("lost", description="Pairs that end.")
    changed: Count = column("changed", description="Pairs that go from one level to another.")
    counts: list[AccessCount] = column(
        "counts",
        description="The same by kind and levels. Admins are told of anyone, others of themselves, "
        "and of anyone on what they own.",
    )
    first: list[AccessChange] = column(
        "first",
        description=f"The first {FIRST} pairs, by the member's name. Assets go with their project "
        "and are listed only where the change is of them.",
    )
    redacted: bool = column(
        "redacted",
        description="Whether there are pairs that the viewer isn't told, which aren't counted.",
    )
