"""How many selections a document holds once its fragments are spread and its fields merged."""

from collections import defaultdict
from collections.abc import Iterator
from typing import NamedTuple

from graphql import (
    DocumentNode,
    ExecutableDefinitionNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    InlineFragmentNode,
    OperationDefinitionNode,
    SelectionNode,
    SelectionSetNode,
)


def fragments_of(document: DocumentNode) -> dict[str, FragmentDefinitionNode]:
    """Return the fragments by name; of two with one name the last, as in validation."""
    return {
        definition.name.value: definition
        for definition in document.definitions
        if isinstance(definition, FragmentDefinitionNode)
    }


def count_selections(document: DocumentNode, *, stop: int) -> int:
    """Return the selections in all definitions, plus the pairs in one place under one name.

    Validation compares such pairs, and it validates operations that do not run too, so this is the
    work it has to do. Fragments that spread each other can hold more selections than anyone can
    count: the count ends soon after `stop`.
    """
    expansion = Expansion(document)
    for definition in _operations_first(document):
        if id(definition) not in expansion.spread:
            expansion.add(definition, stop=stop)
    return expansion.selections


class Place(NamedTuple):
    """A selection set, and the fragments that it lies in and so must not spread again."""

    selection_set: SelectionSetNode
    within: frozenset[str] = frozenset()


class Merged:
    """The selections of one place in the response: how many by name, and the places below."""

    def __init__(self) -> None:
        self.inline = 0
        self.names = defaultdict[str, int](int)
        self.below: dict[str, list[Place]] = {}
        self.spread: set[str] = set()

    def add(self, field: FieldNode, within: frozenset[str]) -> None:
        """Add a field; what is selected below it merges with the other fields of its name."""
        name = (field.alias or field.name).value
        self.names[name] += 1
        if field.selection_set is not None:
            self.below.setdefault(name, []).append(Place(field.selection_set, within))

    def count(self) -> int:
        """Return the selections, and the pairs of them that share a name."""
        named = sum(count + count * (count - 1) // 2 for count in self.names.values())
        return named + self.inline


class Expansion:
    """A count that grows by one definition after the other, with the fragments it has met."""

    def __init__(self, document: DocumentNode) -> None:
        self.selections = 0
        self.spread: set[int] = set()
        self._fragments = fragments_of(document)

    def add(self, definition: ExecutableDefinitionNode, *, stop: int) -> None:
        """Count what a definition holds, one place of the response after the other."""
        waiting = [[Place(definition.selection_set)]]
        while waiting and self.selections <= stop:
            merged = self._merge(waiting.pop())
            self.selections += merged.count()
            waiting.extend(merged.below.values())

    def _merge(self, places: list[Place]) -> Merged:
        merged = Merged()
        while places:
            place = places.pop()
            for selection in place.selection_set.selections:
                if isinstance(selection, FieldNode):
                    merged.add(selection, place.within)
                else:
                    places.extend(self._inside(selection, place.within, merged))
        return merged

    def _inside(
        self, selection: SelectionNode, within: frozenset[str], merged: Merged
    ) -> Iterator[Place]:
        if isinstance(selection, InlineFragmentNode):
            merged.inline += 1
            yield Place(selection.selection_set, within)
        elif isinstance(selection, FragmentSpreadNode):
            merged.names["..."] += 1  # validation compares spreads in pairs as it does fields
            yield from self._spread(selection.name.value, within, merged)

    def _spread(self, name: str, within: frozenset[str], merged: Merged) -> Iterator[Place]:
        fragment = self._fragments.get(name)
        if fragment is None or name in within or name in merged.spread:
            return
        merged.spread.add(name)
        self.spread.add(id(fragment))
        yield Place(fragment.selection_set, within | {name})


def _operations_first(document: DocumentNode) -> list[ExecutableDefinitionNode]:
    """Sort so that only fragments that no operation spreads are still new at their turn."""
    definitions = [
        definition
        for definition in document.definitions
        if isinstance(definition, ExecutableDefinitionNode)
    ]
    return sorted(definitions, key=lambda each: isinstance(each, FragmentDefinitionNode))


def root_fields(operation: OperationDefinitionNode, document: DocumentNode) -> set[str]:
    """Return the names of the fields at an operation's root, those in fragments too."""
    fragments, spread, found = fragments_of(document), set[str](), set[str]()
    waiting = [*operation.selection_set.selections]
    while waiting:
        selection = waiting.pop()
        if isinstance(selection, FieldNode):
            found.add(selection.name.value)
        elif isinstance(selection, InlineFragmentNode):
            waiting += selection.selection_set.selections
        elif isinstance(selection, FragmentSpreadNode) and selection.name.value not in spread:
            spread.add(selection.name.value)
            waiting += fragments[selection.name.value].selection_set.selections
    return found
