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

from engine.edge import Weight
from schema.expansion import fragments_of
from schema.sizes import Sizes
from schema.weights import UNKNOWN, Counts, Weighed, weights_of

CHANGED = 100  # what changing one node costs, in rows of a plain list

Steps: TypeAlias = Iterator["Steps"]


@dataclass(slots=True)
class Totals:
    """A running count of what is selected in one place.

    `results` is what each of the results of a change of many costs, and `totals` how often a list's
    number is asked for, which aren't counted yet.
    """

    depth: int = 0
    aliases: int = 0
    directives: int = 0
    cost: int = 0
    results: int = 0
    totals: int = 0
    mutations: int = 0

    def add(self, other: "Totals") -> None:
        """Count what is selected beside; only depth does not add up."""
        self.depth = max(self.depth, other.depth)
        self.aliases += other.aliases
        self.directives += other.directives
        self.cost += other.cost
        self.results += other.results
        self.totals += other.totals
        self.mutations += other.mutations


class Walk:
    """Counts the operations of one document.

    Its methods yield what has to be counted first instead of calling it: the depth of a document is
    its sender's choice and must not become the depth of the stack.
    """

    def __init__(self, schema: GraphQLSchema, document: DocumentNode, sizes: Sizes) -> None:
        self._schema = schema
        self._weights = weights_of(schema)
        self._mutation = schema.mutation_type.name if schema.mutation_type else None
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
                into.mutations += int(parent == self._mutation)
            yield from self._inside(selection, parent, into)

    def _inside(self, node: SelectionNode, parent: str, into: Totals) -> Steps:
        """Yield the selections in a selection; a leaf has none."""
        if isinstance(node, FieldNode):
            field = self._weights.get(parent, {}).get(node.name.value, UNKNOWN)
            if node.selection_set is None:
                into.totals += int(field.counts is Counts.TOTAL)
                into.cost += field.weight.parent if field.counts is Counts.NOTHING else 0
            else:
                yield self._below(node, node.selection_set, field, into)
        elif isinstance(node, InlineFragmentNode):
            type_name = node.type_condition.name.value if node.type_condition else parent
            yield self._selections(node.selection_set, type_name, into)
        elif isinstance(node, FragmentSpreadNode) and node.name.value in self._fragments:
            yield self._spread(self._fragments[node.name.value], into)

    def _below(
        self, node: FieldNode, selected: SelectionSetNode, field: Weighed, into: Totals
    ) -> Steps:
        below = Totals()
        yield self._selections(selected, field.below, below)
        below.depth += 1
        if field.counts is Counts.RESULTS:
            below.cost, below.results = 0, below.cost
        elif field.counts is Counts.CHANGES:
            below.cost += self._sizes.changed(node) * (CHANGED + below.results)
            below.results = 0
        else:
            below.cost = self._cost(node, field, below)
            below.totals = 0 if field.counts is Counts.PAGE else below.totals
        into.add(below)

    def _cost(self, node: FieldNode, field: Weighed, below: Totals) -> int:
        weight = field.weight
        match field.counts:
            case Counts.NODE:
                return weight.parent + below.cost
            case Counts.PAGE:
                size = self._sizes.page(node, usual=field.size)
                return self._of_list(node, weight, below) + size * (weight.row + below.cost)
            case Counts.IDS:
                return self._sizes.ids(node) * (weight.row + below.cost)
            case Counts.LIST:
                return weight.parent + field.size * (weight.row + below.cost)
            case _:
                return below.cost

    def _of_list(self, node: FieldNode, weight: Weight, below: Totals) -> int:
        """Return what a list costs for each parent, however few of its rows are asked for."""
        counted = weight.count if below.totals else 0
        sifted = weight.sift if self._sizes.sifts(node) else 0
        return weight.parent + counted + sifted

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
