"""Counts the SQL statements of a request, the asker's look-up included, BEGIN and COMMIT not."""

from collections.abc import Mapping
from io import StringIO
from typing import Any

import httpx2

from auth.credential import Credential
from bench.data import ACCOUNTS, ORG_ID
from bench.floor.app import answer_query
from bench.floor.databases import floor_database
from bench.questions import text, token
from bench.serve import application
from server.logs import configure_logs
from tests.counting import counted


async def of_floor(url: str, query: str, viewer: str, *arguments: object) -> int:
    """Return how many the floor asks."""
    database, asked = floor_database(url), list[str]()
    await database.open()
    async with database.snapshot() as fetch:

        async def noted(statement: str, *values: Any) -> Any:
            asked.append(statement)
            return await fetch(statement, *values)

        credential = Credential(ACCOUNTS[viewer], ORG_ID)
        await answer_query(database, noted, credential, query=query, arguments=arguments)
    await database.close()
    return len(asked)


async def of_compiled(url: str, query: str, viewer: str, *, variables: Mapping[str, object]) -> int:
    """Return how many the compiled executor asks, in an application in this process."""
    configure_logs(StringIO())
    app = application("compiled", url)
    body = {"query": text(query), "variables": dict(variables)}
    headers = {"Authorization": f"Bearer {token(viewer)}"}
    client = httpx2.AsyncClient(transport=httpx2.ASGITransport(app), base_url="http://bench")
    async with app.router.lifespan_context(app), client:
        with counted() as statements:
            response = await client.post("/graphql", json=body, headers=headers)
        response.raise_for_status()
        return len(statements)
