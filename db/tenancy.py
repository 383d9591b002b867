"""The tenant check: no statement reaches a tenant's table without naming the Org."""

import re
from collections.abc import Iterator
from typing import Any

from sqlalchemy import (
    Connection,
    Delete,
    ExecutionContext,
    Insert,
    Join,
    Select,
    Table,
    TextClause,
    Update,
)
from sqlalchemy.sql import operators, visitors
from sqlalchemy.sql.ddl import ExecutableDDLElement
from sqlalchemy.sql.elements import BinaryExpression, ColumnClause
from sqlalchemy.sql.selectable import Alias, FromClause
from sqlalchemy.sql.visitors import ExternallyTraversible

from db import models

TENANT_TABLES = {
    name: table for name, table in models.GRANT.metadata.tables.items() if "org_id" in table.c
}
NAMED_IN_TEXT = re.compile(
    rf"\b(?:from|join|update|into)\s+\"?({'|'.join(TENANT_TABLES)})\b", re.IGNORECASE
)


class TenancyError(RuntimeError):
    """A statement touches a tenant's table without `org_id`: our fault, never the caller's."""


def check_tenancy(
    _connection: Connection,
    _cursor: object,
    statement: str,
    _parameters: object,
    context: ExecutionContext | None,
    _executemany: bool,
) -> None:
    """Refuse a statement that doesn't name the Org; each compiled form is looked at once."""
    compiled: Any = getattr(context, "compiled", None)
    if compiled is None or isinstance(compiled.statement, TextClause):
        _check_text(statement)
    elif not isinstance(compiled.statement, ExecutableDDLElement) and not hasattr(
        compiled, "tenancy_checked"
    ):
        check_statement(compiled.statement)
        compiled.tenancy_checked = True


def _check_text(statement: str) -> None:
    found = NAMED_IN_TEXT.search(statement)
    if found and "org_id" not in statement:
        raise TenancyError(f"SQL text touches {found[1]} without org_id.")


def check_statement(statement: ExternallyTraversible) -> None:
    """Raise TenancyError for any tenant table in the statement whose `org_id` is not equated."""
    if isinstance(statement, Insert):
        return  # an insert can't omit it: org_id is NOT NULL and part of the primary key
    found = list(visitors.iterate(statement))
    named = {id(source) for element in found for source in _sources_named(element)}
    for element in found:
        for source in _tenant_sources(element):
            if id(source) not in named:
                raise TenancyError(f"The statement touches {source} without its org_id.")


def _sources_named(element: ExternallyTraversible) -> list[FromClause]:
    """Return the tables whose `org_id` the element equates with something."""
    if not isinstance(element, BinaryExpression) or element.operator is not operators.eq:
        return []
    sides = (element.left, element.right)
    return [
        side.table
        for side in sides
        if isinstance(side, ColumnClause) and side.name == "org_id" and side.table is not None
    ]


def _tenant_sources(element: ExternallyTraversible) -> Iterator[FromClause]:
    """Give the tenant tables that the element, a SELECT, UPDATE or DELETE, reads or changes."""
    if isinstance(element, Select):
        for source in element.get_final_froms():
            yield from _tenant_tables(source)
    elif isinstance(element, Update | Delete):
        yield from _tenant_tables(element.table)


def _tenant_tables(source: FromClause) -> Iterator[FromClause]:
    if isinstance(source, Join):
        yield from _tenant_tables(source.left)
        yield from _tenant_tables(source.right)
    table = source.element if isinstance(source, Alias) else source
    if isinstance(table, Table) and table.name in TENANT_TABLES:
        yield source
