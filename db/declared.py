"""What the models say of their rows, as invariants: it may be broken once an index was lost."""

from collections.abc import Iterator

from sqlalchemy import (
    CheckConstraint,
    ColumnElement,
    Dialect,
    ForeignKeyConstraint,
    Index,
    Table,
    Text,
    and_,
    exists,
    func,
    literal,
    literal_column,
    not_,
    or_,
    select,
)

from db.base import Base
from db.invariants import Invariant
from db.queries import AnySelect


def declared(dialect: Dialect) -> Iterator[Invariant]:
    """Give an invariant for each rule that the models declare, under the rule's own name."""
    for name, query in _queries(dialect.name):
        text = str(query.compile(dialect=dialect, compile_kwargs={"literal_binds": True}))
        yield Invariant(name, f"{text} /* of each org_id */")


def _queries(dialect: str) -> Iterator[tuple[str, AnySelect]]:
    for table in Base.metadata.sorted_tables:
        yield f"{table.name}: what must be there", _found(table).where(_missing(table))
        yield from ((str(one.name), _twice(table, one, dialect)) for one in _unique(table))
        for rule in table.constraints:
            if isinstance(rule, ForeignKeyConstraint):
                yield str(rule.name), _found(table).where(_dangling(rule))
            if isinstance(rule, CheckConstraint):
                broken: ColumnElement[bool] = literal_column(f"NOT ({rule.sqltext})")
                yield str(rule.name), _found(table).where(broken)


def _found(table: Table) -> AnySelect:
    return select(
        _org_of(table).label("org_id"), literal(table.name, Text()).label("what")
    ).select_from(table)


def _org_of(table: Table) -> ColumnElement[object]:
    return table.c.org_id if "org_id" in table.c else literal_column("0")


def _missing(table: Table) -> ColumnElement[bool]:
    return or_(*(column.is_(None) for column in table.c if not column.nullable))


def _unique(table: Table) -> Iterator[Index]:
    yield from sorted((one for one in table.indexes if one.unique), key=lambda one: str(one.name))


def _twice(table: Table, index: Index, dialect: str) -> AnySelect:
    """Find values that rows have in common though the index forbids it; null is like nothing."""
    columns = list(index.columns)
    where = index.dialect_options[dialect]["where"]
    told = func.min(_org_of(table)).label("org_id"), literal(table.name, Text()).label("what")
    found = select(*told).where(*(column.is_not(None) for column in columns))
    found = found if where is None else found.where(where)
    return found.group_by(*columns).having(func.count() > 1)


def _dangling(rule: ForeignKeyConstraint) -> ColumnElement[bool]:
    target = rule.referred_table.alias("target")
    pairs = [(element.parent, target.c[element.column.name]) for element in rule.elements]
    there = exists().where(*(column == other for column, other in pairs))
    named = (column.is_not(None) for column, _ in pairs)
    return and_(*named, not_(there.correlate(rule.table)))
