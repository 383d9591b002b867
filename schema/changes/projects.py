"""The mutations of projects."""

import strawberry

from resolvers.changes import copies, deletions, moves, projects
from resolvers.changes.change import Each
from resolvers.projects import ProjectRow, by_id
from schema.changes.inputs import (
    A_KEY,
    A_NAME,
    A_PURPOSE,
    EXPECTED,
    KEY,
    NAME,
    PURPOSE,
    PlannableNodesInput,
    PlannableRevisedInput,
    Repeatable,
    RevisedNodeInput,
    needed,
)
from schema.changes.moving import ArrivalInput, ArrivalsInput
from schema.changes.payload import (
    Item,
    Payload,
    deleted_column,
    mutation,
    node_edge,
    plan_column,
    results_column,
    undo_column,
)
from schema.changes.plan import AccessPlan
from schema.filter import left_as_it_is, optional
from schema.project import Project
from schema.scalars import Revision

INTO = "The space that it is to be in."


@strawberry.input(description="A new project.")
class ProjectCreateInput(Repeatable):
    """What `projectCreate` takes."""

    space: strawberry.ID = needed(INTO)
    key: str = needed(KEY, A_KEY)
    name: str = needed(NAME, A_NAME)
    description: str | None = optional(PURPOSE, A_PURPOSE)


@strawberry.input(description="Another name for a project.")
class ProjectRenameInput(RevisedNodeInput):
    """What `projectRename` takes."""

    name: str = needed(NAME, A_NAME)


@strawberry.input(description="What is said of a project.")
class ProjectUpdateInput(RevisedNodeInput):
    """What `projectUpdate` takes."""

    name: str | None = left_as_it_is(NAME, A_NAME)
    description: str | None = left_as_it_is(PURPOSE, A_PURPOSE)


@strawberry.input(description="The project that is to go into the recycle bin.")
class ProjectDeleteInput(PlannableRevisedInput):
    """What `projectDelete` takes."""


@strawberry.input(description="The projects that are to go into the recycle bin.")
class ProjectsDeleteInput(PlannableNodesInput):
    """What `projectsDelete` takes."""


@strawberry.input(description="The project that is to be in another space.")
class ProjectMoveInput(ArrivalInput):
    """What `projectMove` takes."""

    into: strawberry.ID = needed(INTO)
    expected_revision: Revision | None = optional(EXPECTED)


@strawberry.input(description="The projects that are to be in another space.")
class ProjectsMoveInput(ArrivalsInput):
    """What `projectsMove` takes."""

    into: strawberry.ID = needed(INTO)


@strawberry.input(description="The project that is to be copied with its assets.")
class ProjectCopyInput(ArrivalInput):
    """What `projectCopy` takes."""

    into: strawberry.ID = needed(INTO)


@strawberry.input(description="The projects that are to be copied with their assets.")
class ProjectsCopyInput(ArrivalsInput):
    """What `projectsCopy` takes."""

    into: strawberry.ID = needed(INTO)


@strawberry.type(description="The answer to a change of a project.")
class ProjectPayload(Payload):
    """A project after a change."""

    node: Project | None = node_edge(by_id.rows, ProjectRow)
    undo_token: str | None = undo_column()
    deleted_id: strawberry.ID | None = deleted_column()
    plan: AccessPlan | None = plan_column()


@strawberry.type(description="What came of one of many projects.")
class ProjectResult(Item):
    """A project after a change of many."""

    node: Project | None = node_edge(by_id.rows, ProjectRow)


@strawberry.type(description="The answer to a change of many projects.")
class ProjectsPayload(Payload):
    """Projects after a change."""

    results: list[ProjectResult] = results_column()
    plan: AccessPlan | None = plan_column()


@strawberry.type
class ProjectMutations:
    """The fields of the mutation root that are about projects."""

    project_create: ProjectPayload = mutation(
        "projectCreate",
        projects.create,
        ProjectCreateInput,
        description="Make a project, and be granted OWNER of it. Takes FULL on the space.",
    )
    project_rename: ProjectPayload = mutation(
        "projectRename",
        projects.rename,
        ProjectRenameInput,
        description="Give a project another name. Takes FULL on it.",
    )
    project_update: ProjectPayload = mutation(
        "projectUpdate",
        projects.update,
        ProjectUpdateInput,
        description="Change what is said of a project. Takes FULL on it.",
    )
    project_move: ProjectPayload = mutation(
        "projectMove",
        moves.move_project,
        ProjectMoveInput,
        description="Move a project into another space, with the grants on it. Takes FULL on it, "
        "OWNER on it or on its space, and FULL on the other space.",
    )
    projects_move: ProjectsPayload = mutation(
        "projectsMove",
        Each(moves.move_project),
        ProjectsMoveInput,
        description="Move projects into another space, with the grants on them. Takes FULL on "
        "each, OWNER on it or on its space, and FULL on the other space.",
    )
    project_copy: ProjectPayload = mutation(
        "projectCopy",
        copies.copy_project,
        ProjectCopyInput,
        description="Copy a project and its assets, and be granted OWNER of the copy. Takes READ "
        "on it, and FULL on the space.",
    )
    projects_copy: ProjectsPayload = mutation(
        "projectsCopy",
        Each(copies.copy_project),
        ProjectsCopyInput,
        description="Copy projects and their assets, and be granted OWNER of the copies. Takes "
        "READ on each, and FULL on the space.",
    )
    project_delete: ProjectPayload = mutation(
        "projectDelete",
        deletions.delete_project,
        ProjectDeleteInput,
        description="Put a project into the recycle bin. Takes OWNER on it or on its space.",
    )
    projects_delete: ProjectsPayload = mutation(
        "projectsDelete",
        Each(deletions.delete_project),
        ProjectsDeleteInput,
        description="Put projects into the recycle bin. Takes OWNER on each or on its space.",
    )
