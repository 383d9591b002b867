"""Questions that ask each field of the schema for as much as its weight allows.

They are made of the schema itself, so a new field is among them by itself: for each field the ways
that lead to its type, by none, by one and by two lists, and then the field with few rows of many
parents, with many of few, counted, filtered by each filter, in each order, and under many aliases.
"""

# graphql-core leaves the parameters of its generic types open.
# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false
# pyright: reportUnknownArgumentType=false

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

from graphql import (
    GraphQLArgument,
    GraphQLEnumType,
    GraphQLField,
    GraphQLInputObjectType,
    GraphQLInterfaceType,
    GraphQLObjectType,
    GraphQLSchema,
    GraphQLUnionType,
    get_named_type,
    is_leaf_type,
    is_required_argument,
    parse,
)

from engine.page import LARGEST_SIZE
from schema.measure import measure

LISTS = 2  # on the way to a field
ALIASES, FEW = 199, 10
TOKENS = 4_900  # of a document, which may have 5,000
PAGES = {"first", "after", "last", "before"}
TOKEN = re.compile(r'"[^"]*"|\w+|[^\s\w]')
NEVER = '"zq{i}"'  # a text that is in no name
# What is dear to filter by: a text that no name has is looked for in all of them.
VALUES = {"DateTime": '"2000-01-01T00:00:0{i}Z"', "Boolean": "true", "Int": "1"}


class Step(NamedTuple):
    """A field on the way: its text up to its selection, and the condition on what it leads to."""

    name: str
    arguments: str
    on: str
    is_list: bool

    def around(self, inner: str, size: str) -> str:
        """Return the field with a selection in it."""
        inner = f"... on {self.on} {{ {inner} }}" if self.on else inner
        arguments = ", ".join(filter(None, [self.arguments, f"first: {size}" * self.is_list]))
        given = f"({arguments})" if arguments else ""
        return f"{self.name}{given} {{ {f'nodes {{ {inner} }}' if self.is_list else inner} }}"


@dataclass(frozen=True)
class Question:
    """A document about one field, with the sizes of its lists; `cost` is what it is told to be."""

    field: str
    text: str
    sizes: Mapping[str, int]
    cost: int = 0


@dataclass(frozen=True)
class Ids:
    """Public ids to ask about, by the name of the type; `of` is by argument or filter."""

    of_type: Mapping[str, Sequence[str]]
    of_argument: Mapping[str, str]


class Heaviest:
    """Makes the questions of a schema."""

    def __init__(self, schema: GraphQLSchema, ids: Ids, *, limit: int, deep: bool = True) -> None:
        """Make the questions within a limit on cost; all of them if `deep`, else fewer by far.

        Those are of one way to each field, without leaves, which come with their rows.
        """
        self._schema, self._ids, self._limit, self._deep = schema, ids, limit, deep

    def questions(self) -> Iterator[Question]:
        """Give the questions about every field, as large as the limit on cost allows."""
        ways = self._ways()
        for name, found in ways.items():
            for field_name, field in self._fields(name).items():
                if not self._deep and is_leaf_type(get_named_type(field.type)):
                    continue
                for way in found if self._deep else found[-1:]:
                    for asked in self._forms(field_name, field):
                        made = self._question(f"{name}.{field_name}", way, asked)
                        if made is not None:
                            yield made

    def _fields(self, type_name: str) -> Mapping[str, GraphQLField]:
        type_ = self._schema.type_map.get(type_name)
        return type_.fields if isinstance(type_, GraphQLObjectType) else {}

    def _ways(self) -> dict[str, list[tuple[Step, ...]]]:
        """Return the shortest ways to each type by no list, one and two, connections left out."""
        ways: dict[str, dict[int, tuple[Step, ...]]] = {"Query": {0: ()}}
        waiting: list[tuple[str, tuple[Step, ...]]] = [("Query", ())]
        while waiting:
            type_name, way = waiting.pop(0)
            for step, leads_to in self._steps(type_name):
                longer = (*way, step)
                lists = sum(each.is_list or each.name == "nodes" for each in longer)
                known = ways.setdefault(leads_to, {})
                if lists <= LISTS and lists not in known:
                    known[lists] = longer
                    waiting.append((leads_to, longer))
        return {name: list(found.values()) for name, found in ways.items()}

    def _steps(self, type_name: str) -> Iterator[tuple[Step, str]]:
        """Give the fields of a type that lead to others, each with the type it leads to."""
        for name, field in self._fields(type_name).items():
            row = _row_of(field)
            is_list = row is not None
            named = row or get_named_type(field.type)
            for leads_to in self._objects(named):
                on = "" if leads_to == named.name else leads_to
                arguments = self._arguments(field, leads_to)
                if arguments is not None:
                    yield Step(name, arguments, on, is_list), leads_to

    def _objects(self, type_: object) -> Iterator[str]:
        if isinstance(type_, GraphQLObjectType):
            yield type_.name
        elif isinstance(type_, GraphQLInterfaceType | GraphQLUnionType):
            yield from (each.name for each in self._schema.get_possible_types(type_))

    def _arguments(self, field: GraphQLField, leads_to: str) -> str | None:
        """Return what a field can't do without; None where nothing is known to lead to the type."""
        given = list[str]()
        for name, argument in field.args.items():
            if name in {"id", "ids"}:
                found = self._ids.of_type.get(leads_to)
                if not found:
                    return None
                ids = ", ".join(f'"{each}"' for each in found[:LARGEST_SIZE])
                given.append(f"ids: [{ids}]" if name == "ids" else f'id: "{found[0]}"')
            elif is_required_argument(argument) or name in self._ids.of_argument:
                given.append(f"{name}: {self._value(name, argument)}")
        return ", ".join(given)

    def _value(self, name: str, argument: GraphQLArgument) -> str:
        type_ = get_named_type(argument.type)
        if isinstance(type_, GraphQLEnumType):
            return str(list(type_.values)[-1])
        if name in self._ids.of_argument:
            return f'"{self._ids.of_argument[name]}"'
        return VALUES.get(type_.name, NEVER)

    def _forms(self, name: str, field: GraphQLField) -> Iterator[str]:
        """Give the field as it can be asked: with a page or a count, sifted or not."""
        row = _row_of(field)
        if row is None:
            type_ = get_named_type(field.type)
            for leads_to in self._objects(type_) if not is_leaf_type(type_) else [""]:
                arguments = self._arguments(field, leads_to)
                if arguments is not None:
                    given = f"({arguments})" if arguments else ""
                    yield f"{name}{given}{self._leaves(leads_to, type_)}"
            return
        required = self._arguments(field, row.name) or ""
        leaves = "".join(f" nodes{self._leaves(each, row)}" for each in self._objects(row))
        for sifting in ("", *self._siftings(field)):
            given = ", ".join(filter(None, (required, sifting)))
            for size, below in (("0", "totalCount"), ("1", leaves), ("1000", leaves)):
                yield f"{name}({', '.join(filter(None, (given, f'first: {size}')))}) {{ {below} }}"

    def _siftings(self, field: GraphQLField) -> Iterator[str]:
        for name, argument in field.args.items():
            type_ = get_named_type(argument.type)
            if name == "orderBy" and isinstance(type_, GraphQLInputObjectType):
                orders = get_named_type(type_.fields["field"].type)
                found = list(orders.values) if isinstance(orders, GraphQLEnumType) else []
                for each in found if self._deep else found[-1:]:
                    yield f"orderBy: {{field: {each}, direction: DESC}}"
            elif isinstance(type_, GraphQLInputObjectType):
                for key, one in type_.fields.items():
                    given = GraphQLArgument(one.type)
                    yield f"{name}: {{{key}: {self._value(key, given)}}}"
            elif name not in PAGES and name not in self._ids.of_argument:
                yield f"{name}: {self._value(name, argument)}"

    def _leaves(self, type_name: str, named: object) -> str:
        """Return a selection of all that a row is by itself."""
        fields = self._fields(type_name)
        leaves = [
            name
            for name, field in fields.items()
            if is_leaf_type(get_named_type(field.type)) and not field.args
        ]
        selected = " ".join(leaves or ["__typename"])
        if not fields:
            return ""
        return (
            f" {{ {selected} }}"
            if getattr(named, "name", "") == type_name
            else (f" {{ ... on {type_name} {{ {selected} }} }}")
        )

    def _question(self, field: str, way: Sequence[Step], asked: str) -> Question | None:
        """Return the largest question within the limit; None where even the smallest is not."""
        sizes = [f"n{place}" for place, step in enumerate(way) if step.is_list]
        question = replace(_written(field, way, asked, aliases=1), sizes=dict.fromkeys(sizes, 1))
        if self._cost(question) > self._limit:
            return None
        for name in reversed(sizes):
            question = self._enlarged(question, name)
        cost = self._cost(question)
        room = (TOKENS - _tokens(question.text)) // (_tokens(asked) + 2)
        aliases = min(ALIASES if self._deep else FEW, self._limit // max(cost, 1), room)
        repeated = replace(_written(field, way, asked, aliases=aliases), sizes=question.sizes)
        if aliases > 1 and self._cost(repeated) <= self._limit:
            question = repeated
        return replace(question, cost=self._cost(question))

    def _enlarged(self, question: Question, name: str) -> Question:
        low, high = 1, LARGEST_SIZE
        while low < high:
            middle = (low + high + 1) // 2
            larger = replace(question, sizes={**question.sizes, name: middle})
            low, high = (middle, high) if self._cost(larger) <= self._limit else (low, middle - 1)
        return replace(question, sizes={**question.sizes, name: low})

    def _cost(self, question: Question) -> int:
        return measure(
            self._schema,
            parse(question.text),
            operation_name=None,
            variables=question.sizes,
            stop=1,
        ).cost


def _written(field: str, way: Sequence[Step], asked: str, *, aliases: int) -> Question:
    inner = asked.replace("{i}", "0")
    if aliases > 1:
        inner = " ".join(f"a{i}: {asked.replace('{i}', str(i % 10))}" for i in range(aliases))
    for place, step in reversed(list(enumerate(way))):
        inner = step.around(inner, f"$n{place}")
    names = [f"$n{place}: Int" for place, step in enumerate(way) if step.is_list]
    declared = f"({', '.join(names)})" if names else ""
    return Question(field, f"query{declared} {{ {inner} }}", {})


def _tokens(text: str) -> int:
    return len(TOKEN.findall(text))


def _row_of(field: GraphQLField) -> GraphQLObjectType | GraphQLInterfaceType | None:
    """Return the type of a connection's rows; None for a field that is no connection."""
    type_ = get_named_type(field.type)
    nodes = type_.fields.get("nodes") if isinstance(type_, GraphQLObjectType) else None
    if nodes is None or "first" not in field.args:
        return None
    row = get_named_type(nodes.type)
    return row if isinstance(row, GraphQLObjectType | GraphQLInterfaceType) else None
