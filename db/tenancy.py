"""The tenant check: no statement reaches a tenant's table without naming the Org."""

import re
from collections.abc import Iterator, Sequence
from typing import Any, TypeGuard

from sqlalchemy import (
    Connection,
    Delete,
    ExecutionContext,
    Join,
    Select,
    TextClause,
    Update,
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
        check_statement(compiled.statement)
        if any(isinstance(part, TextClause) for part in _parts(compiled.statement)):
            _check_text(statement)
        compiled.tenancy_checked = True


def _check_text(statement: str) -> None:
    found = NAMED_IN_TEXT.search(statement)
    if found and "org_id" not in statement:
        raise TenancyError(f"SQL text touches {found[1]} without org_id.")


def check_statement(statement: ExternallyTraversible) -> None:
    """Raise TenancyError for any tenant table in the statement that isn't tied to an Org.

    It is where its `org_id` equals a value, or that of another table that is.
    """
    found = _parts(statement)
    tied = _tied([_equated(element) for element in found])
    for element in found:
        for source in _tenant_sources(element):
            if source not in tied:
                raise TenancyError(f"The statement touches {_name(source)} without its org_id.")


def _parts(statement: ExternallyTraversible) -> list[ExternallyTraversible]:
    """Return the statement and all that it is made of, each once however often it is used."""
    found, waiting = {id(statement): statement}, [statement]
    while waiting:
        new = {id(part): part for part in waiting.pop().get_children() if id(part) not in found}
        found |= new
        waiting += new.values()
    return list(found.values())


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


def _tenant_sources(element: ExternallyTraversible) -> Iterator[FromClause]:
    """Give the tenant tables that the element, a SELECT, UPDATE or DELETE, reads or changes."""
    if isinstance(element, Select):
        for source in element.get_final_froms():
            yield from _tenant_tables(source)
    elif isinstance(element, Update | Delete):
        yield from _tenant_tables(element.table)
        for part in _parts(element):
            if isinstance(part, ColumnClause) and _is_tenant(part.table):
                yield part.table


def _tenant_tables(source: FromClause) -> Iterator[FromClause]:
    if isinstance(source, Join):
        yield from _tenant_tables(source.left)
        yield from _tenant_tables(source.right)
    elif _is_tenant(source):
        yield source


def _is_tenant(source: FromClause | None) -> TypeGuard[FromClause]:
    return _name(source) in TENANT_TABLES


def _name(source: FromClause | None) -> str | None:
    """Return the name of the table itself where the source is one, whatever its alias."""
    table = source.element if isinstance(source, AliasedReturnsRows) else source
    return table.name if isinstance(table, TableClause) else None
