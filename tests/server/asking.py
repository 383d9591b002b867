"""How the HTTP surface is tested: two small Orgs, who asks in them, and what must not leak."""

import io
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, NamedTuple

import orjson
from httpx2 import Response
from sqlalchemy import select, update
from starlette.testclient import TestClient

from auth.authenticate import issue_token
from db import clock
from db.engine import change, open_engine, snapshot
from db.models import ACCOUNT
from server.settings import Settings
from tests.factories import Loaded, Manifest, address, load

SECRET = "a secret that only these tests use"
JSON = "application/json; charset=utf-8"
GRAPHQL = "application/graphql-response+json; charset=utf-8"
HOUR = timedelta(hours=1)
# ada is an admin; pat sees one project of many; dan was deactivated; gus's account is deleted.
ACME = (
    Manifest("acme")
    .user("ada", admin=True)
    .user("pat")
    .user("dan", active=False)
    .user("gus")
    .space("core", name="Core 100%")
    .space("lab", name="lab_bench")
    .project("core/site")
    .project("core/other")
    .project("lab/bench")
    .asset("core/site/home")
    .asset("core/other/plan")
    .grant("user:pat", "READ", on="core/site")
)
UMBRA = (
    Manifest("umbra")
    .user("fay", admin=True)
    .space("vault")
    .project("vault/treasure")
    .asset("vault/treasure/map")
)
# Words of SQL, of libraries, of tracebacks, and of what the other Org has.
LEAK = re.compile(
    r"SELECT|\bFROM\b|sqlalche|asyncpg|sqlite|postgres|orjson|joserfc|graphql-core|strawberry"
    r"|Traceback|\.py\b|umbra|vault|treasure|\bfay\b"
)


class Orgs(NamedTuple):
    """The two Orgs in a database, and the ids of the accounts by the keys of their users."""

    acme: Loaded
    umbra: Loaded
    accounts: Mapping[str, int]


async def store_orgs(url: str) -> Orgs:
    """Store the two Orgs in a migrated database."""
    engine = open_engine(url)
    acme, umbra = await load(engine, ACME), await load(engine, UMBRA)
    async with change(engine) as connection:
        gone = update(ACCOUNT).where(ACCOUNT.c.email == address("gus"))
        await connection.execute(gone.values(deleted_at=clock.now()))
    async with snapshot(engine) as connection:
        rows = await connection.execute(select(ACCOUNT.c.email, ACCOUNT.c.id))
        accounts = {email.partition("@")[0]: id_ for email, id_ in rows}
    await engine.dispose()
    return Orgs(acme, umbra, accounts)


def settings_for(database_url: str, **others: Any) -> Settings:
    """Return the settings of a server on the database."""
    quiet = {"background": False, "cost_per_minute": 0}  # answers then tell nothing of the time
    own = {"database_url": database_url, "secret": SECRET, **quiet}
    return Settings.model_validate({**own, **others})


def token_for(
    account_id: int, org_id: int, *, secret: str = SECRET, lifetime: timedelta = HOUR
) -> str:
    """Return a token as `freehold token` gives it."""
    return issue_token(secret.encode(), account_id=account_id, org_id=org_id, lifetime=lifetime)


@dataclass(frozen=True)
class Client:
    """Asks a server that has the two Orgs, and sees to it that no answer leaks anything."""

    http: TestClient
    orgs: Orgs

    def token(self, user: str = "ada") -> str:
        """Return a user's token for acme."""
        return token_for(self.orgs.accounts[user], self.orgs.acme.org_id)

    def bearer(self, user: str = "ada") -> dict[str, str]:
        """Return the header that lets a user ask in acme."""
        return {"Authorization": f"Bearer {self.token(user)}"}

    def ask(
        self,
        query: str,
        variables: Mapping[str, Any] | None = None,
        *,
        user: str = "ada",
        **headers: str,
    ) -> Response:
        """Send an operation by POST as JSON; headers are named in Python's way."""
        body = {"query": query, "variables": variables}
        return self.send("POST", json=body, headers={**self.bearer(user), **_named(headers)})

    def post(self, body: bytes, **headers: str) -> Response:
        """Send a body as ada, as JSON unless the headers say otherwise."""
        given = {"Content-Type": "application/json", **self.bearer(), **_named(headers)}
        return self.send("POST", content=body, headers=given)

    def send(self, method: str, path: str = "/graphql", **request: Any) -> Response:
        """Send whatever is given."""
        response = self.http.request(method, path, **request)
        assert LEAK.search(response.text) is None, response.text
        return response


class Log(io.StringIO):
    """What the server logs, as text and as entries."""

    def entries(self, event: str) -> list[dict[str, object]]:
        """Return the entries of an event, without their times."""
        entries = [orjson.loads(line) for line in self.getvalue().splitlines()]
        found = [entry for entry in entries if entry.pop("event") == event]
        for entry in found:
            entry.pop("timestamp")
            entry.pop("ms", None)
        return found


def _named(headers: Mapping[str, str]) -> dict[str, str]:
    return {name.replace("_", "-"): value for name, value in headers.items()}


def shown(response: Response) -> tuple[int, str, list[str]]:
    """Return a response's status, its media type, and its errors' codes."""
    codes = [error["extensions"]["code"] for error in response.json().get("errors", [])]
    return response.status_code, response.headers["content-type"], codes


def messages(response: Response) -> list[str]:
    """Return the messages of a response's errors."""
    return [error["message"] for error in response.json()["errors"]]
