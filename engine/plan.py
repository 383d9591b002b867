"""The plan of an operation, level by level: its fields in order, and the columns behind them."""

# graphql-core leaves the parameters of its generic types open.
# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false
# pyright: reportUnknownArgumentType=false

from dataclasses import dataclass, field
from typing import Any, TypeAlias

from graphql import FieldNode, GraphQLField, GraphQLOutputType, is_non_null_type

from engine.edge import Column, Columns, Connection, Edge, Lookup, OfContext, Reference


class UnsupportedError(Exception):
    """The standard executor must run the operation; says why, in a word or two."""


@dataclass(slots=True)
class Called:
    """A field as it stands in the document: its arguments' nodes, and its place for a reader."""

    definition: GraphQLField
    node: FieldNode
    path: str

    @property
    def nullable(self) -> bool:
        """Return whether null may stand for its value."""
        return not is_non_null_type(self.definition.type)

    def gives(self, name: str) -> bool:
        """Return whether the document gives the argument."""
        return any(argument.name.value == name for argument in self.node.arguments or ())


@dataclass(slots=True)
class Text:
    """A value known beforehand: a `__typename`."""

    value: str


@dataclass(slots=True)
class Leaf:
    """A value made of the row's columns."""

    column: Column
    type: GraphQLOutputType


@dataclass(slots=True)
class Selection:
    """What is wanted of rows of one type; selections of the same rows share one `columns`.

    Of columns that the parent bears, too, `borne` has the expressions, which the compiler fills in.
    The rows may have others with them: `brings` are the names of the edges that lead to them. Of
    such rows themselves, `brought` has the edge, and `above` what is wanted of those that do.
    """

    columns: list[str] = field(default_factory=list[str])
    borne: dict[str, str] = field(default_factory=dict[str, str])
    items: list[tuple[str, "Item"]] = field(default_factory=list)
    brings: Columns = ()
    above: "Selection | None" = None
    brought: Edge | None = None

    def below(self, edge: Edge) -> "Selection":
        """Return a selection of the rows that an edge leads to, in which nothing is wanted yet."""
        if edge.name not in self.brings:
            return Selection(brings=edge.brings)
        head = f"{edge.name}."
        brings = tuple(name[len(head) :] for name in self.brings if name.startswith(head))
        return Selection(brings=brings, above=self, brought=edge)

    def name_above(self, name: str) -> str:
        """Return the name by which the rows that bring these along have a column of them."""
        edge = self.brought
        return name if edge is None or name in edge.shares else f"{edge.name}.{name}"

    @property
    def is_flat(self) -> bool:
        """Return whether its rows lead no further."""
        return all(isinstance(item, Text | Leaf) for _, item in self.items)

    def want(self, names: Columns) -> None:
        """Add the columns to those fetched, but for what is there already or the context knows."""
        new = [n for n in names if n not in self.columns and not isinstance(n, OfContext)]
        self.columns += dict.fromkeys(new)
        if self.above is not None:
            self.above.want(tuple(self.name_above(name) for name in new))

    def place(self, name: str) -> int:
        """Return the place among those fetched of a column that is wanted."""
        return self.columns.index(name)


@dataclass(slots=True)
class Followed:
    """An edge, and what is wanted of the row or rows that it leads to."""

    edge: Edge
    called: Called
    selection: Selection


@dataclass(slots=True)
class Found:
    """A look-up by ids, and what is wanted of each type that may be found."""

    lookup: Lookup
    called: Called
    selections: dict[str, Selection]


@dataclass(slots=True)
class Referred:
    """A reference, and what is wanted of a row of each kind."""

    reference: Reference
    called: Called
    selections: dict[Any, Selection]


@dataclass(slots=True)
class Part:
    """A field of a connection: its declared name, and what is wanted below it.

    Below `nodes` that is a selection of the rows, below `edges` and `page_info` keys with the names
    of their fields, leaves of the row, or selections of it for `node`.
    """

    name: str
    items: list[tuple[str, "Shown"]] = field(default_factory=list[tuple[str, "Shown"]])


@dataclass(slots=True)
class Paged:
    """A connection; all its parts that show rows share one fetch of `columns`."""

    connection: Connection
    called: Called
    columns: list[str] = field(default_factory=list[str])
    borne: dict[str, str] = field(default_factory=dict[str, str])
    parts: list[tuple[str, "Part | Text"]] = field(default_factory=list[tuple[str, "Part | Text"]])

    def rows(self) -> Selection:
        """Return a selection of the page's rows, in which nothing is wanted yet."""
        return Selection(self.columns, self.borne)

    @property
    def nodes(self) -> list[Selection]:
        """Return what is wanted of the rows below each of its `nodes`."""
        parts = [part for _, part in self.parts if isinstance(part, Part) and part.name == "nodes"]
        return [rows for part in parts for _, rows in part.items if isinstance(rows, Selection)]

    @property
    def streams(self) -> bool:
        """Return whether rows are used as they come: each once, in that order, for itself."""
        if self.connection.stream is None or self.called.gives("last"):
            return False
        flat = [rows.is_flat for rows in self.nodes]
        return flat == [True] and not self.asks("edges", "page_info")

    @property
    def infos(self) -> set[str]:
        """Return which fields of its PageInfo are wanted."""
        parts = [part for _, part in self.parts if isinstance(part, Part)]
        items = [item for part in parts if part.name == "page_info" for _, item in part.items]
        return {item for item in items if isinstance(item, str)}

    def asks(self, *names: str) -> bool:
        """Return whether any part of one of the names is wanted."""
        return any(isinstance(part, Part) and part.name in names for _, part in self.parts)


Shown: TypeAlias = str | Text | Leaf | Selection
Item: TypeAlias = Text | Leaf | Followed | Found | Referred | Paged
