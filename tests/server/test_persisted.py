"""Documents by name: trusted ones from a file, and any other once it was sent with its hash."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import orjson
import pytest
from httpx2 import Response
from starlette.testclient import TestClient

from server.app import create_app
from server.persisted import (
    CHARACTERS,
    DocumentsFileError,
    PersistedDocuments,
    digest,
    read_trusted,
)
from server.request import Parameters, RefusedError
from tests.databases import run
from tests.server.asking import JSON, Client, messages, settings_for, shown, store_orgs
from tests.server.queries import ACME, KEY, STRICT

NOT_THE_HASH = "The `sha256Hash` is not that of the query."
NO_VERSION = "The extension `persistedQuery` must be of version 1, with a `sha256Hash`."


def persisted(document: str, **others: object) -> dict[str, object]:
    return {"persistedQuery": {"version": 1, "sha256Hash": digest(document), **others}}


def post(client: Client, **body: object) -> Response:
    return client.post(orjson.dumps(body))


def test_a_document_is_named_by_its_hash_once_it_was_sent(client: Client) -> None:
    unknown = post(client, extensions=persisted(KEY))
    assert shown(unknown) == (200, JSON, ["PERSISTED_QUERY_NOT_FOUND"])
    assert messages(unknown) == ["PersistedQueryNotFound"]
    assert post(client, query=KEY, extensions=persisted(KEY)).json()["data"] == ACME
    assert post(client, extensions=persisted(KEY)).json()["data"] == ACME
    assert post(client, documentId=f"sha256:{digest(KEY)}").json()["data"] == ACME


def test_a_document_is_named_by_get(client: Client) -> None:
    extensions = orjson.dumps(persisted(KEY)).decode()
    for parameters in ({"query": KEY, "extensions": extensions}, {"extensions": extensions}):
        response = client.send("GET", params=parameters, headers=client.bearer())
        assert response.json()["data"] == ACME


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ({"query": KEY, "extensions": persisted("{ org { id } }")}, NOT_THE_HASH),
        ({"query": KEY, "extensions": persisted(KEY, version=2)}, NO_VERSION),
        ({"query": KEY, "extensions": {"persistedQuery": {}}}, NO_VERSION),
        ({"query": KEY, "extensions": {"persistedQuery": "x"}}, NO_VERSION),
        ({"query": KEY, "extensions": persisted(KEY, sha256Hash=7)}, NO_VERSION),
        ({"query": KEY, "documentId": "x"}, "Send either `query` or `documentId`, not both."),
        ({"documentId": 7}, "The parameter `documentId` must be a string."),
        ({}, "The parameter `query` must be a string."),
    ],
)
def test_what_names_a_document_wrongly_is_refused(
    client: Client, body: Mapping[str, Any], message: str
) -> None:
    response = post(client, **body)
    assert shown(response) == (400, JSON, ["BAD_REQUEST"])
    assert messages(response) == [message]


def test_an_unknown_document_id_is_told(client: Client) -> None:
    response = client.post(b'{"documentId": "nowhere"}', Accept=STRICT)
    assert response.status_code == 404
    assert [error["extensions"]["code"] for error in response.json()["errors"]] == [
        "DOCUMENT_NOT_FOUND"
    ]


def test_a_named_document_needs_a_token_too(client: Client) -> None:
    response = client.send("POST", json={"documentId": "nowhere"})
    assert shown(response) == (401, JSON, ["UNAUTHENTICATED"])


def test_a_named_document_has_the_same_limits(client: Client) -> None:
    bomb = "{ " + " ".join(f"a{place}: __typename" for place in range(300)) + " }"
    response = post(client, query=bomb, extensions=persisted(bomb))
    named = post(client, extensions=persisted(bomb))
    assert shown(response) == shown(named) == (200, JSON, ["LIMIT_ALIASES"])


MANIFEST = {
    "format": "apollo-persisted-query-manifest",
    "version": 1,
    "operations": [{"id": "key", "name": "Key", "type": "query", "body": KEY}],
}


@pytest.mark.parametrize("file", [{"key": KEY}, MANIFEST])
@pytest.mark.parametrize("only", [False, True])
def test_a_trusted_document_is_named_by_its_id_or_hash_or_sent(
    database_url: str, tmp_path: Path, file: object, only: bool
) -> None:
    path = tmp_path / "documents.json"
    path.write_bytes(orjson.dumps(file))
    settings = settings_for(database_url, trusted_documents=path, only_trusted_documents=only)
    orgs = run(store_orgs(database_url))
    with TestClient(create_app(settings)) as http:
        client = Client(http, orgs)
        for body in ({"documentId": "key"}, {"extensions": persisted(KEY)}, {"query": KEY}):
            assert post(client, **body).json()["data"] == ACME
        other = client.ask("{ org { id } }")
        codes = ["DOCUMENT_NOT_TRUSTED"] if only else []
        assert shown(other) == (403 if only else 200, JSON, codes)


@pytest.mark.parametrize("content", [b"", b"[]", b'{"a": 7}', b'{"operations": [{"id": "a"}]}'])
def test_a_file_of_documents_that_is_no_good_is_told(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "documents.json"
    path.write_bytes(content)
    with pytest.raises(DocumentsFileError, match=r"documents\.json: "):
        read_trusted(path)


def test_documents_that_were_sent_are_forgotten_when_they_are_too_many() -> None:
    documents, size = PersistedDocuments(), 50_000
    texts = [f"#{number}".ljust(size) for number in range(CHARACTERS // size + 2)]
    for text in texts:
        documents.text_of(Parameters(text, {}, None, hash=digest(text)))
    with pytest.raises(RefusedError, match="PersistedQueryNotFound"):
        documents.text_of(Parameters("", {}, None, hash=digest(texts[0])))
    assert documents.text_of(Parameters("", {}, None, hash=digest(texts[-1]))) == texts[-1]


def test_a_document_that_is_too_long_is_not_remembered() -> None:
    documents, text = PersistedDocuments(), " " * 70_000
    assert documents.text_of(Parameters(text, {}, None, hash=digest(text))) == text
    with pytest.raises(RefusedError, match="PersistedQueryNotFound"):
        documents.text_of(Parameters("", {}, None, hash=digest(text)))


def is_remembered(documents: PersistedDocuments, text: str) -> bool:
    try:
        return documents.text_of(Parameters("", {}, None, hash=digest(text))) == text
    except RefusedError:
        return False


def test_one_viewer_pushes_out_its_own_documents_alone() -> None:
    documents = PersistedDocuments()
    documents.text_of(Parameters(KEY, {}, None, hash=digest(KEY)), "ada")
    texts = [f"#{number}".ljust(50_000) for number in range(200)]
    for text in texts:
        documents.text_of(Parameters(text, {}, None, hash=digest(text)), "pat")
    assert is_remembered(documents, KEY)
    assert [text for text in texts if is_remembered(documents, text)] == texts[-10:]


def test_of_many_viewers_those_who_have_most_are_forgotten_first() -> None:
    documents = PersistedDocuments()
    documents.text_of(Parameters(KEY, {}, None, hash=digest(KEY)), "ada")
    texts = [f"#{number}".ljust(50_000) for number in range(300)]
    for number, text in enumerate(texts):
        documents.text_of(Parameters(text, {}, None, hash=digest(text)), number % 20)
    kept = [text for text in texts if is_remembered(documents, text)]
    assert is_remembered(documents, KEY)
    assert CHARACTERS - 100_000 < sum(map(len, kept)) <= CHARACTERS
