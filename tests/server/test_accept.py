"""The media type of the answer: what the client accepts, by its weights."""

import pytest

from tests.server.asking import GRAPHQL, JSON, Client, messages, shown
from tests.server.queries import ACME, KEY


@pytest.mark.parametrize(
    ("accept", "media_type"),
    [
        ("*/*", JSON),
        ("", JSON),
        (" ", JSON),
        ("application/json", JSON),
        ("APPLICATION/JSON", JSON),
        ("application/*", JSON),
        ("application/json; charset=utf-8", JSON),
        ("application/json; profile=x; q=0.5", JSON),
        ("text/html, */*;q=0.1", JSON),
        ("application/graphql-response+json", GRAPHQL),
        ("application/graphql-response+json; charset=utf-8", GRAPHQL),
        ("application/graphql-response+json, application/json;q=0.9", GRAPHQL),
        ("application/json;q=0.9, application/graphql-response+json", GRAPHQL),
        ("application/json, application/graphql-response+json", JSON),
        ("application/graphql-response+json, application/json", GRAPHQL),
        ("application/graphql-response+json, */*", GRAPHQL),
        ("*/*, application/graphql-response+json;q=0.5", JSON),
        ("*/*;q=0.1, application/graphql-response+json;q=0.5", GRAPHQL),
        ("application/graphql-response+json;q=0, */*", JSON),
        ("application/json;q=0, */*", GRAPHQL),
        ("application/json;q=0.000, application/*;q=0.001", GRAPHQL),
        ("application/json;q=nan, application/graphql-response+json;q=0.1", GRAPHQL),
        ("application/json;q=2, application/graphql-response+json;q=0.1", GRAPHQL),
        ("application/json;q=-1, application/graphql-response+json;q=0.1", GRAPHQL),
        ("application/json;q=1.001, application/graphql-response+json;q=0.1", GRAPHQL),
        ("application/json;Q=1.000", JSON),
        (";,;, application/json ,;", JSON),
        (",".join(["text/html"] * 1000) + ",application/json", JSON),
    ],
)
def test_the_answer_is_of_the_type_that_the_client_wants_most(
    client: Client, accept: str, media_type: str
) -> None:
    response = client.ask(KEY, Accept=accept)
    assert shown(response) == (200, media_type, [])
    assert response.json()["data"] == ACME


@pytest.mark.parametrize(
    "accept",
    [
        *("text/html", "application", "json", "application/xml", "text/*", "*", ",", ";q=1"),
        *("application/json;q=0", "application/json;q=0.0", "application/json;q=zzz", "*/*;q=0"),
        *("application/graphql+json", "multipart/mixed", "application/graphql-response"),
    ],
)
def test_a_client_that_takes_no_json_is_told_what_there_is(client: Client, accept: str) -> None:
    response = client.ask(KEY, Accept=accept)
    assert shown(response) == (406, JSON, ["NOT_ACCEPTABLE"])
    assert messages(response) == ["Accept application/graphql-response+json or application/json."]


def test_several_accept_headers_are_one(client: Client) -> None:
    headers = [
        *client.bearer().items(),
        ("Accept", "text/html"),
        ("Accept", "application/graphql-response+json"),
    ]
    response = client.send("POST", json={"query": KEY}, headers=headers)
    assert shown(response) == (200, GRAPHQL, [])
