"""Manifests for tests, as objects, and what a database then holds."""

from collections.abc import Iterable, Sequence
from typing import Any

import orjson
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncEngine

from db.engine import snapshot
from db.models import ACCOUNT, ORG
from resolvers.manifest.dump import dump_manifest

Fields = dict[str, Any]


def line(type_: str, **fields: object) -> Fields:
    return {"type": type_, **fields}


ACME = line("org", key="acme", name="Acme")
ADA = line("user", key="ada", name="Ada", email="Ada@Example.org", admin=True)
BUILD = line("group", key="build", name="Build", members=["ada"])
CORE = line("space", key="core", name="Core")
API = line("project", space="core", key="api", name="API")
INGEST = line("asset", space="core", project="api", key="ingest", name="Ingest", kind="PIPELINE")
BASE = (ACME, ADA, BUILD, CORE, API, INGEST)

LONG_AGO, IN_THE_END = "2020-02-29T23:59:59Z", "9999-12-31T23:59:59.999999Z"

# Everything that a manifest can say, in the order and the form of an export.
EVERYTHING = (
    ACME,
    ADA,
    line("user", key="bo", name="Bo / #2", admin=False),
    line("user", key="cy", name="Cý", email="cy@example.org", admin=True, active=False),
    line("group", key="build", name="Build?", members=["cy", "ada"]),
    line("group", key="empty", name="Empty", members=[]),
    line("space", key="core", name="Core", description="Where it begins.\nAnd ends."),
    line("space", key="lab", name="Lab 10", description=""),
    line("project", space="core", key="api", name="API", description="Öffentlich"),
    line("project", space="lab", key="api", name="API"),
    line("asset", space="core", project="api", key="none", name="No metadata", kind="TASK"),
    line("asset", space="core", project="api", key="a", name="A", kind="A_1", metadata={}),
    line(
        "asset", space="core", project="shared", key="a", name="A", kind="FILE",
        metadata={"rows": 3, "of": ["\\u0000", None, 1.5, {"ü": True}]},
        content={"mediaType": "text/plain; charset=utf-8", "text": ""},
    ),
    line(
        "asset", space=None, project="shared", key="a", name="A", kind="FILE",
        content={"mediaType": "text/csv", "reference": "s3://bucket/a.csv"},
    ),
    line("grant", on="core", to="group:build", level="FULL", propagate=True),
    line("grant", on="core", to="group:members", level="READ", propagate=False),
    line("grant", on="core/api", to="user:bo", level="READ_EXECUTE", expiresAt=LONG_AGO),
    line("grant", on="core/shared", to="user:cy", level="OWNER", expiresAt=IN_THE_END),
    line("grant", on="shared", to="group:admins", level="READ"),
)  # fmt: skip


def ended(objects: Sequence[Fields]) -> list[Fields]:
    """Return the objects with the line that an export has at its end."""
    return [*objects, line("end", objects=len(objects))]


def encoded(objects: Iterable[Fields | bytes]) -> list[bytes]:
    """Return the objects as lines; bytes are lines already."""
    return [each if isinstance(each, bytes) else orjson.dumps(each) + b"\n" for each in objects]


async def exported(engine: AsyncEngine, key: str = "acme") -> list[bytes]:
    return [line async for line in dump_manifest(engine, key)]


async def stored(engine: AsyncEngine) -> tuple[list[str], int]:
    """Return the keys of the Orgs in the database, and the number of its accounts."""
    async with snapshot(engine) as connection:
        orgs = await connection.scalars(select(ORG.c.key).order_by(ORG.c.id))
        accounts = await connection.scalar(select(func.count()).select_from(ACCOUNT))
        return list(orgs), accounts or 0
