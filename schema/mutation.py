"""All that can be changed."""

import strawberry

from resolvers.changes import projects, spaces
from schema.inputs import (
    ProjectCreateInput,
    ProjectDeleteInput,
    ProjectRenameInput,
    ProjectUpdateInput,
    SpaceCreateInput,
    SpaceDeleteInput,
    SpaceRenameInput,
    SpaceUpdateInput,
)
from schema.payload import ProjectPayload, SpacePayload, mutation


@strawberry.type(
    description="All that can be changed. Each field is a transaction of its own, in their order."
)
class Mutation:
    """The root of mutations."""

    space_create: SpacePayload = mutation(
        "spaceCreate",
        spaces.create,
        SpaceCreateInput,
        description="Make a space, and its shared project with it. Admins only.",
    )
    space_rename: SpacePayload = mutation(
        "spaceRename",
        spaces.rename,
        SpaceRenameInput,
        description="Give a space another name. Takes FULL on it.",
    )
    space_update: SpacePayload = mutation(
        "spaceUpdate",
        spaces.describe,
        SpaceUpdateInput,
        description="Change what is said of a space. Takes OWNER on it.",
    )
    space_delete: SpacePayload = mutation(
        "spaceDelete",
        spaces.delete,
        SpaceDeleteInput,
        description="Put a space into the recycle bin, with all that is in it. Takes OWNER on it.",
    )
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
        projects.describe,
        ProjectUpdateInput,
        description="Change what is said of a project. Takes FULL on it.",
    )
    project_delete: ProjectPayload = mutation(
        "projectDelete",
        projects.delete,
        ProjectDeleteInput,
        description="Put a project into the recycle bin. Takes OWNER on it or on its space.",
    )
