"""Who asks: a request's bearer token, verified and read as an account and an Org."""

import re
import secrets
import time
from collections.abc import Callable, Generator
from contextlib import contextmanager
from datetime import timedelta
from typing import Final, cast

import orjson
from joserfc import jws, jwt
from joserfc.errors import ExpiredTokenError, JoseError, UnsupportedAlgorithmError
from joserfc.jwa import JWSAlgModel
from joserfc.jwk import KeyBase, OctKey

from auth.credential import Credential, Remembered
from auth.errors import EXPIRED, NOT_SIGNED_IN, TOO_LONG, unauthenticated
from auth.issuers import Claims, OidcIssuer
from auth.secret import SECRET_LENGTH

OWN_ISSUER: Final = "freehold"
MAX_TOKEN_LENGTH: Final = 16 * 1024
LEEWAY: Final = 30
"""Seconds by which the clocks of an issuer and of this server may differ."""

_MAX_ID: Final = 2**63 - 1


class Algorithms(jws.JWSRegistry):
    """The only signature algorithms by which one kind of issuer may sign."""

    # The library's 512 leave no room for a certificate; the whole token is bounded already.
    max_header_length = MAX_TOKEN_LENGTH

    def __init__(self, *names: str) -> None:
        # RFC 7515 section 4: header members that aren't understood are ignored.
        super().__init__(algorithms=names, strict_check_header=False)
        self._names = names

    def get_alg(self, name: str) -> JWSAlgModel:
        """Return the algorithm, without the library's warning that EdDSA is deprecated.

        RFC 9864 renamed it, issuers still use the name, and the warning would come per request.
        """
        if name not in self._names:
            raise UnsupportedAlgorithmError
        return self.algorithms[name]


# No name is in both: a public key can never be taken for a shared secret, nor the reverse.
_OWN_ALGORITHMS: Final = Algorithms("HS256")
_OIDC_ALGORITHMS: Final = Algorithms("RS256", "RS384", "RS512", "PS256", "ES256", "ES384", "EdDSA")


def issue_token(
    secret: bytes,
    *,
    account_id: int,
    org_id: int,
    lifetime: timedelta,
    now: Callable[[], float] = time.time,
) -> str:
    """Sign a token for an account in an Org; it can't be taken back before its lifetime ends.

    Args:
        secret: the server's own, as `load_secret` returns it.
        account_id: whom the token speaks for.
        org_id: the Org whose data it opens.
        lifetime: from now, in whole seconds.
        now: Unix seconds.
    """
    issued = int(now())
    claims: Claims = {
        "iss": OWN_ISSUER,
        "aud": OWN_ISSUER,
        "sub": f"acc_{account_id}",
        "org": f"org_{org_id}",
        "iat": issued,
        "nbf": issued,
        "exp": issued + int(lifetime.total_seconds()),
        "jti": secrets.token_urlsafe(16),
    }
    return jwt.encode({"alg": "HS256"}, claims, _signing_key(secret), registry=_OWN_ALGORITHMS)


class Authenticator:
    """Verifies bearer tokens: our own and, where there is one, those of an OIDC issuer."""

    def __init__(
        self,
        secret: bytes,
        oidc: OidcIssuer | None = None,
        *,
        now: Callable[[], float] = time.time,
    ) -> None:
        if oidc is not None and oidc.issuer == OWN_ISSUER:
            raise ValueError(f"{OWN_ISSUER!r} is this server's own name as an issuer")
        self._key = _signing_key(secret)
        self._oidc = oidc
        self._now = now
        self._remembered = Remembered()

    async def authenticate(self, authorization: str | None) -> Credential:
        """Return whom the value of an Authorization header speaks for.

        Raises:
            AuthError: UNAUTHENTICATED, or UNAVAILABLE where an issuer's keys can't be fetched.
        """
        header = authorization or ""
        known = self._remembered.recall(header, self._now())
        return known or await self._verify(header)

    async def _verify(self, header: str) -> Credential:
        signed = _parse(_bearer_token(header))
        # Not to be trusted yet, not even the issuer: that only chooses by what to verify it.
        claims = _read_claims(signed.payload)
        issuer = claims.get("iss")
        if issuer == OWN_ISSUER:
            credential = self._verify_own(signed, claims)
            self._remembered.keep(header, credential, float(str(claims["exp"])) + LEEWAY)
            return credential
        if self._oidc is not None and issuer == self._oidc.issuer:
            return await self._verify_oidc(self._oidc, signed, claims)
        raise unauthenticated()

    def _verify_own(self, signed: jws.CompactSignature, claims: Claims) -> Credential:
        _check_signature(signed, self._key, _OWN_ALGORITHMS)
        self._check_claims(claims, OWN_ISSUER, audience=OWN_ISSUER)
        return Credential(
            _own_id(claims, "sub", prefix="acc"), _own_id(claims, "org", prefix="org")
        )

    async def _verify_oidc(
        self, oidc: OidcIssuer, signed: jws.CompactSignature, claims: Claims
    ) -> Credential:
        with _refusing():
            # Looked at before the keys, so that a hopeless token costs no fetch.
            _OIDC_ALGORITHMS.check_header(signed.protected)
            _OIDC_ALGORITHMS.get_alg(signed.protected["alg"])
        keys = await oidc.keys.get(signed.protected.get("kid"))
        _check_signature(signed, keys, _OIDC_ALGORITHMS)
        self._check_claims(claims, oidc.issuer, audience=oidc.audience)
        return Credential(*oidc.identify(claims))

    def _check_claims(self, claims: Claims, issuer: str, *, audience: str) -> None:
        """Raise AuthError unless the token is from, and for, these and in force now."""
        expected = jwt.JWTClaimsRegistry(
            int(self._now()),
            LEEWAY,
            iss={"essential": True, "value": issuer},
            aud={"essential": True, "value": audience},
            exp={"essential": True},
        )
        with _refusing():
            expected.validate(claims)


def _signing_key(secret: bytes) -> OctKey:
    if len(secret) < SECRET_LENGTH:
        raise ValueError(f"the secret has {len(secret)} bytes, not {SECRET_LENGTH} or more")
    return OctKey.import_key(secret)


@contextmanager
def _refusing() -> Generator[None]:
    """Turn what the library raises about a token into a refusal without its words."""
    try:
        yield
    except ExpiredTokenError as error:
        raise unauthenticated(EXPIRED) from error
    except (JoseError, ValueError) as error:
        raise unauthenticated() from error


def _bearer_token(header: str) -> str:
    scheme, _, token = header.strip().partition(" ")
    if scheme.lower() != "bearer" or not token:
        raise unauthenticated(NOT_SIGNED_IN)
    if len(token) > MAX_TOKEN_LENGTH:
        raise unauthenticated(TOO_LONG)
    return token.lstrip(" ")


def _parse(token: str) -> jws.CompactSignature:
    """Take the token apart, verifying nothing but its form."""
    try:
        with _refusing():
            signed = jws.extract_compact(token.encode(), registry=_OWN_ALGORITHMS)
    except (TypeError, RecursionError) as error:
        # The library reads the header before it knows that it is an object, and not a deep one.
        raise unauthenticated() from error
    # A critical header member must be understood, and there is none that this server does.
    header = cast("object", signed.protected)
    if not isinstance(header, dict) or "crit" in header:
        raise unauthenticated()
    return signed


def _read_claims(payload: bytes) -> Claims:
    with _refusing():
        claims: object = orjson.loads(payload)
    if not isinstance(claims, dict):
        raise unauthenticated()
    return cast("Claims", claims)


def _check_signature(signed: jws.CompactSignature, key: KeyBase, algorithms: Algorithms) -> None:
    """Raise AuthError unless the key, by one of the algorithms, signed exactly this."""
    with _refusing():
        genuine = jws.validate_compact(signed, key, registry=algorithms)
    if not genuine:
        raise unauthenticated()


def _own_id(claims: Claims, claim: str, *, prefix: str) -> int:
    """Return the number of an id in our own token, such as 7 for `org_7`."""
    value = claims.get(claim)
    match = isinstance(value, str) and re.fullmatch(rf"{prefix}_([1-9][0-9]{{0,18}})", value)
    if not match or int(match[1]) > _MAX_ID:
        raise unauthenticated()
    return int(match[1])
