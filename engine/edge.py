"""How a field declares its data: a column, a function of columns, or an edge to other rows.

A schema module is a table of these. Both executors read them, so there is one truth about each
field: the standard executor through `engine.resolve`, the compiled one straight.
"""

from collections.abc import Awaitable, Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeAlias

import strawberry
from strawberry.annotation import StrawberryAnnotation
from strawberry.types.arguments import StrawberryArgument
from strawberry.types.field import StrawberryField

from engine.inputs import RULE, Rule
from engine.page import Orders

MARK = "freehold"  # the key under which a field's metadata holds its declaration

Key: TypeAlias = tuple[Any, ...]  # an edge's `needs` of one parent; the first is what rows bear
Columns: TypeAlias = tuple[str, ...]
Row: TypeAlias = Sequence[Any]


class OfContext(str):
    """A column that has the same value in all rows that a context sees: its attribute of that name.

    The standard executor reads it from each row. The compiled one doesn't fetch it.
    """

    __slots__ = ()


# A batch function answers an edge for many parents at once, with one statement. It gets a context,
# the parents' distinct keys, what the edge's `read` made of the field's arguments, and the columns
# wanted. Each of its rows starts with the first value of its parent's key; the columns follow in
# their order. Rows of one parent come in the order of the page, one more than its size where there
# are more; a parent without rows has none.
Batch: TypeAlias = Callable[[Any, Sequence[Key], Any, Columns], Awaitable[Sequence[Row]]]

# The same by and by: the last argument takes the rows, once or more often.
Stream: TypeAlias = Callable[
    [Any, Sequence[Key], Any, Columns, Callable[[Sequence[Row]], object]], Awaitable[None]
]


def _no_arguments(_arguments: Mapping[str, Any]) -> Hashable:
    return None


@dataclass(frozen=True)
class Weight:
    """What a field makes the database do; 1 is about what a row of a plain list takes.

    `parent` is for each row that the field is asked of, whatever it finds, and `row` for each row
    that it may give. A list takes `count` more for each parent where its number is asked for, and
    `sift` where it is filtered, or in another order than its own: then all of it is looked at. As
    the weight is told before anything runs, it is that of a large Org.
    """

    parent: int = 1
    row: int = 1
    count: int = 1
    sift: int = 0


BY_KEY = Weight()  # one row, found by its key


@dataclass(frozen=True, eq=False)
class Column:
    """A field that is a pure function of its parent's columns; without `make`, the column.

    `template` says the same of text, as a format of the columns in their order. `raw` is a quicker
    `make` for the compiled executor: what it gives is written by orjson as the same JSON.
    `weight` is for each row, of values that are far longer than most.
    """

    columns: Columns
    make: Callable[..., Any] | None = None
    template: str | None = None
    raw: Callable[[Any], Any] | None = None
    weight: int = 0


@dataclass(frozen=True, eq=False)
class Edge:
    """A field that leads to other rows: to one of them, or to a list where `many`.

    `needs` are the parent's columns that `rows` gets as its key; `gives` is the class of its rows.

    `rows` may bring along what its rows lead to by edges to one row: `brings` names these, as their
    `name` is, and the columns of such a row by the edge's name and a dot before their own. Then the
    edge isn't followed. Of those columns, `shares` are the same as the parent's.
    """

    rows: Batch
    needs: Columns
    gives: type[Any]
    many: bool = False
    read: Callable[[Mapping[str, Any]], Hashable] = _no_arguments
    weight: Weight = BY_KEY
    brings: Columns = ()
    name: str | None = None
    shares: Columns = ()


@dataclass(frozen=True, eq=False)
class Connection:
    """A field that leads to pages of other rows; `count` answers `(key, number)` a parent.

    Where no order is asked for, it is the first of `orders`, downwards if `descending`.
    `bears` are those of `needs` that its rows bear, too, with the value that their parent has: what
    shows them needs no fetching of them.
    `stream` gives the rows of `rows` by and by: rows that lead no further are used as they come.
    """

    rows: Batch
    count: Batch
    needs: Columns
    gives: type[Any]
    orders: Orders
    descending: bool = False
    bears: Columns = ()
    stream: Stream | None = None
    weight: Weight = BY_KEY


@dataclass(frozen=True, eq=False)
class Lookup:
    """A field that finds rows by public ids of many types.

    `parse` gives an id's type and key, or None for an id that names nothing; `edges` has one edge
    a type, `types` the GraphQL type that it leads to. Ids come from the argument `ids`, or one from
    `id`; or else one from the parent's column `column`, of which what isn't found is null.
    """

    parse: Callable[[Any, str], tuple[str, Key] | None]
    edges: Mapping[str, Edge]
    types: Mapping[str, str]
    column: str | None = None


@dataclass(frozen=True, eq=False)
class Reference:
    """A field that leads to a row whose type its parent's column `kind` tells.

    `edges` has one edge and `types` one GraphQL type for each kind; the row's key is the parent's
    column `key`. It is null where either is.
    """

    kind: str
    key: str
    edges: Mapping[Any, Edge]
    types: Mapping[Any, str]


@dataclass(frozen=True, eq=False)
class PagePart:
    """A field of a connection's own type: `nodes`, `edges`, `pageInfo` or `totalCount`."""

    name: str


@dataclass(frozen=True, eq=False)
class OfEdge:
    """A field of a connection's edge that is a column of its row, but depends on the list, too.

    The row's own type has no such field: a row is the same by whatever list it is found.
    """

    column: str


@dataclass(frozen=True, eq=False)
class Mutated:
    """A field of the mutation root: `work` is done by the context, with the argument `input`.

    What the context makes of it is the row of the field's own type.
    """

    name: str
    work: Any


Declaration: TypeAlias = (
    Column | Edge | Connection | Lookup | Reference | PagePart | OfEdge | Mutated
)


@dataclass(frozen=True)
class Argument:
    """An argument of a declared field, and the rule for its values."""

    name: str
    type: Any
    description: str
    default: Any = field(default=None)
    rule: Rule | None = None


def declare(
    declaration: Declaration,
    *,
    description: str,
    arguments: Sequence[Argument] = (),
    name: str | None = None,
) -> Any:
    """Return the Strawberry field that bears the declaration, called `name` or as its attribute."""
    made = StrawberryField(metadata={MARK: declaration}, description=description, graphql_name=name)
    made.arguments = [_strawberry_argument(argument) for argument in arguments]
    return made


def of_interface(field: Any) -> Any:
    """Return a declared field for an interface, whose types each declare it for themselves."""
    field.metadata = {}
    return field


def _strawberry_argument(argument: Argument) -> StrawberryArgument:
    return StrawberryArgument(
        python_name=argument.name,
        graphql_name=argument.name,
        type_annotation=StrawberryAnnotation(argument.type),
        default=strawberry.UNSET if argument.default is None else argument.default,
        description=argument.description,
        metadata={} if argument.rule is None else {RULE: argument.rule},
    )


def column(
    *columns: str,
    make: Callable[..., Any] | None = None,
    raw: Callable[[Any], Any] | None = None,
    weight: int = 0,
    description: str,
) -> Any:
    """Declare a field that is the column named, or what `make` makes of the columns named."""
    return declare(Column(columns, make, raw=raw, weight=weight), description=description)


def template(text: str, *columns: str, description: str) -> Any:
    """Declare a field of text: the format with the columns in their order."""
    return declare(Column(columns, text.format, text), description=description)
