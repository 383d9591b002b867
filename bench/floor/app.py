"""The floor's server: bare Starlette, a driver's pool, a snapshot a request, orjson."""

import time
from collections.abc import AsyncGenerator, Sequence
from contextlib import asynccontextmanager
from typing import Any

import orjson
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from auth.authenticate import Authenticator
from auth.credential import Credential
from bench.floor.databases import Database, Fetch, floor_database
from bench.floor.queries import QUERIES, Ask
from server.collector import settle_collector


def create_floor(url: str, secret: bytes) -> Starlette:
    """Return the application: POST /Q1 to /Q6, with the same token as Freehold's."""
    database = floor_database(url)
    authenticator, known = Authenticator(secret), dict[str, Credential]()

    async def answer(request: Request) -> Response:
        header = request.headers["authorization"]
        credential = known.get(header)
        if credential is None:
            credential = known[header] = await authenticator.authenticate(header)
        arguments = orjson.loads(await request.body()).get("arguments", ())
        async with database.snapshot() as fetch:
            query = request.path_params["query"]
            data = await answer_query(database, fetch, credential, query=query, arguments=arguments)
        content = orjson.dumps({"data": data}, option=orjson.OPT_UTC_Z)
        return Response(content, media_type="application/json")

    @asynccontextmanager
    async def lifespan(_app: Starlette) -> AsyncGenerator[None]:
        await database.open()
        settle_collector()  # as the server does: else we would measure the floor's collector
        yield
        await database.close()

    return Starlette(routes=[Route("/{query}", answer, methods=["POST"])], lifespan=lifespan)


async def answer_query(
    database: Database,
    fetch: Fetch,
    credential: Credential,
    *,
    query: str,
    arguments: Sequence[Any],
) -> Any:
    """Return the data of one of the six queries for whoever asks."""
    rows = await fetch(database.subject, credential.org, credential.account)
    ask = _asking(database, fetch, credential.org, rows)
    return await QUERIES[query](ask, credential.org, *arguments)


def _asking(database: Database, fetch: Fetch, org: int | str, rows: Any) -> Ask:
    admin = any(row[2] == "admins" for row in rows)
    statements = database.statements["admin" if admin else "member"]
    asker = database.array([rows[0][0], *(row[1] for row in rows)]), time.time_ns() // 1000

    async def ask(name: str, *values: Any) -> Any:
        text, ruled = statements[name]
        given = database.given(name, values)
        return await fetch(text, org, *(asker if ruled else ()), *given)

    return ask
