"""Which tokens of an OpenID Connect issuer are accepted, and whom they name."""

import hashlib
import hmac
import json
import warnings

import pytest
from joserfc import jwt
from joserfc.errors import SecurityWarning
from joserfc.jwk import ECKey, Key, OctKey, RSAKey
from joserfc.util import json_b64encode, urlsafe_b64encode

from auth.authenticate import Algorithms
from auth.credential import Credential
from auth.issuers import OidcIssuer
from tests.auth.oidc import (
    CLAIMS,
    FIRST,
    NAME,
    NOT_VALID,
    NOW,
    ROBIN,
    SECOND,
    Answer,
    Ask,
    KeyServer,
    asking,
    make_key,
    sign,
)

EXPIRED = ("UNAUTHENTICATED", "The token has expired; get a new one.")
UNVERIFIED = (
    "UNAUTHENTICATED",
    "Your e-mail address is not verified; verify it where you sign in, then get a new token.",
)
INCOMPLETE = (
    "UNAUTHENTICATED",
    (
        "The token does not name an account and an organisation; "
        "ask whoever runs your sign-in to add them, then get a new one."
    ),
)
KELVIN = Credential(account="mi\N{KELVIN SIGN}e@example.org", org="acme")
SHARP = Credential(account="stra\N{LATIN SMALL LETTER SHARP S}e@example.org", org="acme")
MIA = Credential(account="m\N{LATIN SMALL LETTER I WITH DIAERESIS}a@example.org", org="acme")

RSA = RSAKey.generate_key(2048, {"kid": "rsa"})


def weak_key() -> RSAKey:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", SecurityWarning)
        return RSAKey.generate_key(1024, {"kid": "weak"})


def limited(key: Key, **limits: str) -> RSAKey:
    """Return the key as an issuer publishes it for one use, or one algorithm, only."""
    return RSAKey.import_key({**key.as_dict(), **limits})


def sign_by_hand(secret: bytes, **changes: object) -> str:
    """Sign as HS256 with anything, as the library would refuse to."""
    header = {"alg": "HS256", "kid": RSA.kid}
    content = json_b64encode(header) + b"." + json_b64encode(CLAIMS | changes)
    signature = hmac.digest(secret, content, hashlib.sha256)
    return (content + b"." + urlsafe_b64encode(signature)).decode()


WEAK = weak_key()


@pytest.mark.parametrize(
    ("algorithm", "kind"),
    [
        ("RS256", "RSA"),
        ("RS384", "RSA"),
        ("RS512", "RSA"),
        ("PS256", "RSA"),
        ("ES256", "P-256"),
        ("ES384", "P-384"),
        ("EdDSA", "Ed25519"),
    ],
)
async def test_a_genuine_token_names_the_account_case_folded_and_the_org(
    server: KeyServer, ask: Ask, algorithm: str, kind: str
) -> None:
    key = make_key(kind)
    server.publish(SECOND, key)
    assert await ask(sign(key, algorithm)) == ROBIN


@pytest.mark.parametrize(
    ("changes", "answer"),
    [
        ({"aud": ["other", "api"]}, ROBIN),
        ({"exp": NOW - 29}, ROBIN),
        ({"exp": NOW - 30}, EXPIRED),
        ({"exp": None}, NOT_VALID),
        ({"nbf": NOW + 30}, ROBIN),
        ({"nbf": NOW + 31}, NOT_VALID),
        ({"iss": NAME + "/"}, NOT_VALID),
        ({"aud": "other"}, NOT_VALID),
        ({"aud": ["other"]}, NOT_VALID),
        ({"aud": None}, NOT_VALID),
        ({"email_verified": False}, UNVERIFIED),
        ({"email_verified": "true"}, UNVERIFIED),
        ({"email_verified": None}, UNVERIFIED),
        ({"email": None}, INCOMPLETE),
        ({"email": ""}, INCOMPLETE),
        ({"email": ["robin@example.org"]}, INCOMPLETE),
        ({"email": "robin@example.org\0"}, INCOMPLETE),
        ({"email": "m\N{LATIN SMALL LETTER I WITH DIAERESIS}a@example.org"}, MIA),
        ({"email": "mi\N{KELVIN SIGN}e@example.org"}, KELVIN),
        ({"email": "stra\N{LATIN SMALL LETTER SHARP S}e@example.org"}, SHARP),
        ({"email": "robin@-\N{LATIN SMALL LETTER SHARP S}.example"}, INCOMPLETE),
        ({"org": None}, INCOMPLETE),
        ({"org": 7}, INCOMPLETE),
    ],
    ids=ascii,
)
async def test_a_well_signed_token_must_say_enough(
    ask: Ask, changes: dict[str, object], answer: Answer
) -> None:
    assert await ask(sign(changes=changes)) == answer


async def test_other_claims_may_name_the_account_and_the_org(server: KeyServer) -> None:
    oidc = OidcIssuer(
        NAME, "api", jwks_url=server.url, account_claim="upn", org_claim="https://example.org/org"
    )
    token = sign(changes={"upn": "Robin", "email": None, "https://example.org/org": "beta"})
    assert await asking(oidc)(token) == Credential(account="robin", org="beta")


async def test_our_own_algorithm_is_refused_from_an_issuer_without_asking_for_its_keys(
    server: KeyServer, ask: Ask
) -> None:
    server.publish(RSA)
    for secret in (RSA.as_pem(), json.dumps(RSA.as_dict()).encode(), bytes(32)):
        for issuer in (NAME, "freehold"):
            assert await ask(sign_by_hand(secret, iss=issuer)) == NOT_VALID
    assert server.fetches == 0


@pytest.mark.parametrize(
    "header", [{"alg": "ES256", "kid": 1}, {"alg": "ES256", "kid": ["first"]}, {"alg": ["ES256"]}]
)
async def test_a_malformed_header_is_refused_without_asking_for_the_keys(
    server: KeyServer, ask: Ask, header: dict[str, object]
) -> None:
    token = b".".join([json_b64encode(header), json_b64encode(CLAIMS), b"AAAA"])
    assert await ask(token.decode()) == NOT_VALID
    assert server.fetches == 0


async def test_a_header_may_say_more_than_is_understood(ask: Ask) -> None:
    registry = Algorithms("ES256")
    header = {"alg": "ES256", "kid": FIRST.kid, "nonce": "abc", "x5c": ["M" * 2000]}
    assert await ask(jwt.encode(header, dict(CLAIMS), FIRST, registry=registry)) == ROBIN


async def test_a_published_symmetric_key_signs_nothing(server: KeyServer, ask: Ask) -> None:
    shared = OctKey.generate_key(parameters={"kid": "shared"})
    server.publish(shared, FIRST)
    assert await ask(sign(shared, "HS256")) == NOT_VALID
    assert await ask(sign()) == ROBIN


@pytest.mark.parametrize(
    ("key", "algorithm", "published"),
    [
        (make_key("P-256", "forged"), "ES256", FIRST),
        (ECKey.generate_key("P-256", {"kid": "first"}), "ES256", FIRST),
        (RSA, "PS384", RSA),
        (RSA, "RS256", FIRST),
        (WEAK, "RS256", WEAK),
        (RSA, "RS256", limited(RSA, use="enc")),
        (RSA, "RS256", limited(RSA, alg="PS256")),
    ],
    ids=["unknown", "same id", "algorithm", "kind", "weak", "use", "key for another algorithm"],
)
async def test_only_a_published_key_verifies_and_only_by_its_algorithm(
    server: KeyServer, ask: Ask, key: Key, algorithm: str, published: Key
) -> None:
    server.publish(published)
    assert await ask(sign(key, algorithm)) == NOT_VALID
