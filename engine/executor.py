"""Runs operations: compiled where that can be done, by the standard executor everywhere else.

The standard executor alone produces errors. Whatever goes wrong in a compiled run, the operation is
run again by it, in the same snapshot; unless that is hopeless: then the error is raised.
"""

# graphql-core leaves the parameters of its generic types open.
# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false
# pyright: reportUnknownArgumentType=false, reportUnknownParameterType=false

from collections import Counter
from collections.abc import Awaitable, Callable, Mapping, MutableMapping
from dataclasses import dataclass
from typing import Any, TypeAlias, TypeGuard, cast

import structlog
from graphql import DocumentNode, ExecutionResult, GraphQLSchema, execute
from graphql.execution.values import VariableValues
from strawberry.execution import optimized_is_awaitable

from engine.compile import compile_plan
from engine.operation import Operation, read_operation
from engine.plan import UnsupportedError
from engine.planner import Planner
from engine.source import Constant
from engine.variables import reader_of

log = structlog.get_logger()

Run: TypeAlias = Callable[[Any, VariableValues], Awaitable[Any]]
Operations: TypeAlias = MutableMapping[str | None, Operation | None]
IS_AWAITABLE = cast("Callable[[Any], TypeGuard[Awaitable[Any]]]", optimized_is_awaitable)
NO_VARIABLES = VariableValues({}, {})
PLANS_OF_AN_OPERATION = 32
NOT_REMEMBERED = "not remembered"  # the document is too long for that


@dataclass(frozen=True, slots=True)
class Compiled:
    """An operation's function, and for a reader its source and the constants that this names."""

    run: Run
    source: str
    constants: Mapping[str, Constant]


class Executor:
    """Executes valid documents against one schema, and counts how."""

    def __init__(
        self,
        schema: GraphQLSchema,
        *,
        compiles: bool = True,
        suggestions: bool = True,
        is_hopeless: Callable[[Exception], bool] = lambda _: False,
    ) -> None:
        self.schema = schema
        self._is_hopeless = is_hopeless
        self.counts: Counter[tuple[str, str]] = Counter()
        self._logged: set[str] = set()
        self._compiles, self._suggestions = compiles, suggestions

    async def execute(
        self,
        document: DocumentNode,
        operations: Operations | None,
        *,
        operation_name: str | None,
        variables: Mapping[str, Any],
        context: Any,
    ) -> ExecutionResult:
        """Execute an operation; `operations` remembers what was made of the document's.

        Without that memory the operation isn't compiled: it would be each time anew.
        """
        operation = self._operation(document, operations, operation_name)
        if operation is not None:
            data = await self._run_compiled(operation, variables, context)
            if data is not None:
                return ExecutionResult(data=data, errors=None)
        return await self._run_standard(document, operation_name, variables, context)

    def _operation(
        self, document: DocumentNode, operations: Operations | None, name: str | None
    ) -> Operation | None:
        """Return the operation that may be compiled."""
        if not self._compiles:
            return None
        if operations is None:
            self._note_not_compiled(NOT_REMEMBERED, self._logged, name=None)
            return None
        return _known(operations, document, name)

    def compiled(self, operation: Operation, values: VariableValues) -> Compiled:
        """Return the operation's function for these values; UnsupportedError says why not."""
        key = tuple(values.coerced.get(name) for name in operation.deciding)
        plan = operation.plans.get(key)
        if plan is None:
            plan = self._compile(operation, values)
            if len(operation.plans) >= PLANS_OF_AN_OPERATION:
                operation.plans.clear()
            operation.plans[key] = plan
        if isinstance(plan, str):
            raise UnsupportedError(plan)  # anew: one that is kept would keep what it was raised in
        return plan

    def _compile(self, operation: Operation, values: VariableValues) -> Compiled | str:
        """Return the operation's function, or why it has none."""
        if operation.unsupported:
            return operation.unsupported
        planner = Planner(self.schema, operation.fragments, operation.definition, values)
        try:
            run, source = compile_plan(planner.plan())
        except UnsupportedError as error:
            return str(error)
        return Compiled(run, source.text, source.constants)

    async def _run_compiled(
        self, operation: Operation, variables: Mapping[str, Any], context: Any
    ) -> Any:
        try:
            values = self._values(operation, variables)
            if values is None:
                return None
            data = await self.compiled(operation, values).run(context, values)
        except UnsupportedError as error:
            self._note_not_compiled(str(error), operation.logged, name=operation.name)
            return None
        except Exception as error:
            if self._is_hopeless(error):
                raise
            # The standard executor tells what it is.
            self.counts["given up", type(error).__name__] += 1
            reason = type(error).__name__
            log.info("gave up a compiled run", reason=reason, operation=operation.name)
            return None
        self.counts["compiled", ""] += 1
        return data

    def _values(self, operation: Operation, variables: Mapping[str, Any]) -> VariableValues | None:
        definitions = operation.definition.variable_definitions
        if not definitions:
            return NO_VARIABLES
        if operation.read is None:
            operation.read = reader_of(self.schema, definitions)
        values = operation.read(variables)
        if values is None:
            self._note_not_compiled("bad variables", operation.logged, name=operation.name)
        return values

    def _note_not_compiled(self, reason: str, logged: set[str], *, name: str | None) -> None:
        """Count a fall-back, and log it unless it is among the reasons that were logged."""
        self.counts["not compiled", reason] += 1
        if reason not in logged:
            logged.add(reason)
            log.info("not compiled", reason=reason, operation=name)

    async def _run_standard(
        self,
        document: DocumentNode,
        operation_name: str | None,
        variables: Mapping[str, Any],
        context: Any,
    ) -> ExecutionResult:
        result = execute(
            self.schema,
            document,
            context_value=context,
            variable_values=dict(variables),
            operation_name=operation_name,
            is_awaitable=IS_AWAITABLE,
            hide_suggestions=not self._suggestions,
        )
        return result if isinstance(result, ExecutionResult) else await result


def _known(
    operations: Operations, document: DocumentNode, operation_name: str | None
) -> Operation | None:
    if operation_name not in operations:
        operations[operation_name] = read_operation(document, operation_name)
    return operations[operation_name]
