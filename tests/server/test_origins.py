"""CORS: pages of the origins that are set may ask, others may not, and by default none."""

from collections.abc import Mapping
from typing import Any

import pytest
from pydantic import ValidationError
from starlette.testclient import TestClient

from server.app import create_app
from server.settings import Settings
from tests.databases import SQLiteFiles
from tests.server.asking import Client, settings_for

APP, OTHER = "https://app.example.org", "https://other.example.org"
PREFLIGHT = {
    "Access-Control-Request-Method": "POST",
    "Access-Control-Request-Headers": "authorization, content-type",
}


def _headers(
    files: SQLiteFiles, method: str, headers: Mapping[str, str], **settings: Any
) -> tuple[int, Mapping[str, str]]:
    with files.fresh() as url, TestClient(create_app(settings_for(url, **settings))) as http:
        response = http.request(method, "/graphql", headers=dict(headers))
        told = {
            name.removeprefix("access-control-"): value
            for name, value in response.headers.items()
            if name.startswith("access-control-")
        }
        return response.status_code, {**told, "vary": response.headers.get("vary", "")}


def test_by_default_no_page_of_another_site_may_ask(client: Client) -> None:
    response = client.send("OPTIONS", headers={"Origin": APP, **PREFLIGHT})
    assert response.status_code == 405
    assert not [name for name in response.headers if name.startswith("access-control")]


def test_a_preflight_is_answered(sqlite_files: SQLiteFiles) -> None:
    status, told = _headers(
        sqlite_files, "OPTIONS", {"Origin": APP, **PREFLIGHT}, allowed_origins=f"{APP}, {OTHER}"
    )
    assert status == 200
    assert (told["allow-origin"], told["allow-methods"]) == (APP, "GET, POST")
    assert {"Authorization", "Content-Type", "If-None-Match"} <= {
        *told["allow-headers"].split(", ")
    }
    assert "allow-credentials" not in told
    assert "Origin" in told["vary"]


def test_a_page_of_another_origin_is_refused(sqlite_files: SQLiteFiles) -> None:
    asked = {"Origin": "https://evil.example.org", **PREFLIGHT}
    status, told = _headers(sqlite_files, "OPTIONS", asked, allowed_origins=APP)
    assert (status, told.get("allow-origin")) == (400, None)


@pytest.mark.parametrize(
    ("settings", "expected"),
    [
        ({"allowed_origins": APP}, {"allow-origin": APP}),
        (
            {"allowed_origins": APP, "allow_credentials": True},
            {"allow-origin": APP, "allow-credentials": "true"},
        ),
        ({"allowed_origins": "*"}, {"allow-origin": "*"}),
    ],
)
def test_a_page_reads_answers_and_refusals_alike(
    sqlite_files: SQLiteFiles, settings: Mapping[str, Any], expected: Mapping[str, str]
) -> None:
    status, told = _headers(sqlite_files, "POST", {"Origin": APP}, **settings)
    assert status == 401
    exposed = told["expose-headers"].split(", ")
    assert {"ETag", "RateLimit", "Retry-After", "X-Request-Id"} <= {*exposed}
    found = {name: told.get(name) for name in ("allow-origin", "allow-credentials")}
    assert {name: value for name, value in found.items() if value} == expected
    assert "Authorization" in told["vary"]
    assert "Origin" in told["vary"]


@pytest.mark.parametrize(
    "settings",
    [
        {"allowed_origins": "app.example.org"},
        {"allowed_origins": f"{APP}/"},
        {"allowed_origins": "null"},
        {"allowed_origins": f"*, {APP}"},
        {"allowed_origins": "*", "allow_credentials": True},
    ],
)
def test_what_is_no_origin_is_refused_at_the_start(settings: Mapping[str, Any]) -> None:
    with pytest.raises(ValidationError, match="FREEHOLD_ALLOWED_ORIGINS"):
        Settings.model_validate(settings)
