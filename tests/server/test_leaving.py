"""Clients that leave: what they asked for ends, what they changed is made."""

from typing import Any

import orjson
import pytest
from starlette.types import Message

from server.app import create_app
from server.protocol.cycle import CANCELS
from tests.server.asking import settings_for, store_orgs, token_for

CREATE = 'mutation { spaceCreate(input: {key: "new", name: "New"}) { node { id } } }'


@pytest.mark.parametrize(("query", "cancels"), [("{ org { key } }", True), (CREATE, False)])
async def test_queries_end_with_their_clients_and_changes_do_not(
    database_url: str, query: str, *, cancels: bool
) -> None:
    orgs = await store_orgs(database_url)
    told = list[bool]()
    app = create_app(settings_for(database_url))
    token = token_for(orgs.accounts["ada"], orgs.acme.org_id)
    sent = list[Message]()

    async def receive() -> Message:
        return {"type": "http.request", "body": orjson.dumps({"query": query}), "more_body": False}

    async def send(message: Message) -> None:
        sent.append(message)

    scope: dict[str, Any] = {
        "type": "http",
        "method": "POST",
        "path": "/graphql",
        "query_string": b"",
        "headers": [
            (b"authorization", f"Bearer {token}".encode()),
            (b"content-type", b"application/json"),
        ],
        "client": ("127.0.0.1", 1),
        "extensions": {CANCELS: told.append},
    }
    async with app.router.lifespan_context(app):
        await app(scope, receive, send)
    assert sent[0]["status"] == 200
    assert told == [cancels]
