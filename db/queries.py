"""The few pieces of SQL that the two databases spell differently.

All values are named parameters, so that a statement is built once and runs with any values.
"""

from collections.abc import Iterable, Mapping, Sequence
from enum import Enum, auto
from typing import Any, TypeAlias

import orjson
from sqlalchemy import (
    ARRAY,
    BigInteger,
    ColumnElement,
    CompoundSelect,
    FromClause,
    Integer,
    Join,
    Select,
    Text,
    any_,
    bindparam,
    case,
    column,
    func,
    literal_column,
    select,
    true,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement

AnySelect: TypeAlias = Select[*tuple[Any, ...]]
POSTGRESQL, SQLITE = "postgresql", "sqlite"
FEW = 16
# An insert that says what to do where there is such a row already.
UPSERT: Mapping[str, Any] = {POSTGRESQL: postgresql.insert, SQLITE: sqlite.insert}
NUMBERS = ARRAY(BigInteger())


def one_of(
    dialect: str, tested: ColumnElement[Any], name: str, provided: ColumnElement[bool] | None = None
) -> ColumnElement[bool]:
    """Return the condition that `tested` is among the numbers in parameter `name`.

    Unless what is `provided` holds there are none of them, so that nothing is looked for.
    """
    of_postgresql = dialect == POSTGRESQL
    given = bindparam(name, type_=NUMBERS if of_postgresql else Text())
    none = literal_column("'{}'" if of_postgresql else "'[]'", type_=given.type)
    those = given if provided is None else case((provided, given), else_=none)
    if of_postgresql:
        return tested == any_(those)
    return tested.in_(select(func.json_each(those).table_valued("value").c.value))


def among(
    dialect: str, tested: ColumnElement[Any], found: AnySelect | CompoundSelect[Any]
) -> ColumnElement[bool]:
    """Return the condition that `tested` is among numbers that are found first.

    PostgreSQL then looks each of them up in an index. By a semi-join it may read all rows.
    """
    if dialect == POSTGRESQL:
        return tested == any_(func.array(found.scalar_subquery(), type_=NUMBERS))
    return tested.in_(found)


def numbers(dialect: str, values: Iterable[int | None]) -> object:
    """Return numbers as one parameter: an array on PostgreSQL, JSON text on SQLite."""
    return list(values) if dialect == POSTGRESQL else orjson.dumps(list(values)).decode()


class Amount(Enum):
    """How many parents a statement is about, as far as its form depends on it."""

    ONE = auto()
    FEW = auto()
    MANY = auto()


def amount(number: int) -> Amount:
    """Return how many that is."""
    if number == 1:
        return Amount.ONE
    return Amount.FEW if number <= FEW else Amount.MANY


def parent_table(dialect: str, columns: Sequence[str], amount: Amount) -> FromClause:
    """Return the table `parent` of the parents that `parent_parameters` passes.

    From single values PostgreSQL makes a plan that it keeps; from arrays it makes one each time.
    """
    if amount is Amount.ONE:
        values = (bindparam(f"parent_{name}", type_=BigInteger()).label(name) for name in columns)
        return select(*values).subquery("parent")
    if dialect == POSTGRESQL:
        arrays = [bindparam(f"parent_{name}", type_=NUMBERS) for name in columns]
        table = func.unnest(*arrays).table_valued(*(column(name, BigInteger()) for name in columns))
        return table.render_derived(name="parent")
    each = func.json_each(bindparam("parents", type_=Text())).table_valued("value", name="each")
    fields = (
        func.json_extract(each.c.value, f"$[{place}]", type_=BigInteger()).label(name)
        for place, name in enumerate(columns)
    )
    # OFFSET keeps SQLite from reading the JSON again wherever a column is named.
    return select(*fields).offset(literal_column("0")).subquery("parent")


def parent_parameters(
    dialect: str, columns: Sequence[str], parents: Sequence[Sequence[int | None]]
) -> Mapping[str, object]:
    """Return the parameters for `parent_table`; one sequence of numbers a parent."""
    if amount(len(parents)) is Amount.ONE:
        return {f"parent_{name}": parents[0][place] for place, name in enumerate(columns)}
    if dialect == POSTGRESQL:
        return {
            f"parent_{name}": [parent[place] for parent in parents]
            for place, name in enumerate(columns)
        }
    return {"parents": orjson.dumps(parents).decode()}


class Place(FunctionElement[int]):
    """The place from 1 at which the second text lies in the first; 0 where it doesn't."""

    name = "place"
    type = Integer()
    inherit_cache = True


@compiles(Place)
def _instr(place: Place, compiler: SQLCompiler, **options: Any) -> str:
    return f"instr({compiler.process(place.clauses, **options)})"


@compiles(Place, POSTGRESQL)
def _strpos(place: Place, compiler: SQLCompiler, **options: Any) -> str:
    return f"strpos({compiler.process(place.clauses, **options)})"


def contains(column: ColumnElement[Any], text: ColumnElement[Any]) -> ColumnElement[bool]:
    """Return the condition that the text lies somewhere in the column, character by character."""
    return Place(column, text) > 0


class InThisOrder(Join):
    """An inner join whose left side is read first.

    SQLite otherwise chooses an order of its own, with which some queries don't end.
    """

    inherit_cache = True


@compiles(InThisOrder, SQLITE)
def _cross_join(join: InThisOrder, compiler: SQLCompiler, **options: Any) -> str:
    options["asfrom"] = True
    # The check against unintended cartesian products would take this for one.
    options["from_linter"] = None
    left, right = (compiler.process(side, **options) for side in (join.left, join.right))
    options["asfrom"] = False
    condition = compiler.process(join.onclause, **options) if join.onclause is not None else "1"
    return f"{left} CROSS JOIN {right} ON {condition}"


def in_this_order(
    left: FromClause, right: FromClause, on: ColumnElement[bool] | None = None
) -> FromClause:
    """Join the rows of `left` and `right`, reading `left` first; all of them where `on` is None."""
    return InThisOrder(left, right, true() if on is None else on)
