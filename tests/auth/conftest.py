"""The issuer's key server, running for one test, and a way to ask with its tokens."""

from collections.abc import AsyncIterator

import pytest

from auth.issuers import OidcIssuer
from tests.auth.oidc import NAME, Ask, Clock, KeyServer, asking


@pytest.fixture
async def server() -> AsyncIterator[KeyServer]:
    server = KeyServer()
    await server.start()
    yield server
    await server.stop()


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def ask(server: KeyServer, clock: Clock) -> Ask:
    return asking(OidcIssuer(NAME, "api", jwks_url=server.url, clock=clock))
