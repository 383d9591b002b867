"""What an operator asks without a token: alive, ready, which version."""

from importlib.metadata import version

import pytest

from tests.server.asking import Client
from tests.server.outage import assert_ready


def test_a_server_on_a_migrated_database_is_live_and_ready(client: Client) -> None:
    assert_ready(client, None)


def test_the_version_is_the_one_that_was_installed(client: Client) -> None:
    response = client.send("GET", "/version")
    assert (response.status_code, response.json()) == (
        200,
        {"name": "freehold", "version": version("freehold")},
    )


@pytest.mark.parametrize("path", ["/livez", "/readyz", "/version"])
def test_they_are_only_asked_for(client: Client, path: str) -> None:
    assert client.send("POST", path).status_code == 405
    assert client.send("HEAD", path).status_code == 200
