"""What mutations answer: the node as the change left it, or why nothing was changed."""

from typing import Any

import strawberry

from engine.edge import Argument, Edge, Mutated, column, declare
from resolvers.changes.change import Each, Work
from resolvers.errors import MEANINGS, Code
from schema.closed import closed
from schema.scalars import Revision

closed(
    Code,
    name="UserErrorCode",
    description="What a change is refused for.",
    meanings=MEANINGS,
)


@strawberry.type(description="Why a change was refused; then nothing of it was kept.")
class UserError:
    """An expected failure."""

    code: Code = column(
        "code", make=Code, description="For programs; it never changes its meaning."
    )
    message: str = column("message", description="For people: what is wrong, and what to do.")
    field: str | None = column("field", description="The field of the input that is wrong.")
    current_revision: Revision | None = column(
        "current", description="Of STALE: the revision that it has now."
    )


@strawberry.type(description="What every mutation answers.")
class Payload:
    """The end of a change."""

    errors: list[UserError] = column(
        "errors", description="Why nothing was changed; empty where all went well."
    )
    warnings: list[str] = column("warnings", description="What people should know of the change.")
    revision: Revision | None = column(
        "revision", description="The Org's revision that the change made; null if it made none."
    )


def plan_column() -> Any:
    """Declare what a dry run found."""
    return column("plan", description="What a dry run found; null for a change that was made.")


def undo_column() -> Any:
    """Declare what takes a deletion back."""
    return column("undo_token", description="Pass it as `id` to `restore` to undo a deletion.")


def deleted_column() -> Any:
    """Declare the id of what is gone."""
    return column(
        "deleted_id",
        description="The id of what is gone: what was deleted or removed, or the deletion that was "
        "taken back or purged. Null where nothing is.",
    )


def node_edge(rows: Any, gives: type[Any]) -> Any:
    """Declare the node that a payload or one of its items is about."""
    return declare(
        Edge(rows, needs=("node_id",), gives=gives),
        description="It as it is now; null where it is gone, or nothing was changed.",
    )


def results_column() -> Any:
    """Declare what came of each of many."""
    return column("items", description="What came of each id, in the order given.")


@strawberry.type(description="What came of one of many.")
class Result:
    """The end of one of many."""

    given_id: strawberry.ID = column("given_id", description="The id as it was given.")
    errors: list[UserError] = column("errors", description="Why nothing was changed of this one.")


@strawberry.type(description="What came of one of many changes.")
class Item(Result):
    """The end of one change of many."""

    undo_token: str | None = undo_column()
    deleted_id: strawberry.ID | None = deleted_column()


def mutation(name: str, work: Work | Each, of: type, *, description: str) -> Any:
    """Declare a mutation that does the work with an input of the type given."""
    given = Argument("input", of, "What is to be changed, and how.")
    return declare(Mutated(name, work), description=description, arguments=[given])
