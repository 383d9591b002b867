"""A normalised cache, as clients have them, and documents that sweep the schema into it.

What has an id is kept once, under its type and id, however it was found; what has none is a part of
what it was found in.
"""

# graphql-core leaves the parameters of its generic types open, and JSON has none.
# pyright: reportUnknownMemberType=false, reportUnknownArgumentType=false
# pyright: reportUnknownVariableType=false

from collections.abc import Iterable, Iterator
from typing import Any, cast

from graphql import (
    GraphQLField,
    GraphQLInterfaceType,
    GraphQLNamedType,
    GraphQLObjectType,
    get_named_type,
    is_leaf_type,
    is_required_argument,
    parse,
    validate,
)

from schema.lookup import TYPES
from schema.root import executable_schema

Json = dict[str, Any]
SCHEMA = executable_schema()
SIZE = 3  # rows of a page
PART = 10  # ids
DEPTH = 2  # edges from the Org
OF_THE_CLOCK = {"Access.at"}  # of what has no id: when it was asked


class Store:
    """Keeps every field of every object that has an id, and tells which came with two values."""

    def __init__(self) -> None:
        self._fields: dict[tuple[str, str], Any] = {}
        self.differing: set[str] = set()

    def keep(self, value: Any) -> Any:
        """Keep an answer, or a part of one; return what stands for it where it was found."""
        if isinstance(value, list):
            return [self.keep(one) for one in value]
        if not isinstance(value, dict):
            return value
        found = {name: self.keep(one) for name, one in cast("Json", value).items()}
        if "id" not in found or "__typename" not in found:
            return found
        for name, one in found.items():
            place = found["__typename"] + "." + name
            self._put((found["id"], place), one)
        return found["id"]

    def _put(self, key: tuple[str, str], value: Any) -> None:
        known = self._fields.get(key, value)
        self._fields[key] = self._merged(known, value, key[1])

    def _merged(self, known: Any, value: Any, place: str) -> Any:
        """Return both, of which each may have fields that the other hasn't."""
        if isinstance(known, dict) and isinstance(value, dict):
            one, other = cast("Json", known), cast("Json", value)
            return {
                name: self._merged(one.get(name, found), other.get(name, found), f"{place}.{name}")
                for name, found in {**one, **other}.items()
            }
        if isinstance(known, list) and isinstance(value, list) and len(known) == len(value):
            pairs = zip(known, value, strict=True)
            return [self._merged(*pair, place) for pair in pairs]
        if known != value:
            self.differing.add(f"{place}: {known!r} and {value!r}")
        return known

    @property
    def types(self) -> set[str]:
        """Return of which types there is something."""
        return {place.partition(".")[0] for _, place in self._fields}


def sweeps(ids: Iterable[str]) -> Iterator[tuple[str, Json]]:
    """Return documents that together ask for all that an Org has, by lists and by these ids."""
    yield f"query {{ viewer {{ {swept('Viewer', 1)} }} }}", {}
    for prefix, type_ in TYPES.items():
        text = f"query($ids: [ID!]!) {{ nodes(ids: $ids) {{ ... on {type_} {{ %s }} }} }}"
        given = [id_ for id_ in ids if id_.startswith(prefix)]
        yield text % swept(type_, 1), {"ids": given[:PART]}
    for name, field in cast("GraphQLObjectType", SCHEMA.type_map["Org"]).fields.items():
        for selected in _field(name, field, DEPTH):
            yield f"query {{ org {{ __typename id {selected} }} }}", {}


def conflicts() -> list[str]:
    """Return the names of fields that a document over several types can't ask for."""
    text = f"query($ids: [ID!]!) {{ nodes(ids: $ids) {{ {swept('Node', 1)} }} }}"
    return [error.message for error in validate(SCHEMA, parse(text))]


def swept(type_: str, depth: int) -> str:
    """Return a selection of all fields of the type, and of what they lead to."""
    return " ".join(_selected(SCHEMA.type_map[type_], depth))


def _selected(type_: GraphQLNamedType, depth: int) -> Iterator[str]:
    yield "__typename"
    if isinstance(type_, GraphQLInterfaceType):
        for one in SCHEMA.get_possible_types(type_):
            yield f"... on {one.name} {{ {' '.join(_selected(one, depth))} }}"
    if isinstance(type_, GraphQLObjectType):
        for name, field in type_.fields.items():
            if f"{type_.name}.{name}" not in OF_THE_CLOCK:
                yield from _field(name, field, depth)


def _field(name: str, field: GraphQLField, depth: int) -> Iterator[str]:
    below = get_named_type(field.type)
    if any(is_required_argument(argument) for argument in field.args.values()):
        return
    if is_leaf_type(below):
        yield name
    elif depth or not leads_on(below):
        less = depth - 1 if leads_on(below) else depth
        size = f"(first: {SIZE})" if "first" in field.args else ""
        yield f"{name}{size} {{ {' '.join(_selected(below, less))} }}"


def leads_on(type_: GraphQLNamedType) -> bool:
    """Return whether a type is more than the form in which a list comes."""
    return not type_.name.endswith(("Connection", "Edge", "PageInfo"))
