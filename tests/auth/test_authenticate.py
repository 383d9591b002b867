"""Our own tokens, and what is refused in their place."""

import base64
import hashlib
import hmac
import json
from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from joserfc import jwt
from joserfc.jwk import OctKey, RSAKey

from auth.authenticate import Authenticator, issue_token
from auth.credential import Credential
from auth.errors import AuthError
from auth.issuers import OidcIssuer

NOW = 1_800_000_000
SECRET = bytes(range(32))
MISSING = "Send an access token in the header `Authorization: Bearer <token>`."
NOT_VALID = "The token is not valid; get a new one."
EXPIRED = "The token has expired; get a new one."

JsonValue = None | bool | int | float | str | list["JsonValue"] | dict[str, "JsonValue"]
CLAIMS: dict[str, JsonValue] = {
    "iss": "freehold",
    "aud": "freehold",
    "sub": "acc_42",
    "org": "org_7",
    "nbf": NOW,
    "exp": NOW + 60,
}


def own_token(lifetime: timedelta = timedelta(minutes=1), *, secret: bytes = SECRET) -> str:
    return issue_token(secret, account_id=42, org_id=7, lifetime=lifetime, now=lambda: NOW)


def segment(value: JsonValue) -> str:
    return base64.urlsafe_b64encode(json.dumps(value).encode()).decode().rstrip("=")


def forge(header: JsonValue, claims: JsonValue, key: bytes = SECRET) -> str:
    """Sign anything as HS256, as the library would refuse to."""
    content = f"{segment(header)}.{segment(claims)}"
    signature = hmac.digest(key, content.encode(), hashlib.sha256)
    return f"{content}.{base64.urlsafe_b64encode(signature).decode().rstrip('=')}"


def cases(*values: JsonValue) -> tuple[JsonValue, ...]:
    return values


async def ask(authorization: str | None, *, now: float = NOW) -> Credential:
    return await Authenticator(SECRET, now=lambda: now).authenticate(authorization)


async def refusal(authorization: str | None, *, now: float = NOW) -> tuple[str, str]:
    with pytest.raises(AuthError) as refused:
        await ask(authorization, now=now)
    return refused.value.code, refused.value.message


@pytest.mark.parametrize("scheme", ["Bearer", "bearer", "BEARER", " Bearer  "])
async def test_our_own_token_names_its_account_and_org(scheme: str) -> None:
    assert await ask(f"{scheme} {own_token()}") == Credential(account=42, org=7)


async def test_our_own_token_says_all_it_must_and_no_two_are_the_same() -> None:
    first, second = (jwt.decode(own_token(), OctKey.import_key(SECRET)).claims for _ in range(2))
    assert first.pop("jti") != second.pop("jti")
    assert first == second == CLAIMS | {"iat": NOW}


@pytest.mark.parametrize("authorization", [None, "", " ", "Bearer", "Bearer ", "Basic YTpi", "abc"])
async def test_without_a_bearer_token_the_caller_is_told_how_to_send_one(
    authorization: str | None,
) -> None:
    assert await refusal(authorization) == ("UNAUTHENTICATED", MISSING)


async def test_a_token_over_16_kib_is_refused_unread() -> None:
    assert await refusal("Bearer " + "a" * 16385) == (
        "UNAUTHENTICATED",
        "The token is longer than 16 KiB; get one with fewer claims.",
    )
    assert await refusal("Bearer " + "a" * 16384) == ("UNAUTHENTICATED", NOT_VALID)


@pytest.mark.parametrize(
    "token",
    [
        "garbage",
        "..",
        "two words",
        "\N{SNOWMAN}.\N{SNOWMAN}.\N{SNOWMAN}",
        "\ud800",
        own_token().replace(".", ".."),
        own_token()[:-2],
        own_token() + "=",
        base64.urlsafe_b64encode(b"[" * 6000).decode() + "." + segment(CLAIMS) + ".",
        segment({"alg": "HS256"}) + "." + base64.urlsafe_b64encode(b"[" * 6000).decode() + ".",
    ],
)
async def test_garbage_is_refused(token: str) -> None:
    assert await refusal(f"Bearer {token}") == ("UNAUTHENTICATED", NOT_VALID)


async def test_a_token_holds_from_its_issue_to_its_end_give_or_take_30_seconds() -> None:
    authorization = f"Bearer {own_token()}"
    assert await refusal(authorization, now=NOW - 31) == ("UNAUTHENTICATED", NOT_VALID)
    assert await ask(authorization, now=NOW - 30) == Credential(account=42, org=7)
    assert await ask(authorization, now=NOW + 89) == Credential(account=42, org=7)
    assert await refusal(authorization, now=NOW + 90) == ("UNAUTHENTICATED", EXPIRED)


@pytest.mark.parametrize(
    "changes",
    [
        {"iss": "elsewhere"},
        {"aud": "elsewhere"},
        {"aud": None},
        {"exp": None},
        {"exp": "2099"},
        {"exp": float("nan")},
        {"nbf": NOW + 31},
        {"iat": NOW + 31},
        {"sub": None},
        {"sub": "acc_0"},
        {"sub": "acc_-1"},
        {"sub": "acc_042"},
        {"sub": "acc_42\n"},
        {"sub": "acc_\N{ARABIC-INDIC DIGIT FOUR}"},
        {"sub": "usr_42"},
        {"sub": f"acc_{2**63}"},
        {"sub": "acc_" + "9" * 5000},
        {"org": None},
        {"org": "acme"},
        {"org": f"org_{2**63}"},
    ],
    ids=str,
)
async def test_a_well_signed_token_must_say_what_ours_say(changes: dict[str, JsonValue]) -> None:
    token = forge({"alg": "HS256"}, CLAIMS | changes)
    assert await refusal(f"Bearer {token}") == ("UNAUTHENTICATED", NOT_VALID)


@pytest.mark.parametrize("account", [1, 2**63 - 1])
async def test_the_least_and_the_largest_id_are_read_back(account: int) -> None:
    token = forge({"alg": "HS256"}, CLAIMS | {"sub": f"acc_{account}"})
    assert await ask(f"Bearer {token}") == Credential(account=account, org=7)


@pytest.mark.parametrize("claims", [[], "iss", 1, None, {}], ids=str)
async def test_claims_must_be_an_object_with_an_issuer(claims: JsonValue) -> None:
    token = forge({"alg": "HS256"}, claims)
    assert await refusal(f"Bearer {token}") == ("UNAUTHENTICATED", NOT_VALID)


@pytest.mark.parametrize(
    "header",
    cases(
        {},
        ["alg"],
        "alg b64 crit",
        {"alg": "HS384"},
        {"alg": ["HS256"]},
        {"alg": "HS256", "kid": 1},
        {"alg": "HS256", "crit": 1},
        {"alg": "HS256", "crit": [[]]},
        {"alg": "HS256", "crit": ["exp"], "exp": 1},
        {"alg": "HS256", "crit": ["b64"], "b64": False},
        {"alg": "HS256", "b64": False},
    ),
    ids=str,
)
async def test_a_header_must_say_hs256_and_nothing_critical(header: JsonValue) -> None:
    assert await refusal(f"Bearer {forge(header, CLAIMS)}") == ("UNAUTHENTICATED", NOT_VALID)


async def test_another_servers_secret_signs_nothing_here() -> None:
    token = own_token(secret=bytes(32))
    assert await refusal(f"Bearer {token}") == ("UNAUTHENTICATED", NOT_VALID)


@pytest.mark.parametrize("algorithm", ["none", "None", "NONE", ""])
async def test_an_unsigned_token_is_refused(algorithm: str) -> None:
    unsigned = f"{segment({'alg': algorithm})}.{segment(CLAIMS)}."
    assert await refusal(f"Bearer {unsigned}") == ("UNAUTHENTICATED", NOT_VALID)
    resigned = forge({"alg": algorithm}, CLAIMS)
    assert await refusal(f"Bearer {resigned}") == ("UNAUTHENTICATED", NOT_VALID)


async def test_a_token_that_brings_its_own_key_is_refused() -> None:
    key = RSAKey.generate_key()
    token = jwt.encode({"alg": "RS256", "jwk": key.as_dict()}, dict(CLAIMS), key)
    assert await refusal(f"Bearer {token}") == ("UNAUTHENTICATED", NOT_VALID)


async def test_expiry_is_told_only_to_who_holds_a_genuine_token() -> None:
    token = forge({"alg": "HS256"}, CLAIMS | {"exp": 1}, key=bytes(32))
    assert await refusal(f"Bearer {token}") == ("UNAUTHENTICATED", NOT_VALID)


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner),
    max_leaves=5,
)
headers = st.fixed_dictionaries(
    {},
    optional={
        "alg": json_values | st.sampled_from(["HS256", "RS256", "none"]),
        **dict.fromkeys(["kid", "crit", "b64", "typ", "jwk", "x5c", "jku"], json_values),
    },
)
claim_sets = st.fixed_dictionaries(
    {"iss": st.just("freehold") | json_values},
    optional=dict.fromkeys(["aud", "exp", "nbf", "iat", "sub", "org", "jti"], json_values),
)


@settings(deadline=None)
@given(headers | json_values, claim_sets | json_values)
async def test_no_json_gets_past_or_breaks_the_authenticator(
    header: JsonValue, claims: JsonValue
) -> None:
    assert (await refusal(f"Bearer {forge(header, claims)}"))[0] == "UNAUTHENTICATED"


@settings(deadline=None)
@given(st.text())
async def test_no_text_gets_past_or_breaks_the_authenticator(text: str) -> None:
    assert (await refusal(text))[0] == "UNAUTHENTICATED"
    assert (await refusal(f"Bearer {text}"))[0] == "UNAUTHENTICATED"


def test_a_short_secret_is_refused_before_any_token_is_signed_or_read() -> None:
    with pytest.raises(ValueError, match="the secret has 31 bytes, not 32 or more"):
        own_token(secret=bytes(31))
    with pytest.raises(ValueError, match="the secret has 31 bytes, not 32 or more"):
        Authenticator(bytes(31))


def test_an_issuer_cannot_bear_our_own_name() -> None:
    oidc = OidcIssuer("freehold", "freehold", jwks_url="https://login.example.org/keys")
    with pytest.raises(ValueError, match="'freehold' is this server's own name as an issuer"):
        Authenticator(SECRET, oidc)
