"""How an operation runs: prepared, let in, executed in one snapshot, its errors fit to show."""

from collections.abc import Awaitable, Callable
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from typing import Any, TypeAlias, TypeGuard, cast

from graphql import (
    DocumentNode,
    ExecutionResult,
    GraphQLError,
    GraphQLSchema,
    OperationType,
    execute,
    get_operation_ast,
)
from strawberry import Schema
from strawberry.execution import optimized_is_awaitable

from auth.authenticate import Credential
from resolvers.context import Reading
from schema.documents import Documents, Refused
from schema.errors import coded, masked, shown_errors

BAD_DOCUMENT, BAD_OPERATION, BAD_INPUT = "BAD_DOCUMENT", "BAD_OPERATION", "BAD_INPUT"
METHOD = "METHOD"
OpenReading: TypeAlias = Callable[[Credential], AbstractAsyncContextManager[Reading]]
IS_AWAITABLE = cast("Callable[[Any], TypeGuard[Awaitable[Any]]]", optimized_is_awaitable)


@dataclass(frozen=True, slots=True)
class Asked:
    """What a client asks to run; `read_only` where the transport may carry queries alone."""

    text: str
    variables: dict[str, Any]
    operation_name: str | None
    read_only: bool
    request_id: str


@dataclass(slots=True)
class Answer:
    """What came of it; `ran` tells an operation that was executed from one that could not be.

    `noted` is for the log: who asked, and how many SQL statements it took.
    """

    data: Any = None
    errors: list[GraphQLError] = field(default_factory=list)
    extensions: dict[str, Any] = field(default_factory=dict)
    ran: bool = False
    noted: dict[str, Any] = field(default_factory=dict)


class Operations:
    """Runs operations against one schema; `reading` opens the snapshot that each sees."""

    def __init__(self, schema: Schema, documents: Documents, reading: OpenReading) -> None:
        self._schema: GraphQLSchema = schema._schema  # noqa: SLF001 - it has no public name
        self._documents, self._reading = documents, reading

    async def run(self, asked: Asked, credential: Credential) -> Answer:
        """Run what is asked; whatever goes wrong is in the answer's errors."""
        prepared = self._documents.prepare(
            self._schema, asked.text, operation_name=asked.operation_name, variables=asked.variables
        )
        answer = Answer(extensions=self._documents.cost(prepared.usage))
        if isinstance(prepared, Refused):
            answer.errors = [coded(error, BAD_DOCUMENT) for error in prepared.errors]
        elif error := _unfit(prepared.document, asked):
            answer.errors = [error]
        else:
            await self._answer(answer, prepared.document, asked, credential)
        return answer

    async def _answer(
        self, answer: Answer, document: DocumentNode, asked: Asked, credential: Credential
    ) -> None:
        try:
            async with self._reading(credential) as context:
                result = await self._execute(document, asked, context)
                answer.noted = _notes(context)
        except Exception as error:  # noqa: BLE001 - the last resort: whatever it is, it is masked
            answer.errors = [masked(error, request_id=asked.request_id)]
            return
        answer.data = result.data
        answer.errors = shown_errors(result, otherwise=BAD_INPUT, request_id=asked.request_id)
        answer.ran = result.data is not None or any(error.path for error in answer.errors)

    async def _execute(
        self, document: DocumentNode, asked: Asked, context: Reading
    ) -> ExecutionResult:
        result = execute(
            self._schema,
            document,
            context_value=context,
            variable_values=asked.variables,
            operation_name=asked.operation_name,
            is_awaitable=IS_AWAITABLE,
        )
        return result if isinstance(result, ExecutionResult) else await result


def _unfit(document: DocumentNode, asked: Asked) -> GraphQLError | None:
    """Return why the document's operation can't be told, or may not come this way."""
    operation = get_operation_ast(document, asked.operation_name)
    if operation is None:
        message = "Say by `operationName` which of the document's operations is to run."
        return GraphQLError(message, extensions={"code": BAD_OPERATION})
    if operation.operation is not OperationType.QUERY and asked.read_only:
        message = "Only queries may be sent by GET; send this by POST."
        return GraphQLError(message, extensions={"code": METHOD})
    return None


def _notes(context: Reading) -> dict[str, Any]:
    org = context.subject.org
    return {
        "account": context.subject.account.id,
        "org": org.key if org else None,
        "statements": context.statements,
    }
