"""The standard introspection queries, as clients' tools send them, answered from memory."""

# graphql-core leaves the parameters of its generic types open.
# pyright: reportUnknownVariableType=false

import re
from functools import lru_cache
from typing import Any

import orjson
from graphql import (
    DocumentNode,
    GraphQLError,
    GraphQLSchema,
    execute_sync,
    get_introspection_query,
    strip_ignored_characters,
)

COST = 1_000  # about what it takes to write the answer that is kept
LONGEST = 8_192  # characters
DEPTHS = (7, 9)  # of `ofType`, in tools of before and of now
MOST = 64  # answers, of some 200 kB each
NAME = re.compile(r"^query \w+")


class Introspection:
    """The answers to the standard queries about one schema, each made when it is first asked."""

    def __init__(self) -> None:
        self._answers: dict[str, Any] = {}

    def knows(self, text: str) -> bool:
        """Return whether the text is a standard query, and its answer is kept or there is room."""
        standard = standard_form(text)
        return standard is not None and (standard in self._answers or len(self._answers) < MOST)

    def answer(self, schema: GraphQLSchema, text: str, document: DocumentNode) -> Any:
        """Return the data of a known query as JSON; what it stands on never changes."""
        standard = standard_form(text) or text
        if standard not in self._answers:
            data = execute_sync(schema, document).data
            self.keep(standard, orjson.Fragment(orjson.dumps(data)))
        return self._answers[standard]

    def keep(self, standard: str, answer: Any) -> None:
        """Keep an answer for as long as the process lives."""
        self._answers[standard] = answer


@lru_cache(64)
def standard_form(text: str) -> str | None:
    """Return a standard query without its layout and name; None for any other text."""
    if len(text) > LONGEST or "__schema" not in text:
        return None
    try:
        found = _plain(text)
    except GraphQLError:
        return None
    return found if found == _plain(_standard(found)) else None


def _plain(text: str) -> str:
    return NAME.sub("query", strip_ignored_characters(text))


def _standard(plain: str) -> str:
    """Return the query that a tool makes with the options which the text seems to have."""
    depth = plain.count("ofType")
    return get_introspection_query(
        descriptions="name description" in plain,
        specified_by_url="specifiedByURL" in plain,
        directive_is_repeatable="isRepeatable" in plain,
        schema_description="__schema{description" in plain,
        input_value_deprecation="args(includeDeprecated:true)" in plain,
        experimental_directive_deprecation="directives(includeDeprecated:true)" in plain,
        one_of="isOneOf" in plain,
        type_depth=depth if depth in DEPTHS else DEPTHS[-1],
    )
