"""From a request's text to a document that may run: parsed, within the limits, and valid.

It comes before any executor is chosen: the same limits, errors and memory for all of them.
"""

from dataclasses import replace
from typing import NamedTuple

from graphql import DocumentNode, GraphQLError, GraphQLSchema, parse

from engine.executor import Operations
from schema.introspection import COST, Introspection
from schema.limits import Limits, name_token_limit, refusal
from schema.measure import Usage, measure
from schema.parsed import Memory, Parsed, Room
from schema.sizes import Variables
from schema.validation import validation_errors

MOST_USAGES = 32  # remembered of one document


class Prepared(NamedTuple):
    """A document that may run, and what the operation asks for.

    `operations` is the executor's memory of the document, None for one that isn't remembered.
    """

    document: DocumentNode
    usage: Usage
    operations: Operations | None = None


class Refused(NamedTuple):
    """Why a document must not run, and what it asks for where that was measured."""

    errors: list[GraphQLError]
    usage: Usage | None = None


class Documents:
    """Parses, limits and validates documents, and remembers what it found out.

    One serves a process; it is not made for threads. Without `introspection`, questions about the
    schema are refused, and errors do not suggest its names.
    """

    def __init__(
        self, limits: Limits | None = None, *, introspection: bool = True, room: Room | None = None
    ) -> None:
        self.limits = limits or Limits()
        self.introspection = introspection
        self._memory = Memory(room or Room())
        self.standard = Introspection()

    def prepare(
        self,
        schema: GraphQLSchema,
        text: str,
        *,
        operation_name: str | None = None,
        variables: Variables | None = None,
    ) -> Prepared | Refused:
        """Do all that comes before execution."""
        parsed = self._memory.recall(text)
        if parsed is None:
            try:
                parsed = self.keep(text, parse(text, max_tokens=self.limits.tokens))
            except GraphQLError as error:
                name_token_limit(error, self.limits)
                return Refused([error])
        usage = self._usage(schema, parsed, operation_name, variables or {})
        if self.standard.knows(text):
            usage = replace(usage, cost=COST)
        return self._check(schema, parsed, usage)

    def recall(self, text: str) -> DocumentNode | None:
        """Return the parsed document of a text, if it is remembered."""
        parsed = self._memory.recall(text)
        return parsed.document if parsed else None

    def keep(self, text: str | None, document: DocumentNode) -> Parsed:
        """Return what is known about a document, and remember it under its text if it has one."""
        known = self._memory.recall(text) if text else None
        if known is not None and known.document is document:
            return known
        parsed = Parsed(document)
        if text:
            self._memory.keep(text, parsed)
        return parsed

    def _check(self, schema: GraphQLSchema, parsed: Parsed, usage: Usage) -> Prepared | Refused:
        """Validate the document if the operation is within the limits."""
        refused = refusal(usage, self.limits)
        errors = [refused] if refused else self._validate(schema, parsed)
        return (
            Refused(errors, usage)
            if errors
            else Prepared(parsed.document, usage, parsed.operations)
        )

    def cost(self, usage: Usage | None) -> dict[str, dict[str, int]]:
        """Return what a response says of its cost, in nodes, if it was measured."""
        return {"cost": {"cost": usage.cost, "limit": self.limits.cost}} if usage else {}

    def _usage(
        self,
        schema: GraphQLSchema,
        parsed: Parsed,
        operation_name: str | None,
        variables: Variables,
    ) -> Usage:
        key = (schema, parsed.usage_key(operation_name, variables))
        usage = parsed.usages.get(key)
        if usage is None:
            usage = measure(
                schema,
                parsed.document,
                operation_name=operation_name,
                variables=variables,
                stop=self.limits.selections,
            )
            if len(parsed.usages) >= MOST_USAGES:
                parsed.usages.clear()
            parsed.usages[key] = usage
        return usage

    def _validate(self, schema: GraphQLSchema, parsed: Parsed) -> list[GraphQLError]:
        if parsed.valid_in is schema:
            return []
        errors = validation_errors(schema, parsed.document, introspection=self.introspection)
        if not errors:
            parsed.valid_in = schema
        return errors
