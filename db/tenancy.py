"""The tenant check: no statement reaches a tenant's table without naming the Org."""

import re
from collections.abc import Iterable, Sequence
from typing import Any, TypeGuard

from sqlalchemy import (
    Compiled,
    Connection,
    ExecutionContext,
    Insert,
    TextClause,
)
from sqlalchemy.sql import operators
from sqlalchemy.sql.ddl import ExecutableDDLElement
from sqlalchemy.sql.elements import BinaryExpression, ColumnClause
from sqlalchemy.sql.selectable import AliasedReturnsRows, FromClause, TableClause
from sqlalchemy.sql.visitors import ExternallyTraversible

from db import models

TENANT_TABLES = {
    name: table for name, table in models.GRANT.metadata.tables.items() if "org_id" in table.c
}
NAMED_IN_TEXT = re.compile(
    r"\b(?:from|join|update|into)\s+(?:only\s+)?"
    r"(?:[\w.\"]+(?:\s+(?:as\s+)?\w+)?\s*,\s*)*"  # tables before it in a list
    r"(?:\"?\w+\"?\.)?"  # the schema
    rf"\"?({'|'.join(TENANT_TABLES)})\b",
    re.IGNORECASE,
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
    if compiled is None:
        _check_text(statement)
    elif not isinstance(compiled.statement, ExecutableDDLElement) and not hasattr(
        compiled, "tenancy_checked"
    ):
        check_compiled(compiled)
        compiled.tenancy_checked = True


def check_compiled(compiled: Compiled) -> None:
    """Raise TenancyError unless a compiled statement names the Org, also in its parts of text."""
    statement = compiled.statement
    if statement is None:
        raise TenancyError("There is no statement to check.")
    check_statement(statement)
    if any(isinstance(part, TextClause) for part in _parts(statement)):
        _check_text(str(compiled))


def _check_text(statement: str) -> None:
    found = NAMED_IN_TEXT.search(statement)
    if found and "org_id" not in statement:
        raise TenancyError(f"SQL text touches {found[1]} without org_id.")


def check_statement(statement: ExternallyTraversible) -> None:
    """Raise TenancyError for any tenant table in the statement that isn't tied to an Org.

    It is where its `org_id` equals a value, or that of another table that is.
    """
    parts = _parts(statement)
    untied = _sources(parts) - _tied([_equated(part) for part in parts])
    if isinstance(statement, Insert):  # it can't omit org_id: a column of the primary key
        untied.discard(statement.table)
        if statement.select is not None:
            check_statement(statement.select)
    for source in untied:
        raise TenancyError(f"The statement touches {_name(source)} without its org_id.")


def _parts(statement: ExternallyTraversible) -> list[ExternallyTraversible]:
    """Return the statement and all that it is made of, each once however often it is used."""
    found, waiting = {id(statement): statement}, [statement]
    while waiting:
        part = waiting.pop()
        if not _is_tenant(part):  # what an alias is of isn't used itself
            new = {id(child): child for child in part.get_children() if id(child) not in found}
            found |= new
            waiting += new.values()
    return list(found.values())


def _sources(parts: Iterable[ExternallyTraversible]) -> set[FromClause]:
    """Return the tenant tables among the parts, and those whose columns are."""
    tables = (part.table if isinstance(part, ColumnClause) else part for part in parts)
    return {table for table in tables if _is_tenant(table)}


def _equated(element: ExternallyTraversible) -> list[FromClause]:
    """Return the tenant tables whose `org_id` an equation has on its sides; else nothing."""
    if not isinstance(element, BinaryExpression) or element.operator is not operators.eq:
        return []
    return [
        side.table
        for side in (element.left, element.right)
        if isinstance(side, ColumnClause) and side.name == "org_id" and _is_tenant(side.table)
    ]


def _tied(equations: Sequence[Sequence[FromClause]]) -> set[FromClause]:
    """Return the tables that equations lead to from a value."""
    tied = {table for equation in equations if len(equation) == 1 for table in equation}
    while more := {t for equation in equations if tied & {*equation} for t in equation} - tied:
        tied |= more
    return tied


def _is_tenant(source: object) -> TypeGuard[FromClause]:
    return _name(source) in TENANT_TABLES


def _name(source: object) -> str | None:
    """Return the name of the table itself where the source is one, whatever its alias."""
    table = source.element if isinstance(source, AliasedReturnsRows) else source
    return table.name if isinstance(table, TableClause) else None
