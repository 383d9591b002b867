"""An OpenID Connect issuer for tests: it signs tokens, and a real server publishes its keys."""

import asyncio
import json
import warnings
from collections.abc import Awaitable, Callable
from functools import cache

from joserfc import jwt
from joserfc.errors import SecurityWarning
from joserfc.jwk import ECKey, Key, OKPKey, RSAKey

from auth.authenticate import Authenticator
from auth.credential import Credential
from auth.errors import AuthError
from auth.issuers import OidcIssuer

NOW = 1_800_000_000
NAME = "https://login.example.org"
ROBIN = Credential(account="robin@example.org", org="acme")
NOT_VALID = ("UNAUTHENTICATED", "The token is not valid; get a new one.")
CLAIMS: dict[str, object] = {
    "iss": NAME,
    "aud": "api",
    "iat": NOW,
    "exp": NOW + 60,
    "email": "Robin@Example.org",
    "email_verified": True,
    "org": "acme",
}


@cache
def make_key(kind: str, key_id: str = "first") -> Key:
    match kind:
        case "P-256" | "P-384":
            return ECKey.generate_key(kind, {"kid": key_id})
        case "Ed25519":
            return OKPKey.generate_key("Ed25519", {"kid": key_id})
        case _:
            return RSAKey.generate_key(2048, {"kid": key_id})


FIRST = make_key("P-256")
SECOND = make_key("P-256", "second")


def sign(
    key: Key = FIRST, algorithm: str = "ES256", *, changes: dict[str, object] | None = None
) -> str:
    header = {"alg": algorithm, "kid": key.kid}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", SecurityWarning)  # EdDSA has a newer name
        return jwt.encode(header, CLAIMS | (changes or {}), key, [algorithm])


class KeyServer:
    """Serves a JWK Set over HTTP, counts who asks, and misbehaves when told to."""

    def __init__(self) -> None:
        self.fetches = 0
        self.status = "200 OK"
        self.asked = asyncio.Event()
        self.open = asyncio.Event()
        self.open.set()
        self.publish(FIRST)

    def publish(self, *keys: Key) -> None:
        self.body = json.dumps({"keys": [key.as_dict() for key in keys]}).encode()

    async def start(self) -> None:
        self.server = await asyncio.start_server(self.answer, "127.0.0.1", 0)
        self.url = f"http://127.0.0.1:{self.server.sockets[0].getsockname()[1]}/keys"

    async def stop(self) -> None:
        self.server.close()
        await self.server.wait_closed()

    async def answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        self.fetches += 1
        self.asked.set()
        await self.open.wait()
        head = f"HTTP/1.1 {self.status}\r\nlocation: /\r\ncontent-length: {len(self.body)}\r\n\r\n"
        writer.write(head.encode() + self.body)
        writer.close()


class Clock:
    """A clock that moves only when told to."""

    def __init__(self) -> None:
        self.seconds = 0.0

    def __call__(self) -> float:
        return self.seconds


Answer = Credential | tuple[str, str]
Ask = Callable[[str], Awaitable[Answer]]


def asking(oidc: OidcIssuer) -> Ask:
    """Return a function that answers a token with its credential or the refusal's two parts."""
    authenticator = Authenticator(bytes(32), oidc, now=lambda: NOW)

    async def ask(token: str) -> Answer:
        try:
            return await authenticator.authenticate(f"Bearer {token}")
        except AuthError as error:
            return error.code, error.message

    return ask
