"""The types that tell why someone may do what on a node."""

from typing import Any

import strawberry

from auth.explain import Limit, Source
from auth.levels import Permission
from db.clock import as_datetime
from engine.edge import Argument, Batch, Edge, Reference, Weight, column, declare
from resolvers import explanations, ways
from resolvers.altering import OtherRow
from resolvers.explanations import AccessGrantRow, AccessRow, LimitRow
from resolvers.principals import MemberRow, member_by_id
from resolvers.ways import StepRow, WayRow
from schema.kind import node_of_kind
from schema.node import Node
from schema.principal import PRINCIPAL_EDGES, PRINCIPAL_TYPES, Member, Principal
from schema.scalars import Count, DateTime

strawberry.enum(Source, name="AccessSource", description="What a permission comes from.")
strawberry.enum(Limit, name="AccessLimitRule", description="What kept a permission from rising.")


OF_EXPLANATION = Weight()  # what is known once the explanation is


def _principal(description: str) -> Any:
    reference = Reference("principal_kind", "principal_id", PRINCIPAL_EDGES, PRINCIPAL_TYPES)
    return declare(reference, description=description)


def _below(rows: Batch, gives: type[Any], description: str) -> Any:
    edge = Edge(rows, needs=("ref",), gives=gives, many=True, weight=OF_EXPLANATION)
    return declare(edge, description=description)


@strawberry.type(description="A grant that an explanation names.")
class AccessGrant:
    """A grant; of one that the viewer isn't told only that there is one."""

    redacted: bool = column("redacted", description="Whether the viewer isn't told what it is.")
    principal: Principal | None = _principal(
        "Who holds it: the member itself, or a group. Null if redacted, and for a member who was "
        "removed or a group that was deleted since."
    )
    principal_name: str | None = column(
        "principal_name",
        description="What whoever holds it is called, or was last called if it is gone; null if "
        "redacted.",
    )
    node: Node | None = node_of_kind("on_kind", "on_id", description="What it is on.", name="on")
    level: Permission | None = column("level", description="What it gives.")
    propagate: bool | None = column("propagate", description="Whether it reaches projects.")
    expires_at: DateTime | None = column(
        "expires_at", raw=as_datetime, description="When it ends by itself."
    )


@strawberry.type(description="What kept a permission from being higher.")
class AccessLimit:
    """The rule, and the grants by which it does."""

    rule: Limit = column("rule", description="For programs.")
    sentence: str = column("sentence", description="For people.")
    grants: list[AccessGrant] = _below(
        explanations.limited_by.rows, AccessGrantRow, "The grants by which it does, if any."
    )


@strawberry.type(description="A grant to be set, or to be revoked.")
class AccessStep:
    """One change of a way; of one about a hidden grant only that there is one."""

    redacted: bool = column("redacted", description="Whether the viewer isn't told what it is.")
    principal: Principal | None = _principal("Whose grant; null if redacted.")
    node: Node | None = node_of_kind(
        "on_kind",
        "on_id",
        description="On what; null if redacted, or where the viewer doesn't see it.",
        name="on",
    )
    level: Permission | None = column(
        "level",
        description="What it is to give, without an end; NONE to revoke it, null if redacted.",
    )
    propagate: bool | None = column(
        "propagate", description="Whether it is to reach projects; null if redacted."
    )


@strawberry.type(description="Someone else whose permissions a way would change.")
class AccessOther:
    """One whom a way affects."""

    member: Member = declare(
        Edge(member_by_id.rows, needs=("member_id",), gives=MemberRow), description="Who."
    )
    node: Node | None = node_of_kind(
        "node_kind", "node_id", description="The first node on which their permission would change."
    )
    before: Permission = column("before", description="What they may do there now.")
    after: Permission = column("after", description="What they might do there then.")


@strawberry.type(description="Changes of grants that together would give a level.")
class AccessWay:
    """One way; it needs all its steps."""

    steps: list[AccessStep] = _below(ways.steps, StepRow, "What is to be changed.")
    others_affected: Count | None = column(
        "others",
        description="How many others' permission it would change, on whichever nodes that the "
        "viewer owns; null for whoever doesn't own all that the steps are on.",
    )
    redacted: bool = column(
        "redacted", description="Whether a step, or whom it affects, isn't told to the viewer."
    )
    others: list[AccessOther] = declare(
        Edge(
            ways.others,
            needs=("ref",),
            gives=OtherRow,
            many=True,
            read=ways.read_first,
            weight=OF_EXPLANATION,
        ),
        description="The first of them by name; told to the OWNER of all that the steps are on.",
        arguments=[Argument("first", int, "How many, 100 at most.", 100)],
    )


@strawberry.type(description="What someone may do on a node at a moment, and why.")
class Access:
    """An explanation."""

    principal: Principal | None = _principal("Who; null for a member who was removed.")
    at: DateTime = column("at", raw=as_datetime, description="When.")
    level: Permission | None = column(
        "level",
        description="What they may do; null where it isn't known any more, as what the node lay in "
        "at that moment was purged since.",
    )
    source: Source = column("source", description="What it comes from, for programs.")
    because: str = column("because", description="The same and what limits it, for people.")
    reached_by: list[AccessGrant] = _below(
        explanations.reached_by.rows, AccessGrantRow, "The grants that count."
    )
    limited_by: AccessLimit | None = declare(
        Edge(explanations.limits, needs=("ref",), gives=LimitRow, weight=OF_EXPLANATION),
        description="What made it no higher; null for OWNER, and where no level is known.",
    )
    shadowed: list[AccessGrant] = _below(
        explanations.shadowed.rows, AccessGrantRow, "The grants that change nothing."
    )
    redacted: bool = column(
        "redacted", description="Whether any of the grants is one that the viewer isn't told."
    )
    ways: list[AccessWay] = declare(
        Edge(
            ways.of_access,
            needs=("ref",),
            gives=WayRow,
            many=True,
            read=ways.read_wanted,
            weight=Weight(parent=2000, row=20),
        ),
        description="Changes of grants on the node and its space that would give just a level. "
        "Those of the fewest steps come first, then those known to affect the fewest others. None "
        "where the level is held, for admins, and for the past.",
        arguments=[
            Argument("to", Permission, "The level."),
            Argument("first", int, "How many, 100 at most.", 20),
        ],
    )


def access(rows: Batch) -> Any:
    """Declare why someone may do what on a node; `rows` gets its id and the viewer's level."""
    edge = Edge(
        rows,
        ("id", "level"),
        AccessRow,
        read=explanations.read_question,
        weight=Weight(parent=25),
    )
    return declare(
        edge,
        description="What someone may do here and why. Whoever sees the node may ask about "
        "themselves, its OWNER about anyone; null for whoever may not ask.",
        arguments=[
            Argument("for", strawberry.ID | None, "A member or a group; the viewer if omitted."),
            Argument("at", DateTime | None, "A moment; now if omitted."),
        ],
    )
