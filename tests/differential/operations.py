"""Makes up operations: random selections of the schema, most of them valid, all of them small."""

# graphql-core leaves the parameters of its generic types open.
# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false
# pyright: reportUnknownArgumentType=false, reportUnknownParameterType=false

from base64 import urlsafe_b64decode
from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from random import Random
from typing import Any

import orjson
from graphql import (
    GraphQLArgument,
    GraphQLEnumType,
    GraphQLField,
    GraphQLInputObjectType,
    GraphQLInputType,
    GraphQLInterfaceType,
    GraphQLNamedType,
    GraphQLNonNull,
    GraphQLObjectType,
    GraphQLSchema,
    get_named_type,
    is_leaf_type,
    is_list_type,
    is_required_argument,
    value_from_ast_untyped,
)
from graphql.language import parse_value

from engine.edge import Connection
from engine.resolve import declaration_of

DEEPEST = 4
TIMES = ("2001-01-01T00:00:00Z", "2101-01-01T00:00:00.5+02:00")
KINDS = ("FILE", "TASK")
CURSORS = {"after", "before"}
ACTIONS = ("space", "project", "space.rename", "org.imported", "")
WORDS = ("", "a", "1", "SITE", "ü", "%", "_", "shared", "zoo")


@dataclass(frozen=True)
class Made:
    """An operation's text and the values of its variables."""

    text: str
    variables: dict[str, Any]


@dataclass
class Maker:
    """Makes one operation after another; `ids`, `keys` and `cursors` are what it may ask for."""

    schema: GraphQLSchema
    random: Random
    ids: Sequence[str]
    keys: Sequence[str]
    cursors: dict[tuple[str, int], list[str]] = field(
        default_factory=dict[tuple[str, int], list[str]]
    )

    def learn(self, cursor: str) -> None:
        """Remember a cursor by what it is of: the order, and the number of its columns."""
        mark, *values = orjson.loads(urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
        self.cursors.setdefault((mark, len(values)), []).append(cursor)

    def make(self) -> Made:
        """Make an operation."""
        self._count = 0
        self._fragments: list[str] = []
        self._declared: list[str] = []
        self._values: dict[str, Any] = {}
        root = self.schema.query_type
        assert root is not None
        body = self._selections(root, DEEPEST)
        declared = f"({', '.join(self._declared)})" if self._declared else ""
        text = "\n".join([f"query Made{declared} {body}", *self._fragments])
        return Made(text, self._values)

    def _selections(self, type_: GraphQLObjectType, depth: int) -> str:
        names = [name for name in type_.fields if depth > 0 or self._is_flat(type_.fields[name])]
        chosen = self.random.choices(names, k=self.random.randint(1, 4)) if names else []
        parts = [self._field(name, type_.fields[name], depth) for name in chosen]
        if not parts or self._chance(0.15):
            parts.append(self._directed("__typename"))
        if self._chance(0.25):
            parts = [self._fragment(type_, part) if self._chance(0.5) else part for part in parts]
        return "{ " + " ".join(parts) + " }"

    def _is_flat(self, definition: GraphQLField) -> bool:
        return is_leaf_type(get_named_type(definition.type))

    def _field(self, name: str, definition: GraphQLField, depth: int) -> str:
        # Two fields of one name must have the same arguments to be merged: those are told apart.
        self._count += 1
        alias = f"x{self._count}: " if definition.args or self._chance(0.1) else ""
        below = get_named_type(definition.type)
        return self._directed(f"{alias}{name}{self._arguments(definition)}") + self._below(
            below, depth
        )

    def _below(self, type_: GraphQLNamedType, depth: int) -> str:
        if isinstance(type_, GraphQLObjectType):
            step = 0 if type_.name.endswith(("Connection", "Edge")) else 1
            return " " + self._selections(type_, depth - step)
        if isinstance(type_, GraphQLInterfaceType):
            types = self.schema.get_possible_types(type_)
            some = self.random.sample(types, k=self.random.randint(1, min(3, len(types))))
            parts = [f"... on {each.name} {self._selections(each, depth - 2)}" for each in some]
            return " { __typename id " + " ".join(parts) + " }"
        return ""

    def _fragment(self, type_: GraphQLObjectType, part: str) -> str:
        interfaces = [each.name for each in type_.interfaces]
        on = type_.name if not interfaces or self._chance(0.8) else ""
        if self._chance(0.5) or not on:
            return self._directed(f"... {f'on {on}' if on else ''}") + f" {{ {part} }}"
        self._count += 1
        self._fragments.append(f"fragment F{self._count} on {type_.name} {{ {part} }}")
        return self._directed(f"...F{self._count}")

    def _directed(self, text: str) -> str:
        if not self._chance(0.08):
            return text
        name = self.random.choice(("skip", "include"))
        truth = self._chance(0.5)
        value = self._variable("Boolean!", truth) if self._chance(0.6) else str(truth).lower()
        return f"{text} @{name}(if: {value})"

    def _arguments(self, definition: GraphQLField) -> str:
        given = {
            name: argument
            for name, argument in definition.args.items()
            if is_required_argument(argument) or self._chance(0.3)
        }
        if "first" in given and "last" in given and not self._chance(0.01):
            del given[self.random.choice(("first", "last"))]
        literals = {
            name: self._literal(name, each.type)
            for name, each in given.items()
            if name not in CURSORS
        }
        literals |= self._cursors(definition, given.keys() & CURSORS, literals.get("orderBy"))
        parts = [f"{name}: {self._argument(given[name], text)}" for name, text in literals.items()]
        return f"({', '.join(sorted(parts))})" if parts else ""

    def _cursors(
        self, definition: GraphQLField, names: AbstractSet[str], order: str | None
    ) -> dict[str, str]:
        """Return cursors that the connection could have given in its order, seldom another."""
        declaration = declaration_of(definition)
        if not isinstance(declaration, Connection):
            return {}
        name = order.split("field: ")[1].split(",")[0].strip("}") if order else ""
        name = name or next(iter(declaration.orders))
        mark = f"-{name}" if _goes_down(order, declaration) else name
        known = self.cursors.get((mark, len(declaration.orders[name])), [])
        if self._chance(0.005):
            known = ["none"]
        return {each: f'"{self.random.choice(known)}"' for each in sorted(names) if known}

    def _argument(self, argument: GraphQLArgument, literal: str) -> str:
        if self._chance(0.7):
            return literal
        value = value_from_ast_untyped(parse_value(literal))
        if not isinstance(argument.type, GraphQLNonNull) and self._chance(0.1):
            value = None
        return self._variable(str(argument.type), value)

    def _variable(self, type_: str, value: Any) -> str:
        self._count += 1
        name = f"v{self._count}"
        self._declared.append(f"${name}: {type_}")
        if value is not None or self._chance(0.5):
            self._values[name] = value
        return f"${name}"

    def _literal(self, name: str, type_: GraphQLInputType) -> str:
        if isinstance(type_, GraphQLNonNull):
            return self._literal(name, type_.of_type)
        if is_list_type(type_):
            some = self.random.choices(self.ids, k=self.random.randint(0, 5))
            return "[" + ", ".join(f'"{each}"' for each in some) + "]"
        if isinstance(type_, GraphQLEnumType):
            return str(self.random.choice(list(type_.values)))
        if isinstance(type_, GraphQLInputObjectType):
            return self._object(type_)
        return self._scalar(name, str(type_))

    def _object(self, type_: GraphQLInputObjectType) -> str:
        fields = {
            name: each
            for name, each in type_.fields.items()
            if isinstance(each.type, GraphQLNonNull) or self._chance(0.3)
        }
        parts = [f"{name}: {self._literal(name, each.type)}" for name, each in fields.items()]
        return "{" + ", ".join(parts) + "}"

    def _scalar(self, name: str, type_: str) -> str:
        if name in {"first", "last"}:
            sizes = (1001, -1) if self._chance(0.005) else (0, 1, 1, 2, 2, 3, 3, 5, 1000)
            return str(self.random.choice(sizes))
        of_type = {"ID": self.ids, "DateTime": TIMES}.get(type_, WORDS)
        values = {"key": self.keys, "kind": KINDS, "action": ACTIONS}
        chosen: Sequence[str] = values.get(name, of_type)
        return f'"{self.random.choice(chosen)}"'

    def _chance(self, probability: float) -> bool:
        return self.random.random() < probability


def _goes_down(order: str | None, declaration: Connection) -> bool:
    """Return whether rows go down in an order as it was written; without any it is as declared."""
    return declaration.descending if order is None else "DESC" in order
