"""A small Strawberry schema with the shapes of ours: nodes, connections, ids, unions, payloads."""
# ruff: noqa: ARG002 - the resolvers answer the same whatever they are asked

from collections.abc import AsyncIterator
from enum import Enum
from typing import Annotated, Generic, TypeAlias, TypeVar

import strawberry
from graphql import GraphQLSchema, build_schema

Item = TypeVar("Item")


@strawberry.enum
class Kind(Enum):
    FILE = "FILE"
    TASK = "TASK"


@strawberry.input
class Where:
    kind: Kind | None = None
    name: str | None = None
    either: "list[Where] | None" = None


@strawberry.interface
class Node:
    id: strawberry.ID


@strawberry.type
class PageInfo:
    has_next_page: bool = False


@strawberry.type
class Edge(Generic[Item]):
    node: Item
    cursor: str = ""


@strawberry.type
class Connection(Generic[Item]):
    nodes: list[Item]
    edges: list[Edge[Item]]
    total_count: int = 0
    page_info: PageInfo = strawberry.field(default_factory=PageInfo)


@strawberry.type
class Asset(Node):
    name: str = "asset"


@strawberry.type
class Project(Node):
    name: str = "project"

    @strawberry.field
    def space(self) -> "Space":
        return SPACE

    @strawberry.field
    def assets(
        self,
        first: int | None = None,
        after: str | None = None,
        last: int | None = None,
        before: str | None = None,
        where: Where | None = None,
    ) -> Connection[Asset]:
        return Connection(nodes=[], edges=[])


@strawberry.type
class Space(Node):
    name: str = "space"

    @strawberry.field
    def projects(
        self,
        first: int | None = None,
        after: str | None = None,
        last: int | None = None,
        before: str | None = None,
    ) -> Connection[Project]:
        return Connection(nodes=[PROJECT], edges=[Edge(node=PROJECT)])


Found: TypeAlias = Annotated[Space | Project, strawberry.union("Found")]

SPACE = Space(id=strawberry.ID("spc"))
PROJECT = Project(id=strawberry.ID("prj"))


@strawberry.type
class Payload:
    node: Project | None = None
    revision: int = 1


@strawberry.input
class Many:
    ids: list[strawberry.ID]
    into: strawberry.ID | None = None


@strawberry.type
class Result:
    id: strawberry.ID
    node: Project | None = None


@strawberry.type
class Pair:
    project: Project
    space: Space


@strawberry.type
class ManyPayload:
    results: list[Result]
    first: "Plan | None" = None
    revision: int = 1


@strawberry.type
class Plan:
    pairs: list[Pair]
    levels: list[str]


@strawberry.type
class Query:
    name: str = "root"

    @strawberry.field
    def node(self, id: strawberry.ID) -> Node | None:  # noqa: A002 - the argument's public name
        return None

    @strawberry.field
    def nodes(self, ids: list[strawberry.ID]) -> list[Node | None]:
        return [None for _ in ids]

    @strawberry.field
    def common(self, ids: list[strawberry.ID]) -> Space:
        return SPACE

    @strawberry.field
    def space(self) -> Space:
        return SPACE

    @strawberry.field
    def found(self) -> Found:
        return SPACE

    @strawberry.field
    def spaces(self, first: int | None = None, last: int | None = None) -> Connection[Space]:
        return Connection(nodes=[SPACE], edges=[Edge(node=SPACE)])

    @strawberry.field
    def search(self, first: int | None = None, where: Where | None = None) -> list[Project]:
        return [PROJECT]


@strawberry.type
class Mutation:
    @strawberry.mutation
    def project_rename(self, name: str) -> Payload:
        return Payload()

    @strawberry.mutation
    def projects_move(self, input: Many) -> ManyPayload:  # noqa: A002 - as in ours
        return ManyPayload(results=[])


@strawberry.type
class Subscription:
    @strawberry.subscription
    async def renamed(self, kind: Kind) -> AsyncIterator[Project]:
        yield PROJECT
        yield PROJECT


SCHEMA: GraphQLSchema = build_schema(
    strawberry.Schema(query=Query, mutation=Mutation, subscription=Subscription).as_str()
)
