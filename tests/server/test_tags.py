"""Answers by ETag: 304 for as long as nothing changed for who asks, and not a moment longer."""

from collections.abc import Iterator, Mapping
from datetime import timedelta
from typing import Any

import orjson
import pytest
from httpx2 import Response
from sqlalchemy import update
from starlette.testclient import TestClient

from db import clock
from db.engine import change, open_engine
from db.models import GRANT, MEMBERSHIP, PRINCIPAL
from db.queries import AnySelect
from db.revision import advance
from server.app import create_app
from server.persisted import digest
from tests.databases import run
from tests.server.asking import JSON, Client, Log, settings_for, shown, store_orgs

TREE = "query Tree($first: Int) { org { spaces(first: $first) { nodes { key } } } }"
ME = "{ viewer { account { name } } }"


@pytest.fixture
def client(database_url: str) -> Iterator[Client]:
    """A server of the test's own, which may change what it has."""
    orgs = run(store_orgs(database_url))
    with TestClient(create_app(settings_for(database_url))) as http:
        yield Client(http, orgs)


def get(client: Client, query: str = TREE, *, user: str = "ada", **headers: str) -> Response:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return client.send("GET", params={"query": query}, headers={**client.bearer(user), **named})


def again(client: Client, tag: str, *, user: str = "ada", query: str = TREE) -> int:
    """Return the status of asking as a client that has the tagged answer."""
    return get(client, query, user=user, If_None_Match=tag).status_code


async def _write(url: str, org_id: int, *statements: Any, advances: bool) -> None:
    engine = open_engine(url)
    async with change(engine) as connection:
        if advances:
            await advance(connection, org_id, at=clock.now())
        for statement in statements:
            await connection.execute(statement)
    await engine.dispose()


def write(url: str, client: Client, *statements: Any, advances: bool = True) -> None:
    """Change acme, as a mutation would or behind everyone's back."""
    run(_write(url, client.orgs.acme.org_id, *statements, advances=advances))


def test_a_query_by_get_has_a_tag_and_is_not_sent_twice(client: Client, log: Log) -> None:
    first = get(client)
    assert shown(first) == (200, JSON, [])
    assert first.headers["cache-control"] == "private, no-cache"
    assert first.headers["vary"] == "Accept, Accept-Encoding, Authorization"
    second = get(client, If_None_Match=f'"other", W/{first.headers["etag"]}')
    assert (second.status_code, second.content) == (304, b"")
    assert second.headers["etag"] == first.headers["etag"]
    assert second.headers["x-request-id"]
    # The asker's look-up and the next expiry; the answer itself takes one more.
    assert [entry["statements"] for entry in log.entries("graphql")] == [3, 2]


def test_a_query_by_post_has_no_tag_unless_its_document_is_named(client: Client) -> None:
    assert "etag" not in client.ask(TREE).headers
    extensions = {"persistedQuery": {"version": 1, "sha256Hash": digest(TREE)}}
    body = orjson.dumps({"query": TREE, "extensions": extensions})
    tag = client.post(body).headers["etag"]
    named = orjson.dumps({"extensions": extensions})
    assert client.post(named, If_None_Match=tag).status_code == 304


@pytest.mark.parametrize(
    "other",
    [
        {"query": "{ org { key } }"},
        {"query": TREE + " "},
        {"query": TREE, "variables": '{"first": 1}'},
        {"query": TREE, "operationName": "Tree"},
    ],
)
def test_another_request_has_another_tag(client: Client, other: Mapping[str, str]) -> None:
    tag = get(client).headers["etag"]
    response = client.send("GET", params=other, headers={**client.bearer(), "If-None-Match": tag})
    assert shown(response) == (200, JSON, [])
    assert response.headers["etag"] != tag


def test_another_asker_or_media_type_has_another_tag(client: Client) -> None:
    tag = get(client).headers["etag"]
    assert again(client, tag) == 304
    assert again(client, tag, user="pat") == 200
    strict = get(client, If_None_Match=tag, Accept="application/graphql-response+json")
    assert strict.status_code == 200


def test_errors_have_no_tag(client: Client) -> None:
    response = get(client, '{ org { spaces(after: "nonsense") { totalCount } } }')
    assert response.json()["errors"]
    assert "etag" not in response.headers
    assert "etag" not in get(client, "{ nonsense }").headers


def test_a_change_of_the_org_ends_a_tag(client: Client, database_url: str) -> None:
    tag = get(client).headers["etag"]
    write(database_url, client)
    assert again(client, tag) == 200


def test_what_the_asker_is_told_of_its_account_ends_a_tag(
    client: Client, database_url: str
) -> None:
    tag = get(client, ME).headers["etag"]
    assert again(client, tag, query=ME) == 304
    own = PRINCIPAL.c.org_id == client.orgs.acme.org_id, PRINCIPAL.c.key == "ada"
    renamed = update(PRINCIPAL).where(*own).values(name="Ada the Second")
    write(database_url, client, renamed, advances=False)
    assert again(client, tag, query=ME) == 200


def test_who_is_deactivated_gets_no_answer_from_before(client: Client, database_url: str) -> None:
    tag = get(client, user="pat").headers["etag"]
    org_id = client.orgs.acme.org_id
    pat: AnySelect = (
        PRINCIPAL.select()
        .with_only_columns(PRINCIPAL.c.id)
        .where(PRINCIPAL.c.org_id == org_id, PRINCIPAL.c.key == "pat")
    )
    ended = update(MEMBERSHIP).where(
        MEMBERSHIP.c.org_id == org_id, MEMBERSHIP.c.member_id == pat.scalar_subquery()
    )
    write(database_url, client, ended.values(ended_at=clock.now()), advances=False)
    response = get(client, user="pat", If_None_Match=tag)
    assert (response.status_code, response.json()["data"]) == (200, {"org": None})


def test_an_expiry_ends_a_tag_though_nobody_changes_anything(
    client: Client, database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    org_id, now = client.orgs.acme.org_id, clock.now()
    expires = now + timedelta(hours=1) // timedelta(microseconds=1)
    granted = update(GRANT).where(GRANT.c.org_id == org_id).values(expires_at=expires)
    write(database_url, client, granted)
    before = get(client, user="pat")
    assert before.json()["data"] == {"org": {"spaces": {"nodes": [{"key": "core"}]}}}
    tag = before.headers["etag"]
    monkeypatch.setattr(clock, "now", lambda: expires - 1)
    assert again(client, tag, user="pat") == 304
    monkeypatch.setattr(clock, "now", lambda: expires)
    after = get(client, user="pat", If_None_Match=tag)
    assert (after.status_code, after.json()["data"]) == (200, {"org": {"spaces": {"nodes": []}}})
