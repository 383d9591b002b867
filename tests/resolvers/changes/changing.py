"""How changes are tested: an Org with someone of each standing, asked as the server does."""

from collections.abc import Mapping
from typing import Any

import orjson
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncEngine

from auth.credential import Credential
from db.engine import snapshot
from db.models import EVENT, ORG
from tests.factories import Manifest, address, asked_as, content, run

# ada is an admin; oz owns core, fay has FULL on it, ria READ; nan has nothing; dan is deactivated;
# pip owns core/site alone.
CHANGED = (
    Manifest("acme")
    .user("ada", admin=True)
    .user("oz")
    .user("fay")
    .user("ria")
    .user("pip")
    .user("nan")
    .user("dan", active=False)
    .space("core", name="Core")
    .space("lab", name="Lab")
    .project("core/site", name="Site")
    .project("core/docs", name="Docs")
    .grant("user:oz", "OWNER", on="core", propagate=True)
    .grant("user:fay", "FULL", on="core", propagate=True)
    .grant("user:ria", "READ", on="core", propagate=True)
    .grant("user:pip", "OWNER", on="core/site")
)


async def mutate(
    engine: AsyncEngine, user: str, name: str, given: Mapping[str, Any], *, node: str
) -> dict[str, Any]:
    """Return the payload of a mutation; `node` is what is selected of its node."""
    payload = f"node {{ {node} }} errors {{ code message field }} revision"
    return await answered(engine, user, name, given, payload=payload)


async def bulk(
    engine: AsyncEngine, user: str, name: str, given: Mapping[str, Any]
) -> dict[str, Any]:
    """Return the payload of a mutation of many."""
    result = "givenId node { id key name } errors { code field } undoToken"
    payload = f"results {{ {result} }} errors {{ code field }} revision warnings"
    return await answered(engine, user, name, given, payload=payload)


async def answered(
    engine: AsyncEngine, user: str, name: str, given: Mapping[str, Any], *, payload: str
) -> dict[str, Any]:
    """Return what a mutation answers; `payload` is what is selected of it."""
    input_type = f"{name[0].upper()}{name[1:]}Input"
    text = f"mutation ($input: {input_type}!) {{ {name}(input: $input) {{ {payload} }} }}"
    credential = Credential(address(user), "acme")
    answer = await run(engine, credential, asked_as(text, {"input": given}), compiles=True)
    assert answer.errors == []
    found: dict[str, Any] = orjson.loads(content(answer))["data"][name]
    return found


async def kept(engine: AsyncEngine) -> tuple[int, list[tuple[Any, ...]]]:
    """Return the Org's revision, and its events without their times."""
    async with snapshot(engine) as connection:
        revision = await connection.scalar(select(ORG.c.revision).where(ORG.c.id == 1))
        columns = [column for column in EVENT.c if column.name not in ("org_id", "at")]
        events = await connection.execute(
            select(*columns).where(EVENT.c.org_id == 1).order_by(EVENT.c.revision)
        )
        return int(revision or 0), [tuple(event) for event in events]


def codes(payload: Mapping[str, Any]) -> list[str]:
    """Return the codes of a payload's errors."""
    return [error["code"] for error in payload["errors"]]
