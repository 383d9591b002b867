"""The server under a state machine, which isn't asynchronous: one loop, one database, one clock."""

import asyncio
import itertools
from collections.abc import Coroutine, Generator, Mapping
from contextlib import contextmanager
from typing import Any, TypeVar, cast
from unittest.mock import patch

import orjson
from graphql import GraphQLInputObjectType, GraphQLObjectType, get_named_type
from sqlalchemy import Table, select
from sqlalchemy.ext.asyncio import AsyncEngine

from auth.credential import Credential
from db import clock
from db.engine import open_engine, snapshot
from db.examining import Breach, breaches
from db.models import PRINCIPAL
from resolvers.background.expiring import end_expired
from resolvers.background.purging import purge_some
from resolvers.background.retention import purge_overdue
from schema.root import executable_schema
from tests.factories import (
    Loaded,
    Manifest,
    asked_as,
    assert_no_fault_was_hidden,
    content,
    load,
    run,
)

T = TypeVar("T")
Json = dict[str, Any]
SCHEMA = executable_schema()
MUTATION = SCHEMA.mutation_type
assert MUTATION is not None
FIELDS = MUTATION.fields
ERRORS = "errors { code field }"
SELECTED = {
    "node": "node { id }",
    "errors": ERRORS,
    "warnings": "warnings",
    "revision": "revision",
    "undoToken": "undoToken",
    "deletedId": "deletedId",
    "purge": "purge { deletionId finishedAt }",
    "plan": "plan { token redacted gained lost changed counts { kind before after pairs } "
    "first { member { id } kind node { id } before after } }",
}


def input_of(name: str) -> GraphQLInputObjectType:
    """Return the type of a mutation's input."""
    given: Any = FIELDS[name].args["input"]
    of: GraphQLInputObjectType = given.type.of_type
    return of


def mutation_text(name: str) -> str:
    """Return the document of a mutation, in which all of its payload is selected."""
    payload = _fields(FIELDS[name])
    chosen = [SELECTED[field] for field in payload if field != "results"]
    if "results" in payload:
        of_each = [SELECTED.get(field, field) for field in _fields(payload["results"])]
        chosen.append(f"results {{ {' '.join(of_each)} }}")
    type_ = input_of(name).name
    return f"mutation ($input: {type_}!) {{ {name}(input: $input) {{ {' '.join(chosen)} }} }}"


def _fields(field: Any) -> Mapping[str, Any]:
    """Return the fields of the type that a field is of."""
    fields: Mapping[str, Any] = cast("GraphQLObjectType", get_named_type(field.type)).fields
    return fields


class World:
    """A database with one Org after the other. `now` is its clock, in microseconds."""

    def __init__(self, runner: asyncio.Runner, engine: AsyncEngine) -> None:
        self._runner, self._engine = runner, engine
        self._numbers = itertools.count()
        self.now = clock.now()
        self.org = ""

    def run(self, work: Coroutine[Any, Any, T]) -> T:
        """Wait for a coroutine."""
        return self._runner.run(work)

    def next_org(self) -> str:
        """Return the key of the next Org."""
        self.org = f"org-{next(self._numbers)}"
        return self.org

    def load(self, manifest: Manifest) -> Loaded:
        """Store an Org."""
        return self.run(load(self._engine, manifest))

    def mutate(self, account: str | int, name: str, given: Mapping[str, Any]) -> Json:
        """Return the payload of a mutation."""
        payload: Json = self.ask(account, mutation_text(name), {"input": given})[name]
        return payload

    def ask(
        self,
        account: str | int,
        text: str,
        variables: Mapping[str, Any],
        *,
        compiles: bool = True,
    ) -> Json:
        """Return what an operation answers; there must be no error."""
        credential = Credential(account, self.org)
        answer = self.run(
            run(self._engine, credential, asked_as(text, variables), compiles=compiles)
        )
        assert answer.errors == []
        assert_no_fault_was_hidden()
        data: Json = orjson.loads(content(answer))["data"]
        return data

    def breaches(self) -> list[Breach]:
        """Return what is wrong with all that is stored."""
        return self.run(breaches(self._engine, deep=True))

    def work(self, org_id: int) -> None:
        """Do in the Org what the server does by itself."""

        async def done() -> None:
            for some in (end_expired, purge_overdue, purge_some):
                while await some(self._engine, org_id):
                    pass

        self.run(done())

    def ids_after(self, table: Table, org_id: int, last: int, *where: Any) -> list[int]:
        """Return the numbers of a table's rows in the Org beyond the last that is known."""

        async def found() -> list[int]:
            rows = select(table.c.id).where(table.c.org_id == org_id, table.c.id > last, *where)
            async with snapshot(self._engine) as connection:
                return list(await connection.scalars(rows.order_by(table.c.id)))

        return self.run(found())

    def account_of(self, org_id: int, member_id: int) -> int:
        """Return the number of a member's account, by which a service signs in."""

        async def found() -> int:
            itself = (PRINCIPAL.c.org_id == org_id, PRINCIPAL.c.id == member_id)
            async with snapshot(self._engine) as connection:
                return int(
                    await connection.scalar(select(PRINCIPAL.c.account_id).where(*itself)) or 0
                )

        return self.run(found())


@contextmanager
def world(url: str) -> Generator[World]:
    """Give a world on a database, in which it is always as late as the world says."""
    with asyncio.Runner() as runner:
        engine = open_engine(url)
        made = World(runner, engine)
        with patch.object(clock, "now", lambda: made.now):
            yield made
        runner.run(engine.dispose())
