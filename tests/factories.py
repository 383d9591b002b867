"""Builders of Orgs for tests, and how a test asks in one as the server does."""

from collections.abc import AsyncGenerator, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager
from copy import copy
from dataclasses import dataclass
from functools import cache, partial
from typing import Any, Self

import orjson
from graphql import GraphQLSchema
from sqlalchemy import Row, Select, Table, select
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from auth.credential import Credential
from auth.subject import Subject, load_subject
from db import ids
from db.engine import snapshot
from db.errors import is_unavailable
from db.ids import org_public_id, public_id
from db.models import ASSET, ORG, PRINCIPAL, PROJECT, SPACE
from db.reader import ConnectionReader
from engine.executor import Executor
from resolvers.context import reading
from resolvers.manifest.load import load_manifest
from resolvers.mutating import mutating
from schema.asked import Answer, Asked
from schema.documents import Documents
from schema.operation import Operations
from schema.root import executable_schema

TABLES = (PRINCIPAL, SPACE, PROJECT, ASSET)
PRINCIPALS = {"MEMBER": ("user", ids.MEMBER), "GROUP": ("group", ids.GROUP)}


def address(user: str) -> str:
    """Return the e-mail address that `Manifest.user` gives; one account in whatever Orgs."""
    return f"{user}@example.org"


class Manifest:
    """An Org in the making: each method adds a line and returns the manifest.

    Nodes go by their paths: `core`, `core/site`, `core/shared`, `core/site/home`, and `shared` for
    the Org's shared project. Names are the keys where nothing else is said.
    """

    def __init__(self, key: str = "acme") -> None:
        self.key = key
        self._lines: list[dict[str, object]] = [{"type": "org", "key": key, "name": key}]

    def user(self, key: str, *, admin: bool = False, active: bool = True) -> Self:
        """Add a member."""
        named = {"key": key, "name": key, "email": address(key)}
        return self._add("user", **named, admin=admin, active=active)

    def group(self, key: str, *members: str) -> Self:
        """Add a group of users."""
        return self._add("group", key=key, name=key, members=members)

    def space(self, key: str, *, name: str | None = None, description: str | None = None) -> Self:
        """Add a space."""
        return self._add("space", key=key, name=name or key, **_given(description=description))

    def project(
        self, path: str, *, name: str | None = None, description: str | None = None
    ) -> Self:
        """Add a project to a space."""
        space, key = path.split("/")
        told = _given(description=description)
        return self._add("project", space=space, key=key, name=name or key, **told)

    def asset(
        self, path: str, *, name: str | None = None, kind: str = "FILE", text: str | None = None
    ) -> Self:
        """Add an asset to a project, shared ones included; `text` is its content."""
        project, _, key = path.rpartition("/")
        space, _, project = project.rpartition("/")
        placed = {"space": space or None, "project": project, "key": key}
        content = {} if text is None else {"content": {"mediaType": "text/plain", "text": text}}
        return self._add("asset", **placed, name=name or key, kind=kind, **content)

    def grant(
        self,
        to: str,
        level: str,
        *,
        on: str,
        propagate: bool = False,
        expires_at: str | None = None,
    ) -> Self:
        """Add a grant to `user:ada` or `group:build`; `expires_at` is a time as text."""
        held = {"to": to, "level": level, "on": on, "propagate": propagate}
        return self._add("grant", **held, **_given(expiresAt=expires_at))

    def copy(self) -> Self:
        """Return another manifest with the same lines so far."""
        made = copy(self)
        made._lines = [*self._lines]  # noqa: SLF001 - its own class
        return made

    def lines(self) -> list[bytes]:
        """Return the manifest as its file has it."""
        return [orjson.dumps(line) + b"\n" for line in self._lines]

    def _add(self, type_: str, **fields: object) -> Self:
        self._lines.append({"type": type_, **fields})
        return self


def _given(**fields: object) -> dict[str, object]:
    return {name: value for name, value in fields.items() if value is not None}


@dataclass(frozen=True)
class Loaded:
    """An Org in a database, made at `made_at` (microseconds).

    `ids` has the public ids of its nodes by path, of its principals by `user:ada` and `group:g`.
    """

    org_id: int
    key: str
    made_at: int
    ids: dict[str, str]

    @property
    def nodes(self) -> dict[str, str]:
        """Return the ids of spaces, projects and assets alone."""
        return {path: id_ for path, id_ in self.ids.items() if ":" not in path}

    @property
    def id(self) -> str:
        """Return the public id of the Org itself."""
        return org_public_id(self.org_id)


async def load(engine: AsyncEngine, manifest: Manifest) -> Loaded:
    """Store the manifest's Org."""
    await load_manifest(engine, manifest.lines())
    return await find(engine, manifest.key)


async def find(engine: AsyncEngine, key: str) -> Loaded:
    """Look a stored Org up by its key, with all that is in it, deleted or not."""
    async with snapshot(engine) as connection:
        named = select(ORG.c.id, ORG.c.created_at).where(ORG.c.key == key)
        org = (await connection.execute(named)).one()
        rows = [(await connection.execute(_of(table, org.id))).all() for table in TABLES]
    return Loaded(org.id, key, org.created_at, dict(_public_ids(org.id, *rows)))


def _of(table: Table, org_id: int) -> Select[Any]:
    return select(table).where(table.c.org_id == org_id)


def _public_ids(org_id: int, *tables: Sequence[Row[Any]]) -> Iterator[tuple[str, str]]:
    principals, spaces, projects, assets = tables
    for row in principals:
        prefix, type_ = PRINCIPALS[row.kind]
        yield f"{prefix}:{row.key}", public_id(type_, org_id, row.id)
    above: dict[int | None, str] = {None: ""}
    for row in spaces:
        above[row.id] = f"{row.key}/"
        yield row.key, public_id(ids.SPACE, org_id, row.id)
    for row in projects:
        path = above[row.space_id] + row.key
        above[row.id] = f"{path}/"
        yield path, public_id(ids.PROJECT, org_id, row.id)
    for row in assets:
        yield above[row.project_id] + row.key, public_id(ids.ASSET, org_id, row.id)


@asynccontextmanager
async def asker(
    engine: AsyncEngine, credential: Credential
) -> AsyncGenerator[tuple[AsyncConnection, Subject]]:
    """Give a snapshot, and who the credential is in it."""
    async with snapshot(engine) as connection:
        yield connection, await load_subject(ConnectionReader(connection), credential)


async def ask(
    engine: AsyncEngine,
    account: str,
    org: str,
    text: str,
    variables: Mapping[str, object] | None = None,
) -> Answer:
    """Run an operation as the user `account` in the Org with the key `org`, as the server does.

    Both executors run it, and must agree to the byte.
    """
    credential, asked = Credential(address(account), org), asked_as(text, variables)
    compiled = await run(engine, credential, asked, compiles=True)
    answer = await run(engine, credential, asked, compiles=False)
    assert_no_fault_was_hidden()
    assert content(compiled) == content(answer)
    answer.data = orjson.loads(content(answer))["data"]
    return answer


def assert_no_fault_was_hidden() -> None:
    """Assert that compiled runs were given up for nothing but mistakes of who asked."""
    counts = _executor(compiles=True).counts
    assert {why for what, why in counts if what == "given up"} <= {"GraphQLError"}


async def run(
    engine: AsyncEngine, credential: Credential, asked: Asked, *, compiles: bool
) -> Answer:
    """Run an operation by the compiled executor or by the standard one."""
    operations = Operations(
        _executor(compiles=compiles),
        _documents(),
        partial(reading, engine),
        partial(mutating, engine),
    )
    return await operations.run(asked, credential)


def asked_as(text: str, variables: Mapping[str, object] | None = None) -> Asked:
    """Return a request of the text."""
    return Asked(text, dict(variables or {}), None, read_only=False, request_id="test")


def content(answer: Answer) -> bytes:
    """Return the answer as the response has it."""
    errors = [error.formatted for error in answer.errors]
    return orjson.dumps({"data": answer.data, "errors": errors}, option=orjson.OPT_UTC_Z)


@cache
def _executor(*, compiles: bool) -> Executor:
    return Executor(_schema(), compiles=compiles, is_hopeless=is_unavailable)


@cache
def _schema() -> GraphQLSchema:
    return executable_schema()


@cache
def _documents() -> Documents:
    return Documents()
