"""Documents that were parsed lately, and what was found out about each of them."""

from collections import OrderedDict
from collections.abc import Hashable
from dataclasses import dataclass, field

from graphql import DocumentNode, GraphQLSchema, OperationDefinitionNode

from engine.executor import Operations
from schema.measure import Usage
from schema.sizes import Variables, shape


@dataclass(eq=False, slots=True)
class Parsed:
    """A document, the schema it was found valid in, and its usages by what they depend on.

    `operations` is for the executor, to remember what it makes of a document that is remembered.
    """

    document: DocumentNode
    valid_in: GraphQLSchema | None = None
    usages: dict[Hashable, Usage] = field(default_factory=dict[Hashable, Usage])
    operations: Operations | None = None
    _names: frozenset[str] = field(init=False)
    _variables: frozenset[str] = field(init=False)

    def __post_init__(self) -> None:
        operations = [
            definition
            for definition in self.document.definitions
            if isinstance(definition, OperationDefinitionNode)
        ]
        self._names = frozenset(each.name.value for each in operations if each.name)
        self._variables = frozenset(
            definition.variable.name.value
            for each in operations
            for definition in each.variable_definitions or ()
        )

    def usage_key(self, operation_name: str | None, variables: Variables) -> Hashable:
        """Return a key that is equal for requests that ask for equally much.

        Of the request it holds small numbers only: a sender can't make keys long.
        """
        name = operation_name if operation_name in self._names else None
        sizes = [(each in variables, shape(variables.get(each))) for each in self._variables]
        return (name, *sizes)


@dataclass(frozen=True, slots=True)
class Room:
    """How much is remembered: how many documents, and characters of all and of the longest.

    A character takes up to half a kilobyte once it is parsed.
    """

    documents: int = 256
    characters: int = 262_144
    longest: int = 65_536


@dataclass(slots=True)
class Memory:
    """Documents by their text; the least recently used are forgotten first."""

    room: Room
    _kept: OrderedDict[str, Parsed] = field(default_factory=OrderedDict[str, Parsed])
    _characters: int = 0

    def recall(self, text: str) -> Parsed | None:
        """Return the document of exactly this text, if it is remembered."""
        parsed = self._kept.get(text)
        if parsed is not None:
            self._kept.move_to_end(text)
        return parsed

    def keep(self, text: str, parsed: Parsed) -> None:
        """Remember a document in place of the one before, unless it is too long."""
        if len(text) > self.room.longest or text in self._kept:
            return
        self._kept[text] = parsed
        parsed.operations = {}
        self._characters += len(text)
        while self._is_full():
            forgotten, _ = self._kept.popitem(last=False)
            self._characters -= len(forgotten)

    def _is_full(self) -> bool:
        return len(self._kept) > self.room.documents or self._characters > self.room.characters
