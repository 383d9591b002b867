"""A walk over an operation that counts each fragment once, however often it is spread."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TypeAlias

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLSchema,
    InlineFragmentNode,
    OperationDefinitionNode,
    SelectionNode,
    SelectionSetNode,
)

from schema.expansion import fragments_of
from schema.sizes import Sizes
from schema.weights import LISTED, UNKNOWN, Counts, weights_of

Steps: TypeAlias = Iterator["Steps"]


@dataclass(slots=True)
class Totals:
    """A running count of what is selected in one place.

    `results` is what each of the results of a change of many costs, which aren't counted yet.
    """

    depth: int = 0
    aliases: int = 0
    directives: int = 0
    cost: int = 0
    results: int = 0

    def add(self, other: "Totals") -> None:
        """Count what is selected beside; only depth does not add up."""
        self.depth = max(self.depth, other.depth)
        self.aliases += other.aliases
        self.directives += other.directives
        self.cost += other.cost
        self.results += other.results


class Walk:
    """Counts the operations of one document.

    Its methods yield what has to be counted first instead of calling it: the depth of a document is
    its sender's choice and must not become the depth of the stack.
    """

    def __init__(self, schema: GraphQLSchema, document: DocumentNode, sizes: Sizes) -> None:
        self._schema = schema
        self._weights = weights_of(schema)
        self._sizes = sizes
        self._fragments = fragments_of(document)
        self._counted: dict[str, Totals] = {}

    def total(self, operation: OperationDefinitionNode) -> Totals:
        """Count one operation with all that it spreads."""
        root = self._schema.get_root_type(operation.operation)
        into = Totals(directives=_own_directives(operation))
        waiting = [self._selections(operation.selection_set, root.name if root else "", into)]
        while waiting:
            step = next(waiting[-1], None)
            if step is None:
                waiting.pop()
            else:
                waiting.append(step)
        return into

    def _selections(self, node: SelectionSetNode, parent: str, into: Totals) -> Steps:
        for selection in node.selections:
            into.directives += len(selection.directives or ())
            if isinstance(selection, FieldNode):
                into.depth = max(into.depth, 1)
                into.aliases += int(selection.alias is not None)
            yield from self._inside(selection, parent, into)

    def _inside(self, node: SelectionNode, parent: str, into: Totals) -> Steps:
        """Yield the selections in a selection; a leaf has none and costs nothing."""
        if isinstance(node, FieldNode) and node.selection_set is not None:
            yield self._below(node, node.selection_set, parent, into)
        elif isinstance(node, InlineFragmentNode):
            type_name = node.type_condition.name.value if node.type_condition else parent
            yield self._selections(node.selection_set, type_name, into)
        elif isinstance(node, FragmentSpreadNode) and node.name.value in self._fragments:
            yield self._spread(self._fragments[node.name.value], into)

    def _below(
        self, field: FieldNode, selected: SelectionSetNode, parent: str, into: Totals
    ) -> Steps:
        counts, type_name = self._weights.get(parent, {}).get(field.name.value, UNKNOWN)
        below = Totals()
        yield self._selections(selected, type_name, below)
        below.depth += 1
        if counts is Counts.RESULTS:
            below.cost, below.results = 0, below.cost
        elif counts is Counts.CHANGES:
            below.cost += self._sizes.changed(field) * below.results
            below.results = 0
        else:
            below.cost = self._cost(counts, field, below.cost)
        into.add(below)

    def _cost(self, counts: Counts, field: FieldNode, below: int) -> int:
        match counts:
            case Counts.NODE:
                return 1 + below
            case Counts.PAGE:
                return self._sizes.page(field) * (1 + below)
            case Counts.IDS:
                return self._sizes.ids(field) * (1 + below)
            case Counts.LIST:
                return LISTED * below
            case _:
                return below

    def _spread(self, fragment: FragmentDefinitionNode, into: Totals) -> Steps:
        name = fragment.name.value
        if name not in self._counted:
            totals = Totals(directives=len(fragment.directives or ()))
            self._counted[name] = totals  # before it is complete: so a cycle ends
            yield self._selections(
                fragment.selection_set, fragment.type_condition.name.value, totals
            )
        into.add(self._counted[name])


def _own_directives(operation: OperationDefinitionNode) -> int:
    variables = operation.variable_definitions or ()
    return len(operation.directives or ()) + sum(len(each.directives or ()) for each in variables)
