"""GraphiQL's page and assets: what is served, with which headers, built or not."""

from pathlib import Path

import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient
from starlette.types import Message, Scope

from server.graphiql import graphiql_routes

STRICT = {
    "content-security-policy": (
        "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; "
        "worker-src 'self' blob:; connect-src 'self'; img-src 'self' data:; "
        "font-src 'self' data:; frame-ancestors 'none'; base-uri 'none'; form-action 'none'"
    ),
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
}
SOURCE = Path(__file__).parents[2] / "graphiql"


@pytest.fixture
def dist(tmp_path: Path) -> Path:
    folder = tmp_path / "dist"
    (folder / "assets").mkdir(parents=True)
    (folder / "index.html").write_text("<title>the page</title>")
    (folder / "assets" / "index-4f2a.js").write_text("let x")
    (tmp_path / "secret.txt").write_text("out of reach")
    (folder / "assets" / "link.txt").symlink_to(tmp_path / "secret.txt")
    return folder


@pytest.fixture
def client(dist: Path) -> TestClient:
    return TestClient(Starlette(routes=graphiql_routes(dist)))


@pytest.fixture
def unbuilt(tmp_path: Path) -> TestClient:
    return TestClient(Starlette(routes=graphiql_routes(tmp_path / "absent")))


@pytest.mark.parametrize("path", ["/graphiql", "/graphiql/", "/graphiql/index.html"])
def test_the_page_is_served_and_asked_for_again_each_time(client: TestClient, path: str) -> None:
    response = client.get(path, follow_redirects=False)
    assert (response.status_code, response.text) == (200, "<title>the page</title>")
    assert response.headers["cache-control"] == "no-cache"
    assert response.headers["content-type"] == "text/html; charset=utf-8"


def test_a_hashed_asset_is_kept_for_ever(client: TestClient) -> None:
    response = client.get("/graphiql/assets/index-4f2a.js")
    assert (response.status_code, response.text) == (200, "let x")
    assert response.headers["cache-control"] == "public, max-age=31536000, immutable"
    assert response.headers["content-type"] == "text/javascript; charset=utf-8"


def test_an_unchanged_page_is_not_sent_again(client: TestClient) -> None:
    etag = client.get("/graphiql").headers["etag"]
    response = client.get("/graphiql", headers={"If-None-Match": etag})
    assert (response.status_code, response.text) == (304, "")
    assert response.headers["cache-control"] == "no-cache"


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/graphiql", 200),
        ("/graphiql/assets/index-4f2a.js", 200),
        ("/graphiql/assets/absent.js", 404),
    ],
)
def test_every_answer_bears_the_strict_headers(client: TestClient, path: str, status: int) -> None:
    response = client.get(path)
    assert response.status_code == status
    assert {name: response.headers.get(name) for name in STRICT} == STRICT


async def ask(app: Starlette, path: str) -> list[Message]:
    """Asks for a path as a server passes it on; a test client would tidy it first."""
    scope: Scope = {
        "type": "http",
        "method": "GET",
        "path": path,
        "query_string": b"",
        "headers": [],
    }
    sent: list[Message] = []

    async def receive() -> Message:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: Message) -> None:
        sent.append(message)

    await app(scope, receive, send)
    return sent


@pytest.mark.parametrize(
    "path",
    [
        "/graphiql/assets",
        "/graphiql/assets/absent.js",
        "/graphiql/../secret.txt",
        "/graphiql/assets/../../secret.txt",
        "/graphiql/assets/..\\..\\..\\secret.txt",
        "/graphiql//etc/passwd",
        "/graphiql/assets/link.txt",
        "/graphiql/index.html\0.js",
    ],
)
async def test_nothing_but_the_built_files_is_found(dist: Path, path: str) -> None:
    start, body = await ask(Starlette(routes=graphiql_routes(dist)), path)
    assert (start["status"], body["body"]) == (404, b"Not Found")
    headers = {name.decode(): value.decode() for name, value in start["headers"]}
    assert {name: headers.get(name) for name in STRICT} == STRICT
    assert "cache-control" not in headers


def test_the_page_can_only_be_read(client: TestClient) -> None:
    response = client.post("/graphiql")
    assert response.status_code == 405
    assert set(response.headers["allow"].split(", ")) == {"GET", "HEAD"}


@pytest.mark.parametrize("path", ["/graphiql", "/graphiql/", "/graphiql/assets/index-4f2a.js"])
def test_an_unbuilt_page_says_how_to_build_it(unbuilt: TestClient, path: str) -> None:
    response = unbuilt.get(path)
    assert response.status_code == 503
    assert "make install" in response.text
    assert "make graphiql" in response.text
    assert response.headers["cache-control"] == "no-cache"
    assert {name: response.headers.get(name) for name in STRICT} == STRICT


def test_the_lock_names_no_address() -> None:
    lock = (SOURCE / "package-lock.json").read_text()
    assert "://" not in lock
    assert '"resolved"' not in lock
