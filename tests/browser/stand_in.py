"""A stand-in for the real server: the page's own routes and a /graphql of two answers."""

from dataclasses import dataclass, field
from pathlib import Path

import strawberry
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

from server.graphiql import graphiql_routes

TOKEN = "a-token.that+is/good="


@strawberry.type
class Account:
    id: strawberry.ID
    name: str


@strawberry.type
class Org:
    id: strawberry.ID
    key: str
    name: str


@strawberry.type
class Viewer:
    account: Account
    org: Org


ORG = Org(id=strawberry.ID("org_1"), key="meadow", name="Meadow Works")


@strawberry.type
class Query:
    @strawberry.field
    def viewer(self, info: strawberry.Info[str]) -> Viewer:
        account = Account(id=strawberry.ID(info.context), name=info.context)
        return Viewer(account=account, org=ORG)

    @strawberry.field
    def org(self) -> Org:
        return ORG


SCHEMA = strawberry.Schema(Query)


@dataclass
class StandIn:
    """Knows the accounts by their tokens, refuses others, and keeps each request's headers."""

    accounts: dict[str, str] = field(default_factory=lambda: {TOKEN: "Ida Fern"})
    asked: list[dict[str, str]] = field(default_factory=list[dict[str, str]])

    def app(self, dist: Path) -> Starlette:
        """The page built in that folder, with this /graphql beside it."""
        routes = [*graphiql_routes(dist), Route("/graphql", self.answer, methods=["POST"])]
        return Starlette(routes=routes)

    async def answer(self, request: Request) -> JSONResponse:
        """One GraphQL answer, or 401."""
        self.asked.append(dict(request.headers))
        token = request.headers.get("authorization", "").removeprefix("Bearer ")
        if token not in self.accounts:
            return JSONResponse({"errors": [{"message": "refused"}]}, status_code=401)
        body = await request.json()
        result = await SCHEMA.execute(
            body["query"],
            operation_name=body.get("operationName"),
            context_value=self.accounts[token],
        )
        return JSONResponse({"data": result.data})
