"""Strawberry's way to `Documents`: parsing, limits and validation as schema extensions."""

from collections.abc import Callable, Iterator
from functools import partial

from strawberry.extensions import SchemaExtension
from strawberry.types.execution import ParseOptions, StreamExecutionResult

from schema.documents import Documents, Refused
from schema.limits import name_token_limit
from schema.measure import Usage
from schema.validation import hide_suggestions


def document_extensions(documents: Documents) -> list[Callable[[], SchemaExtension]]:
    """Return what `strawberry.Schema(extensions=...)` takes: one extension for each operation."""
    preparing = partial(PreparesDocuments, documents)
    return [preparing] if documents.introspection else [preparing, HidesSuggestions]


class PreparesDocuments(SchemaExtension):
    """Hands Strawberry parsed and checked documents, and adds the cost to the response.

    It has no hook around execution or fields: `resolve` costs more than all of this.
    """

    _usage: Usage | None = None

    def __init__(self, documents: Documents) -> None:
        self._documents = documents

    def on_parse(self) -> Iterator[None]:
        """Give a remembered document; let Strawberry parse a new one.

        An error raised here would end a stream without a word, one of Strawberry's own parsing is
        answered on every transport.
        """
        context = self.execution_context
        context.parse_options = ParseOptions(max_tokens=self._documents.limits.tokens)
        if context.query and context.graphql_document is None:
            context.graphql_document = self._documents.recall(context.query)
        yield
        for error in context.pre_execution_errors or ():
            name_token_limit(error, self._documents.limits)

    def on_validate(self) -> Iterator[None]:
        """Check the document; Strawberry does not validate again what has a list of errors."""
        context = self.execution_context
        if context.graphql_document is not None and context.pre_execution_errors is None:
            checked = self._documents.check(
                context.schema._schema,  # noqa: SLF001  # pyright: ignore[reportPrivateUsage]  # there is no public way to it
                self._documents.keep(context.query, context.graphql_document),
                operation_name=context.operation_name,
                variables=context.variables,
            )
            self._usage = checked.usage
            context.pre_execution_errors = checked.errors if isinstance(checked, Refused) else []
        yield

    def get_results(self) -> dict[str, dict[str, int]]:
        """Return the extensions of the response."""
        return self._documents.cost(self._usage)


class HidesSuggestions(SchemaExtension):
    """Cuts the suggestions out of errors that arise after validation, as in variables."""

    def on_operation(self) -> Iterator[None]:
        """Cut them out of a single response."""
        yield
        hide_suggestions(getattr(self.execution_context.result, "errors", None))

    def on_stream_result(self, result: StreamExecutionResult) -> Iterator[None]:
        """Cut them out of each response of a stream."""
        hide_suggestions(getattr(result, "errors", None))
        yield
