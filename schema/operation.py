"""How an operation runs: prepared, let in, executed in one snapshot, its errors fit to show."""

import asyncio
import secrets
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from importlib.metadata import version
from typing import Any, TypeAlias

from graphql import (
    DocumentNode,
    GraphQLError,
    OperationDefinitionNode,
    OperationType,
    get_operation_ast,
)

from auth.credential import Credential
from engine.executor import Executor
from engine.operation import LONGEST_NAME
from resolvers.context import Reading
from resolvers.mutating import Mutating
from schema.answer_size import too_large
from schema.asked import Allowance, Answer, Asked
from schema.conditions import null_condition
from schema.documents import Documents, Prepared, Refused
from schema.errors import coded, masked, raise_unavailable, shown_errors
from schema.expansion import root_fields
from schema.storable import UNSTORABLE, has_storable_literals, problem_of_variables
from schema.tag import tag_of

BAD_DOCUMENT, BAD_OPERATION, BAD_INPUT = "BAD_DOCUMENT", "BAD_OPERATION", "BAD_INPUT"
METHOD, FORBIDDEN = "METHOD", "FORBIDDEN"
# A cost; of a request the bytes, and of a new document the characters, that cost 1.
OF_REQUEST, BYTES, CHARACTERS = 10, 100, 20
LARGE_REQUEST = 32_768  # bytes
BY_POST = "Only queries may be sent by GET; send this by POST."
LARGE_COST = 5_000
WHICH = "Say by `operationName` which of the document's operations is to run."
NO_ORG = "You are no active member of the token's Org: the schema is told to its members alone."
OF_MEMBERS = {"__schema", "__type"}
Context: TypeAlias = Reading | Mutating
OpenReading: TypeAlias = Callable[[Credential], AbstractAsyncContextManager[Reading]]
OpenMutating: TypeAlias = Callable[[Credential, str], AbstractAsyncContextManager[Mutating]]


class Operations:
    """Runs operations by one executor.

    `reading` opens the snapshot that a query sees, `mutating` what a mutation's fields get. Servers
    that have the same `tag_key` tell each other's tags.
    """

    def __init__(
        self,
        executor: Executor,
        documents: Documents,
        reading: OpenReading,
        mutating: OpenMutating | None = None,
        *,
        tag_key: bytes | None = None,
    ) -> None:
        self._tag_key = tag_key or secrets.token_bytes()
        self._executor, self._documents, self._reading = executor, documents, reading
        self._mutating = mutating
        # What answers alike: the same program with the same limits, which answers tell of.
        self._name = f"{version('freehold')} {documents.limits} {documents.introspection}"

    async def run(self, asked: Asked, credential: Credential) -> Answer:
        """Run what is asked; whatever goes wrong is in the answer's errors."""
        answer = Answer()
        try:
            await self._run(answer, asked, credential)
        except GraphQLError as error:  # of the allowance
            answer.errors = [error]
        except Exception as error:  # noqa: BLE001 - the last resort: whatever it is, it is masked
            answer.errors = [masked(error, request_id=asked.request_id)]
        return answer

    async def _run(self, answer: Answer, asked: Asked, credential: Credential) -> None:
        asked.allowance.spend(self._of_request(asked))
        prepared = self._documents.prepare(
            self._executor.schema,
            asked.text,
            operation_name=asked.operation_name,
            variables=asked.variables,
        )
        answer.extensions = self._documents.cost(prepared.usage)
        asked.allowance.spend(_of_usage(prepared))
        if asked.known_tags is None:  # under one tag all answers are the same
            _tell(answer, asked.allowance)
        if isinstance(prepared, Refused):
            answer.errors = [coded(error, BAD_DOCUMENT) for error in prepared.errors]
            return
        operation = get_operation_ast(prepared.document, asked.operation_name)
        if operation is None:
            answer.errors = [GraphQLError(WHICH, extensions={"code": BAD_OPERATION})]
        elif asked.read_only and not _is_query(operation):
            answer.errors = [GraphQLError(BY_POST, extensions={"code": METHOD})]
        elif problem := await _problem_of(asked, prepared.document):
            answer.errors = [GraphQLError(problem, extensions={"code": BAD_INPUT})]
        elif error := null_condition(operation, prepared.document, asked.variables):
            answer.errors = [error]
        else:
            changes = operation.operation is OperationType.MUTATION
            async with asked.allowance.turn(changes=changes):
                await self._answer(answer, prepared, operation, asked, credential)

    def _of_request(self, asked: Asked) -> int:
        """Return what a request costs by itself, and what it costs to read and validate it."""
        known = self._documents.recall(asked.text) is not None
        return OF_REQUEST + asked.size // BYTES + (0 if known else len(asked.text) // CHARACTERS)

    async def _answer(
        self,
        answer: Answer,
        prepared: Prepared,
        operation: OperationDefinitionNode,
        asked: Asked,
        credential: Credential,
    ) -> None:
        async with self._open(operation, asked, credential) as context:
            answer.noted = _notes(context, operation)
            org = context.subject.org
            asked.allowance.learn(org.cost_per_minute if org else None)
            if error := _closed(context, operation, prepared.document):
                answer.errors = [error]
                return
            if await self._is_unchanged(answer, context, asked):
                return
            if self._documents.standard.knows(asked.text):
                answer.data, answer.ran = self._standard(asked.text, prepared.document), True
                return
            result = await self._executor.execute(
                prepared.document,
                prepared.operations,
                operation_name=asked.operation_name,
                variables=asked.variables,
                context=context,
            )
            answer.noted["statements"] = context.statements
            raise_unavailable(result)  # what a broken snapshot gave is no answer
            if (isinstance(context, Mutating) or context.has_long_texts) and (
                error := too_large(result.data)
            ):
                answer.errors, answer.tag = [error], None
                return
        answer.is_large = _is_large(prepared, context)
        answer.data = result.data
        answer.errors = shown_errors(result, otherwise=BAD_INPUT, request_id=asked.request_id)
        answer.ran = result.data is not None or any(error.path for error in answer.errors)
        if answer.errors:
            answer.tag = None

    def _standard(self, text: str, document: DocumentNode) -> Any:
        return self._documents.standard.answer(self._executor.schema, text, document)

    def _open(
        self, operation: OperationDefinitionNode, asked: Asked, credential: Credential
    ) -> AbstractAsyncContextManager[Context]:
        asked.when_left(_is_query(operation))
        if self._mutating is None or _is_query(operation):
            return self._reading(credential)
        return self._mutating(credential, asked.request_id)

    async def _is_unchanged(self, answer: Answer, context: Context, asked: Asked) -> bool:
        """Tag the answer, if a tag is wanted, and return whether the client has it already."""
        if asked.known_tags is None or isinstance(context, Mutating):
            return False
        answer.tag = await tag_of(context, asked, server=self._name, key=self._tag_key)
        answer.unchanged = answer.tag in asked.known_tags
        answer.noted["statements"] = context.statements
        return answer.unchanged


def _of_usage(prepared: Prepared | Refused) -> int:
    """Return what an operation costs, or what it took to refuse it."""
    usage = prepared.usage
    if usage is None or isinstance(prepared, Refused):
        return 0
    return usage.cost + OF_REQUEST * usage.aliases


def _is_large(prepared: Prepared, context: Context) -> bool:
    """Return whether an answer may have more rows or longer texts than are written in one go."""
    if isinstance(context, Mutating) or context.has_long_texts:
        return True
    return prepared.usage.cost > LARGE_COST


def _tell(answer: Answer, allowance: Allowance) -> None:
    """Add what is left to what the answer tells of its cost."""
    if answer.extensions:
        answer.extensions["cost"] |= allowance.told


def _closed(
    context: Context, operation: OperationDefinitionNode, document: DocumentNode
) -> GraphQLError | None:
    """Return why whoever has no Org may not run the operation: it asks for the schema.

    What else it asks for but `viewer` is null without anything being run.
    """
    if context.subject.org is not None:
        return None
    if root_fields(operation, document).isdisjoint(OF_MEMBERS):
        return None
    return GraphQLError(NO_ORG, extensions={"code": FORBIDDEN})


async def _problem_of(asked: Asked, document: DocumentNode) -> str | None:
    """Return why values that were sent can't be kept or answered; much is read beside the loop."""
    if not has_storable_literals(asked.text, document):
        return UNSTORABLE
    if asked.is_plain:
        return None
    if asked.size < LARGE_REQUEST:
        return problem_of_variables(asked.variables)
    return await asyncio.to_thread(problem_of_variables, asked.variables)


def _is_query(operation: OperationDefinitionNode) -> bool:
    return operation.operation is OperationType.QUERY


def _notes(context: Context, operation: OperationDefinitionNode) -> dict[str, Any]:
    org = context.subject.org
    return {
        "operation": operation.name.value[:LONGEST_NAME] if operation.name else None,
        "account": context.subject.account.id,
        "org": org.key if org else None,
        "statements": context.statements,
    }
