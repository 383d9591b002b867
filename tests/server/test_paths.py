"""Where the server answers, with what headers, and that it sends nobody elsewhere."""

import httpx2
import pytest

from tests.server.asking import JSON, Client, messages, shown

QUERY = {"query": "{ org { key } }"}


@pytest.mark.parametrize(
    "path", ["/graphql/", "/livez/", "/readyz/", "/version/", "/graphql//", "/livez//"]
)
@pytest.mark.parametrize("host", ["testserver", "evil.example.org"])
def test_a_slash_at_the_end_makes_no_difference(client: Client, path: str, host: str) -> None:
    headers = {**client.bearer(), "Host": host}
    params = QUERY if "graphql" in path else None
    found = client.send("GET", path, params=params, headers=headers, follow_redirects=False)
    plain = client.send("GET", path.rstrip("/"), params=params, headers=client.bearer())
    assert (found.status_code, found.text) == (plain.status_code, plain.text) == (200, plain.text)


@pytest.mark.parametrize("path", ["//evil.example.org/", "/nowhere/", "/graphql/x", "//"])
def test_what_is_not_there_is_not_found(client: Client, path: str) -> None:
    found = client.send("GET", f"http://testserver{path}", follow_redirects=False)
    assert (found.status_code, "location" in found.headers) == (200 if path == "//" else 404, False)


def test_the_first_page_leads_to_the_others(client: Client) -> None:
    found = client.send("GET", "/")
    assert (found.status_code, found.headers["content-type"]) == (200, "text/html; charset=utf-8")
    assert "default-src 'none'" in found.headers["content-security-policy"]
    for path in ("/graphiql", "/readyz", "/livez", "/version"):
        assert f'href="{path}"' in found.text
        assert client.http.get(path).status_code in (200, 503)  # GraphiQL may not be built


@pytest.mark.parametrize(
    ("method", "body", "status"),
    [
        ("POST", QUERY, 200),
        ("POST", {"query": "{ nonsense }"}, 200),
        ("POST", {"query": 1}, 400),
        ("PUT", QUERY, 405),
    ],
)
def test_answers_are_not_kept_nor_taken_for_anything_else(
    client: Client, method: str, body: object, status: int
) -> None:
    response = client.send(method, json=body, headers=client.bearer())
    assert response.status_code == status
    assert response.headers["cache-control"] == "no-store"
    assert response.headers["x-content-type-options"] == "nosniff"


def test_an_answer_with_a_tag_is_kept_for_its_asker(client: Client) -> None:
    response = client.send("GET", params=QUERY, headers=client.bearer())
    assert response.headers["cache-control"] == "private, no-cache"
    assert response.headers["x-content-type-options"] == "nosniff"


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("Authorization", "Bearer other"),
        ("Content-Type", "application/json"),
        ("Content-Encoding", "identity"),
    ],
)
def test_what_decides_is_said_once(client: Client, name: str, value: str) -> None:
    given = {**client.bearer(), "Content-Type": "application/json", "Content-Encoding": "identity"}
    headers = httpx2.Headers([*given.items(), (name, value)])
    response = client.send("POST", content=b'{"query": "{ org { key } }"}', headers=headers)
    assert shown(response) == (400, JSON, ["BAD_REQUEST"])
    assert messages(response) == [f"Send one header `{name.lower()}`, not 2."]
