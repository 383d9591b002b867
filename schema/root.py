"""The roots of the schema, and the schema itself."""

import strawberry
from graphql import GraphQLSchema
from strawberry.schema.config import StrawberryConfig

from auth.subject import OrgRow
from engine.edge import Argument, Edge, declare
from engine.resolve import install
from resolvers import viewer as asker
from schema.json_scalar import install_json
from schema.lookup import BY_ID
from schema.mutation import Mutation
from schema.node import Node
from schema.org import Org
from schema.scalars import SCALARS
from schema.viewer import VIEWER, Viewer


@strawberry.type(description="All that can be read.")
class Query:
    """The root of queries."""

    viewer: Viewer = declare(VIEWER, description="Whoever asks.")
    org: Org | None = declare(
        Edge(asker.org, needs=(), gives=OrgRow, read=asker.read_key),
        description="The Org with this key, by default the token's; null for any other.",
        arguments=[Argument("key", str | None, "The Org's key.")],
    )
    node: Node | None = declare(
        BY_ID,
        description="The node with this id; null where there is none, or none that is seen.",
        arguments=[Argument("id", strawberry.ID, "An id that the API gave.")],
    )
    nodes: list[Node | None] = declare(
        BY_ID,
        description="The nodes with these ids in their order, null for each that `node` has none.",
        arguments=[Argument("ids", list[strawberry.ID], "Ids that the API gave, 1,000 at most.")],
    )


def build_schema() -> strawberry.Schema:
    """Return the schema as it is declared."""
    return strawberry.Schema(
        query=Query, mutation=Mutation, config=StrawberryConfig(scalar_map=SCALARS)
    )


def executable_schema() -> GraphQLSchema:
    """Return the schema with every declared field's resolver in place."""
    # Strawberry has no public name for the schema that graphql-core executes.
    schema = build_schema()._schema  # noqa: SLF001  # pyright: ignore[reportPrivateUsage]
    install(schema)
    install_json(schema)
    return schema
