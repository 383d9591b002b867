"""What mutations answer: the node as the change left it, or why nothing was changed."""

from typing import Any

import strawberry

from engine.edge import Argument, Edge, Mutated, column, declare
from resolvers.changes.change import Work
from resolvers.projects import ProjectRow
from resolvers.projects import by_id as project_by_id
from resolvers.spaces import SpaceRow
from resolvers.spaces import by_id as space_by_id
from schema.project import Project
from schema.space import Space


@strawberry.type(description="Why a change was refused; then nothing of it was kept.")
class UserError:
    """An expected failure."""

    code: str = column("code", description="For programs; it never changes its meaning.")
    message: str = column("message", description="For people: what is wrong, and what to do.")
    field: str | None = column("field", description="The field of the input that is wrong.")


def errors_column() -> Any:
    """Declare the refusals of a payload."""
    return column("errors", description="Why nothing was changed; empty where all went well.")


def revision_column() -> Any:
    """Declare the revision that a change made."""
    return column("revision", description="The Org's revision that the change made.")


@strawberry.type(description="The answer to a change of a space.")
class SpacePayload:
    """A space after a change."""

    node: Space | None = declare(
        Edge(space_by_id.rows, needs=("node_id",), gives=SpaceRow),
        description="The space as it is now; null where it is gone, or nothing was changed.",
    )
    errors: list[UserError] = errors_column()
    revision: int | None = revision_column()


@strawberry.type(description="The answer to a change of a project.")
class ProjectPayload:
    """A project after a change."""

    node: Project | None = declare(
        Edge(project_by_id.rows, needs=("node_id",), gives=ProjectRow),
        description="The project as it is now; null where it is gone, or nothing was changed.",
    )
    errors: list[UserError] = errors_column()
    revision: int | None = revision_column()


def mutation(name: str, work: Work, of: type, *, description: str) -> Any:
    """Declare a mutation that does the work with an input of the type given."""
    given = Argument("input", of, "What is to be changed, and how.")
    return declare(Mutated(name, work), description=description, arguments=[given])
