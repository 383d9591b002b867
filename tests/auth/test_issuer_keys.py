"""An issuer's keys: when they are fetched, what is used of them, and what happens without."""

import asyncio
import json

import pytest
from joserfc import jwt
from joserfc.jwk import ECKey

from auth.issuers import OidcIssuer
from tests.auth.oidc import (
    CLAIMS,
    FIRST,
    NAME,
    NOT_VALID,
    ROBIN,
    SECOND,
    Ask,
    Clock,
    KeyServer,
    sign,
)

UNAVAILABLE = (
    "UNAVAILABLE",
    "Your sign-in cannot be checked at the moment; try again in a minute.",
)


async def test_a_key_that_cannot_be_read_spoils_no_other(server: KeyServer, ask: Ask) -> None:
    odd: list[object] = [
        None,
        {},
        {"kty": ["EC"]},
        {"kty": "EC", "crv": "P-256"},
        {"kty": "EC", "crv": "P-256", "x": "AA", "y": "AA"},
        {"kty": "EC", "crv": "brainpoolP256r1", "x": "AA", "y": "AA"},
        {"kty": "OKP", "crv": "X25519", "x": "AA"},
        {"kty": "RSA", "n": "A" * 342, "e": "!"},
        {"kty": "AKP", "alg": "ML-DSA-44", "pub": "AA"},
    ]
    server.body = json.dumps({"keys": [*odd, FIRST.as_dict()]}).encode()
    assert await ask(sign()) == ROBIN


async def test_a_token_without_a_key_id_is_verified_by_an_only_key(
    server: KeyServer, ask: Ask, clock: Clock
) -> None:
    token = jwt.encode({"alg": "ES256"}, dict(CLAIMS), FIRST)
    assert await ask(token) == ROBIN
    server.publish(FIRST, SECOND)
    clock.seconds = 3600
    assert await ask(token) == NOT_VALID


async def test_a_new_key_is_fetched_when_a_token_names_it(
    server: KeyServer, ask: Ask, clock: Clock
) -> None:
    assert await ask(sign()) == ROBIN
    server.publish(SECOND)
    clock.seconds = 10
    assert await ask(sign(SECOND)) == ROBIN
    assert await ask(sign()) == NOT_VALID
    assert server.fetches == 2


async def test_a_flood_of_unknown_key_ids_fetches_once_in_ten_seconds(
    server: KeyServer, ask: Ask, clock: Clock
) -> None:
    forged = [
        sign(ECKey.import_key(FIRST.as_dict(private=True), {"kid": str(number)}))
        for number in range(50)
    ]
    answers = await asyncio.gather(*map(ask, forged), ask(sign()))
    assert answers == [NOT_VALID] * 50 + [ROBIN]
    assert server.fetches == 1
    clock.seconds = 9.9
    await asyncio.gather(*map(ask, forged))
    assert server.fetches == 1
    clock.seconds = 10
    await asyncio.gather(*map(ask, forged))
    assert server.fetches == 2


async def test_a_withdrawn_key_is_forgotten_within_the_hour(
    server: KeyServer, ask: Ask, clock: Clock
) -> None:
    assert await ask(sign()) == ROBIN
    server.publish(SECOND)
    clock.seconds = 3599
    assert await ask(sign()) == ROBIN
    clock.seconds = 3600
    assert await ask(sign()) == NOT_VALID


async def test_without_keys_the_caller_is_asked_to_wait_and_the_issuer_spared(
    server: KeyServer, ask: Ask, clock: Clock
) -> None:
    good, server.body = server.body, b"starting"
    assert await asyncio.gather(*[ask(sign()) for _ in range(2)]) == [UNAVAILABLE] * 2
    clock.seconds = 9.9
    assert await ask(sign()) == UNAVAILABLE
    assert server.fetches == 1
    server.body, clock.seconds = good, 10
    assert await ask(sign()) == ROBIN


async def test_an_issuer_that_is_down_before_any_key_makes_sign_in_unavailable(
    server: KeyServer, ask: Ask
) -> None:
    await server.stop()
    assert await ask(sign()) == UNAVAILABLE


async def test_an_issuer_that_goes_down_locks_nobody_out(
    server: KeyServer, ask: Ask, clock: Clock
) -> None:
    assert await ask(sign()) == ROBIN
    server.status = "503 Service Unavailable"
    clock.seconds = 3600
    assert await ask(sign()) == ROBIN
    clock.seconds = 3659
    assert await ask(sign()) == ROBIN
    assert server.fetches == 2
    await server.stop()
    clock.seconds = 3660
    assert await ask(sign()) == ROBIN
    assert await ask(sign(SECOND)) == NOT_VALID


@pytest.mark.parametrize(
    ("status", "body"),
    [
        ("200 OK", b'{"keys": []}' + b" " * 256 * 1024),
        ("200 OK", b"<html>"),
        ("200 OK", b"[" * 100_000),
        ("200 OK", b"[]"),
        ("200 OK", b"{}"),
        ("200 OK", b'{"keys": {}}'),
        ("302 Found", b'{"keys": []}'),
        ("500 Internal Server Error", b'{"keys": []}'),
        ("garbage", b'{"keys": []}'),
    ],
)
async def test_an_answer_that_is_no_key_set_counts_as_none(
    server: KeyServer, ask: Ask, status: str, body: bytes
) -> None:
    server.status, server.body = status, body
    assert await ask(sign()) == UNAVAILABLE


async def test_a_caller_who_hangs_up_does_not_end_the_fetch_for_those_who_wait(
    server: KeyServer, ask: Ask
) -> None:
    server.open.clear()
    first = asyncio.ensure_future(ask(sign()))
    second = asyncio.ensure_future(ask(sign()))
    await server.asked.wait()
    first.cancel()
    server.open.set()
    assert await second == ROBIN
    assert (first.cancelled(), server.fetches) == (True, 1)


@pytest.mark.parametrize(
    "url", ["http://login.example.org/keys", "http://127.0.0.1.example.org/keys", "file:///keys"]
)
def test_keys_come_over_https_or_from_this_machine(url: str) -> None:
    with pytest.raises(ValueError, match="isn't https: whoever sits between could sign as anyone"):
        OidcIssuer(NAME, "api", jwks_url=url)
