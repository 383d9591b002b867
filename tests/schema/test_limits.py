"""Limits: each is hit by one more than it allows, and refuses what is made to keep us busy."""

from dataclasses import replace

import pytest
from graphql import get_introspection_query

from schema.documents import Documents, Prepared, Refused
from schema.introspection import COST
from schema.limits import Limits, refusal
from schema.measure import UNCOUNTABLE, Usage
from tests.schema.spaces import SCHEMA

NOTHING = Usage(depth=0, aliases=0, directives=0, selections=0, cost=0, mutations=0)


def prepared(text: str, limits: Limits | None = None) -> Prepared | Refused:
    return Documents(limits or Limits(tokens=10_000)).prepare(SCHEMA, text)


def code(answer: Prepared | Refused) -> object:
    """The code of an answer's only error; None for a document that may run."""
    if isinstance(answer, Prepared):
        return None
    (error,) = answer.errors
    return (error.extensions or {}).get("code")


@pytest.mark.parametrize(
    ("limits", "fits", "exceeds", "expected"),
    [
        (Limits(tokens=4), "{ name name }", "{ name name name }", "LIMIT_TOKENS"),
        (Limits(depth=2), "{ space { id } }", "{ spaces { nodes { id } } }", "LIMIT_DEPTH"),
        (Limits(aliases=1), "{ a: name }", "{ a: name b: name }", "LIMIT_ALIASES"),
        (
            Limits(directives=1),
            "{ name @skip(if: true) }",
            "query @skip(if: true) { name @skip(if: true) }",
            "LIMIT_DIRECTIVES",
        ),
        (Limits(selections=3), "{ name name }", "{ name name name }", "LIMIT_SELECTIONS"),
        (
            Limits(cost=50),
            "{ spaces { totalCount } }",
            "{ spaces { totalCount } space { id } }",
            "LIMIT_COST",
        ),
    ],
)
def test_a_limit_is_the_most_that_passes(
    limits: Limits, fits: str, exceeds: str, expected: str
) -> None:
    assert code(prepared(fits, limits)) is None
    assert code(prepared(exceeds, limits)) == expected


@pytest.mark.parametrize(
    ("usage", "message"),
    [
        (
            replace(NOTHING, depth=25),
            (
                "The operation's depth is 25; the limit is 24. "
                "Ask for the deeper levels in another operation, from the ids of their nodes."
            ),
        ),
        (
            replace(NOTHING, aliases=UNCOUNTABLE),
            (
                "The operation's number of aliases is more than 10^12; the limit is 200. "
                "Split the operation."
            ),
        ),
        (
            replace(NOTHING, directives=101),
            "The operation's number of directives is 101; the limit is 100. Split the operation.",
        ),
        (
            replace(NOTHING, selections=10_001),
            (
                "The document's number of selections, and of pairs of one name in one place, is at "
                "least 10,001; the limit is 10,000. Select a field once in a place, spread fewer "
                "fragments there, or split the document."
            ),
        ),
        (
            replace(NOTHING, cost=1_050_000),
            (
                "The operation's cost in nodes is 1,050,000; the limit is 250,000. "
                "Ask for smaller pages with `first`, go on with `after`, or split the operation."
            ),
        ),
    ],
)
def test_a_refusal_says_how_much_it_was_and_what_to_do(usage: Usage, message: str) -> None:
    error = refusal(usage, Limits())
    assert error is not None
    assert error.message == message


def test_what_uses_the_limits_up_is_not_refused() -> None:
    assert refusal(Usage(24, 200, 100, 10_000, 250_000, 50), Limits()) is None


def test_too_many_tokens_say_what_to_do() -> None:
    answer = prepared("{" + " name" * 10_000 + " }")
    assert isinstance(answer, Refused)
    assert answer.usage is None
    assert answer.errors[0].message == (
        "The document has more than 10,000 tokens, which is the limit. "
        "Split the document, or send its values as variables."
    )


def chain(levels: int, body: str) -> str:
    """Fragments of which each has NEXT replaced by the spread of the next."""
    links = (
        f"fragment F{each} on Query {{ {body.replace('NEXT', f'...F{each + 1}')} }}"
        for each in range(levels)
    )
    return f"{{ ...F0 }} {' '.join(links)} fragment F{levels} on Query {{ name }}"


def fragments(count: int, body: str) -> str:
    """A document that spreads some fragments with one body in one place."""
    spreads = " ".join(f"...F{each}" for each in range(count))
    definitions = " ".join(f"fragment F{each} on Query {{ {body} }}" for each in range(count))
    return f"{{ {spreads} }} {definitions}"


def bushy(levels: int, times: int) -> str:
    """The same field some times on each of some levels."""
    return "{ " + f"space {bushy(levels - 1, times)} " * times + "}" if levels else "{ id }"


def values(text: str) -> str:
    return f"{{ search(where: {text}) {{ id }} }}"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("{ name }" + "#\n" * 10_000, "LIMIT_TOKENS"),
        (values("{ either: [" + "{} " * 5_000 + "] }"), "LIMIT_TOKENS"),
        (chain(60, "space { NEXT }"), "LIMIT_DEPTH"),
        ("{" + "space {" * 150 + "id" + "}" * 151, "LIMIT_DEPTH"),
        ("{ __schema { types { " + "ofType {" * 40 + "name" + "}" * 43, "LIMIT_DEPTH"),
        (chain(60, "a: name NEXT b: name NEXT"), "LIMIT_ALIASES"),
        (chain(60, "name @skip(if: true) NEXT NEXT"), "LIMIT_DIRECTIVES"),
        (chain(22, "space { NEXT } found { NEXT }"), "LIMIT_SELECTIONS"),
        (chain(45, "NEXT NEXT space { id }"), "LIMIT_COST"),
        ("{" + " name" * 9_000 + "}", "LIMIT_SELECTIONS"),
        ("{" + " space { space { id } }" * 140 + "}", "LIMIT_SELECTIONS"),
        (bushy(levels=9, times=2), "LIMIT_SELECTIONS"),
        (fragments(100, "name " * 90), "LIMIT_SELECTIONS"),
        (fragments(1_000, ""), "LIMIT_SELECTIONS"),
        (fragments(60, " ".join(f"...F{each}" for each in range(60))), "LIMIT_SELECTIONS"),
        ("{ name } fragment F on Query {" + " name" * 9_000 + "}", "LIMIT_SELECTIONS"),
        (
            "{ name }" + "fragment F on Query {" + " name" * 9_000 + "} fragment F on Query { id }",
            "LIMIT_SELECTIONS",
        ),
        (
            " ".join(f"query Q{each} {{ ...F }}" for each in range(700))
            + " fragment F on Query {" + "".join(f" f{each}" for each in range(700)) + " }",
            "LIMIT_SELECTIONS",
        ),
        (
            "{" + "".join(f" f{each} {{ ...F }}" for each in range(900)) + " }"
            + " fragment F on Query {" + " ... {}" * 1_200 + " }",
            "LIMIT_SELECTIONS",
        ),
    ],
)  # fmt: skip
def test_a_bomb_is_refused(text: str, expected: str) -> None:
    assert code(prepared(text)) == expected


@pytest.mark.parametrize(
    "text",
    [
        values("[" * 4_000 + "]" * 4_000),
        values("{ either: " * 2_000 + "{}" + "}" * 2_000),
        "{ space" * 3_000 + "{ id }" + "}" * 3_000,
        "{ ..." * 3_000 + "{ id }" + "}" * 3_000,
    ],
)
def test_what_is_nested_too_deep_to_parse_is_a_syntax_error(text: str) -> None:
    answer = prepared(text)
    assert isinstance(answer, Refused)
    assert answer.errors[0].message == (
        "Syntax Error: Document is nested too deeply. Parsing aborted."
    )


@pytest.mark.parametrize(
    ("text", "errors"),
    [
        ("{" + "".join(f" f{each}" for each in range(9_000)) + " }", 21),
        ("{ name }" + "".join(f"fragment F{each} on Query {{ id }}" for each in range(1_000)), 21),
        ("query (" + "".join(f" $v{each}: Int" for each in range(2_000)) + ") { name }", 21),
        ("query (" + "".join(f" $v{each}: T{each}" for each in range(2_000)) + ") { name }", 21),
        (values("{" + "".join(f" f{each}: 1" for each in range(3_000)) + " }"), 1),
        (values("[" + " 1" * 9_000 + "]"), 1),
    ],
)  # fmt: skip
def test_errors_are_few_however_much_is_wrong(text: str, errors: int) -> None:
    answer = prepared(text)
    assert isinstance(answer, Refused)
    assert len(answer.errors) == errors


def test_the_introspection_query_of_graphiql_passes() -> None:
    text = get_introspection_query(
        descriptions=True,
        specified_by_url=True,
        directive_is_repeatable=True,
        schema_description=True,
        input_value_deprecation=True,
    )
    answer = prepared(text)
    assert isinstance(answer, Prepared)
    assert (answer.usage.depth, answer.usage.cost) == (15, COST)
