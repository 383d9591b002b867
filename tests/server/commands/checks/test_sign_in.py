"""An OIDC issuer's keys are fetched as the server will fetch them."""

from collections.abc import AsyncIterator

import pytest
from joserfc.jwk import OctKey

from server.commands.checks.finding import Finding, State
from server.commands.checks.sign_in import check_oidc
from server.settings import Settings
from tests.auth.oidc import FIRST, NAME, SECOND, KeyServer

NOT_HTTPS = "http://login.example.org/keys"


@pytest.fixture
async def keys() -> AsyncIterator[KeyServer]:
    server = KeyServer()
    await server.start()
    yield server
    await server.stop()


def settings(url: str, issuer: str = NAME) -> Settings:
    return Settings(oidc_issuer=issuer, oidc_audience="api", oidc_jwks_url=url)


async def test_without_an_issuer_there_is_nothing_to_check() -> None:
    assert await check_oidc(Settings()) == Finding("OIDC", State.OK, "not used")


async def test_the_keys_are_counted(keys: KeyServer) -> None:
    keys.publish(FIRST, SECOND)
    assert await check_oidc(settings(keys.url)) == Finding("OIDC", State.OK, f"{NAME}, 2 keys")


async def test_keys_that_are_not_taken_are_noted(keys: KeyServer) -> None:
    keys.publish(OctKey.generate_key(256))
    finding = await check_oidc(settings(keys.url))
    assert (finding.state, finding.found) == (
        State.NOTE,
        f"{NAME} publishes no key that is taken.",
    )


async def test_an_issuer_that_does_not_answer_is_wrong(keys: KeyServer) -> None:
    keys.status = "500 Oops"
    finding = await check_oidc(settings(keys.url))
    assert finding.state is State.WRONG
    assert finding.found == f"No keys from {keys.url}: ValueError status 500."


@pytest.mark.parametrize(
    ("url", "issuer", "found"),
    [
        (NOT_HTTPS, NAME, f"{NOT_HTTPS} isn't https: whoever sits between could sign as anyone"),
        ("https://login.example.org:port/keys", NAME, "Invalid port: 'port'"),
        ("https://login.example.org/keys", "freehold", "'freehold' is this server's own name"),
    ],
)
async def test_settings_that_cannot_be_used_are_wrong(url: str, issuer: str, found: str) -> None:
    finding = await check_oidc(settings(url, issuer))
    assert finding.state is State.WRONG
    assert finding.found.startswith(f"FREEHOLD_OIDC_ISSUER or _JWKS_URL: {found}")
