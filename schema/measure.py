"""What an operation asks for, counted before the document is validated."""

from collections.abc import Iterable
from dataclasses import dataclass

from graphql import DocumentNode, GraphQLSchema, OperationDefinitionNode

from schema.expansion import count_selections
from schema.sizes import Sizes, Variables
from schema.walk import Walk

UNCOUNTABLE = 10**12  # stands for all that is larger, too


@dataclass(frozen=True, slots=True)
class Usage:
    """What an operation asks for with its fragments spread; no number is above UNCOUNTABLE.

    `cost` is in rows of a plain list, see `engine.edge`; `selections` is of the whole document, see
    `expansion`.
    """

    depth: int
    aliases: int
    directives: int
    selections: int
    cost: int
    mutations: int


def measure(
    schema: GraphQLSchema,
    document: DocumentNode,
    *,
    operation_name: str | None,
    variables: Variables,
    stop: int,
) -> Usage:
    """Measure the operation that is to run; where none can be told, the largest of all.

    The document need not be valid: what is unknown counts nothing, and cycles of fragments end.
    The count of selections ends soon after `stop`.
    """
    operations = _candidates(document, operation_name)
    walk = Walk(schema, document, Sizes(operations, variables))
    totals = [walk.total(operation) for operation in operations]
    return Usage(
        depth=_most(each.depth for each in totals),
        aliases=_most(each.aliases for each in totals),
        directives=_most(each.directives for each in totals),
        selections=_most([count_selections(document, stop=stop)]),
        cost=_most(each.cost for each in totals),
        mutations=_most(each.mutations for each in totals),
    )


def _candidates(document: DocumentNode, name: str | None) -> list[OperationDefinitionNode]:
    """Return the operation of that name, or all of them where the name does not tell one."""
    operations = [
        definition
        for definition in document.definitions
        if isinstance(definition, OperationDefinitionNode)
    ]
    named = [each for each in operations if each.name is not None and each.name.value == name]
    return named or operations


def _most(numbers: Iterable[int]) -> int:
    return min(max(numbers, default=0), UNCOUNTABLE)
