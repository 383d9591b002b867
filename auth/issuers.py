"""An OpenID Connect issuer: its published keys kept fresh, and who its tokens speak of."""

import asyncio
import logging
import math
import ssl
import time
from collections.abc import Callable
from dataclasses import KW_ONLY, dataclass, field
from http import HTTPStatus
from typing import Final, cast

import httpx2
import orjson
from joserfc.errors import JoseError
from joserfc.jwk import JWKRegistry, Key, KeySet

from auth.addresses import AddressError, same_form
from auth.errors import EMAIL_NOT_VERIFIED, INCOMPLETE, unauthenticated, unavailable

# Seconds; the third bounds what a flood of forged key ids can do to the issuer.
KEYS_LAST: Final = 3600.0
KEYS_LAST_AFTER_FAILURE: Final = 60.0
FETCHES_APART: Final = 10.0
FETCH_TIMEOUT: Final = 5.0
# Bytes.
MAX_KEYS_SIZE: Final = 256 * 1024

# Kinds of key by their JWK members "kty" and "crv". A symmetric key is not among them: one that
# is published is no secret.
_KEY_KINDS: Final = {("RSA", None), ("EC", "P-256"), ("EC", "P-384"), ("OKP", "Ed25519")}
_KEY_MEMBERS: Final = ("kty", "kid", "use", "alg", "crv", "x", "y", "n", "e")
# Characters of a 2048-bit modulus in base64url; a shorter RSA key is too weak to trust.
_MODULUS_LENGTH: Final = 342

_THIS_MACHINE: Final = ("localhost", "127.0.0.1", "::1")

Claims = dict[str, object]

_log = logging.getLogger(__name__)


class PublishedKeys:
    """An issuer's signing keys, fetched when needed and never by two requests at once."""

    def __init__(self, url: str, clock: Callable[[], float]) -> None:
        self._url = url
        self._clock = clock
        # Made once, because reading the system's certificates holds up every request for 40 ms.
        self._tls = httpx2.create_ssl_context(trust_env=False)
        self._keys: KeySet | None = None
        self._fresh_until = -math.inf
        self._may_fetch_at = -math.inf
        self._fetching: asyncio.Task[None] | None = None

    async def get(self, key_id: str | None) -> KeySet:
        """Return the keys, fetched anew where they are old or lack this key id.

        A failed fetch leaves the former keys in force: an issuer that is down locks nobody out.

        Raises:
            AuthError: UNAVAILABLE, where no fetch has succeeded yet.
        """
        if self._keys is None or self._is_old() or not _holds(self._keys, key_id):
            await self._refresh()
        if self._keys is None:
            raise unavailable()
        return self._keys

    def _is_old(self) -> bool:
        return self._clock() >= self._fresh_until

    async def _refresh(self) -> None:
        """Join the fetch under way, or start one unless the last began a moment ago."""
        if self._fetching is None:
            if self._clock() < self._may_fetch_at:
                return
            self._may_fetch_at = self._clock() + FETCHES_APART
            self._fetching = asyncio.create_task(self._fetch())
        # Shielded, because a caller who hangs up must not end it for those who wait.
        await asyncio.shield(self._fetching)

    async def _fetch(self) -> None:
        lifetime = KEYS_LAST_AFTER_FAILURE
        try:
            self._keys = _parse(await _download(self._url, self._tls))
            lifetime = KEYS_LAST
        except (httpx2.HTTPError, TimeoutError, ValueError) as error:
            _log.warning("No keys from %s: %s %s", self._url, type(error).__name__, error)
        finally:
            self._fresh_until = self._clock() + lifetime
            self._fetching = None


@dataclass(eq=False)
class OidcIssuer:
    """An OpenID Connect issuer whose tokens are accepted.

    Attributes:
        issuer: the exact `iss` of its tokens.
        audience: what must be, or be among, their `aud`.
        jwks_url: where it publishes its keys; https, or http to this machine.
        account_claim: the claim that names the account; `email` counts only where verified.
        org_claim: the claim that holds the Org's key.
        clock: seconds that only go forward, for the age of the keys.
    """

    issuer: str
    audience: str
    _: KW_ONLY
    jwks_url: str
    account_claim: str = "email"
    org_claim: str = "org"
    clock: Callable[[], float] = time.monotonic
    keys: PublishedKeys = field(init=False, repr=False)

    def __post_init__(self) -> None:
        url = httpx2.URL(self.jwks_url)
        if url.scheme != "https" and (url.scheme != "http" or url.host not in _THIS_MACHINE):
            raise ValueError(f"{url} isn't https: whoever sits between could sign as anyone")
        self.keys = PublishedKeys(self.jwks_url, self.clock)

    def identify(self, claims: Claims) -> tuple[str, str]:
        """Return the account, case-folded, and the Org key that verified claims name.

        Raises:
            AuthError: UNAUTHENTICATED, where one is missing or the e-mail address unverified.
        """
        if self.account_claim == "email" and claims.get("email_verified") is not True:
            raise unauthenticated(EMAIL_NOT_VERIFIED)
        return _same_form(_name(claims, self.account_claim)), _name(claims, self.org_claim)


def _holds(keys: KeySet, key_id: str | None) -> bool:
    """Tell whether a token of this key id needs no newer keys; one without an id never does."""
    return key_id is None or any(key.kid == key_id for key in keys)


async def _download(url: str, tls: ssl.SSLContext) -> bytes:
    """Return what the address answers, within bounds on time and size and not redirected."""
    # Compression would hide the size; the environment's proxies are no business of this module.
    headers = {"accept": "application/json", "accept-encoding": "identity"}
    async with (
        asyncio.timeout(FETCH_TIMEOUT),
        httpx2.AsyncClient(verify=tls, follow_redirects=False, trust_env=False) as client,
        client.stream("GET", url, headers=headers) as response,
    ):
        if response.status_code != HTTPStatus.OK:
            raise ValueError(f"status {response.status_code}")
        body = bytearray()
        async for chunk in response.aiter_raw():
            body += chunk
            if len(body) > MAX_KEYS_SIZE:
                raise ValueError("too large")
        return bytes(body)


def _parse(body: bytes) -> KeySet:
    """Return the usable keys of a JWK Set; those of other kinds are passed over (RFC 7517)."""
    document: object = orjson.loads(body)
    listed = cast("dict[str, object]", document).get("keys") if isinstance(document, dict) else None
    if not isinstance(listed, list):
        raise ValueError("not a JWK Set")  # noqa: TRY004  # it is the content that is wrong
    found = [_public_key(entry) for entry in cast("list[object]", listed)]
    return KeySet([key for key in found if key is not None])


def _public_key(entry: object) -> Key | None:
    """Return the key, or None where it can't verify any algorithm that is accepted."""
    if not isinstance(entry, dict):
        return None
    members = cast("dict[str, object]", entry)
    jwk: dict[str, str | list[str]] = {
        name: value for name in _KEY_MEMBERS if isinstance(value := members.get(name), str)
    }
    if (jwk.get("kty"), jwk.get("crv")) not in _KEY_KINDS:
        return None
    if jwk["kty"] == "RSA" and len(jwk.get("n", "")) < _MODULUS_LENGTH:
        return None
    try:
        return JWKRegistry.import_key(jwk)
    except (JoseError, ValueError):
        return None


def _name(claims: Claims, claim: str) -> str:
    """Return a claim that can be a name: text that isn't empty, with nothing unprintable."""
    value = claims.get(claim)
    # A zero byte would make PostgreSQL fail, not find nothing.
    if not isinstance(value, str) or not value or not value.isprintable():
        raise unauthenticated(INCOMPLETE)
    return value


def _same_form(account: str) -> str:
    try:
        return same_form(account)
    except AddressError as error:
        raise unauthenticated(INCOMPLETE) from error
