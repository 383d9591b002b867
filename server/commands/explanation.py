"""How the server would run the operations of a document: compiled or not, and at what cost."""

from dataclasses import dataclass, field, replace
from typing import Any

from graphql import DocumentNode, GraphQLError, OperationDefinitionNode
from graphql.execution.values import VariableValues, get_variable_values

from engine.executor import NOT_REMEMBERED
from engine.legend import legend
from engine.operation import Operation, read_operation
from engine.plan import UnsupportedError
from schema.documents import Documents, Prepared, Refused
from schema.storable import UNSTORABLE, has_storable_literals, problem_of_variables
from server.app import executor_of, limits_of
from server.settings import Settings

SWITCHED_OFF = "FREEHOLD_COMPILES is false"


class RefusedDocumentError(Exception):
    """The server would refuse what was to be explained; `errors` say why."""

    def __init__(self, errors: list[GraphQLError]) -> None:
        super().__init__(*(error.message for error in errors))
        self.errors = errors


@dataclass(frozen=True, slots=True)
class Explanation:
    """How an operation would run; `cost` and `limit` are in nodes.

    One that is compiled has a source, any other a reason.
    """

    operation: str | None
    cost: int
    limit: int
    reason: str | None = None
    source: str | None = None
    constants: dict[str, str] = field(default_factory=dict[str, str])


class Explainer:
    """Explains the operations of one document, as they would run with these variables."""

    def __init__(self, settings: Settings, text: str, variables: dict[str, Any]) -> None:
        self._text, self._variables = text, variables
        self._compiles = settings.compiles
        self._executor = executor_of(settings)
        self._documents = Documents(limits_of(settings), introspection=settings.introspection)

    def explain(self, name: str | None = None) -> list[Explanation]:
        """Explain the operation of this name, if there is one; without a name, all of them.

        Of the variables, those need values by which @skip and @include decide, and no others.
        RefusedDocumentError tells why the document, or one of these operations, would be refused.
        """
        document = self._prepare(name).document
        return [self._explanation(each) for each in _names(document) if name in {None, each}]

    def _explanation(self, name: str | None) -> Explanation:
        prepared = self._prepare(name)
        found = Explanation(name, prepared.usage.cost, self._documents.limits.cost)
        try:
            return self._compiled(found, prepared)
        except UnsupportedError as error:
            return replace(found, reason=str(error))

    def _prepare(self, name: str | None) -> Prepared:
        prepared = self._documents.prepare(
            self._executor.schema, self._text, operation_name=name, variables=self._variables
        )
        if isinstance(prepared, Refused):
            raise RefusedDocumentError(prepared.errors)
        literals = has_storable_literals(self._text, prepared.document)
        problem = problem_of_variables(self._variables) if literals else UNSTORABLE
        if problem:
            raise RefusedDocumentError([GraphQLError(problem)])
        return prepared

    def _compiled(self, found: Explanation, prepared: Prepared) -> Explanation:
        operation = read_operation(prepared.document, found.operation)
        if operation is None:
            raise UnsupportedError("no operation")
        values = self._values(operation)
        if not self._compiles:
            raise UnsupportedError(SWITCHED_OFF)
        if prepared.operations is None:
            raise UnsupportedError(NOT_REMEMBERED)
        compiled = self._executor.compiled(operation, values)
        return replace(found, source=compiled.source, constants=legend(compiled.constants))

    def _values(self, operation: Operation) -> VariableValues:
        """Return the values that the plan depends on, coerced as the executor does it."""
        wanted = self._variables.keys() | {*operation.deciding}
        definitions = operation.definition.variable_definitions or ()
        given = [each for each in definitions if each.variable.name.value in wanted]
        values = get_variable_values(self._executor.schema, given, self._variables)
        if not isinstance(values, VariableValues):
            raise RefusedDocumentError(values)
        return values


def _names(document: DocumentNode) -> list[str | None]:
    """Return the names of the document's operations; its only one may have none."""
    operations = [
        each for each in document.definitions if isinstance(each, OperationDefinitionNode)
    ]
    return [each.name.value if each.name else None for each in operations]
