"""Documents: what is remembered of them, and what is not."""

import pytest
from graphql import GraphQLError, build_schema, parse

from schema.documents import Documents, Prepared, Refused
from schema.limits import Limits
from schema.parsed import Room
from tests.schema.spaces import SCHEMA


def prepare(
    documents: Documents,
    text: str,
    variables: dict[str, object] | None = None,
    operation_name: str | None = None,
) -> Prepared:
    answer = documents.prepare(SCHEMA, text, operation_name=operation_name, variables=variables)
    assert isinstance(answer, Prepared)
    return answer


def refuse(documents: Documents, text: str, variables: dict[str, object] | None = None) -> Refused:
    answer = documents.prepare(SCHEMA, text, variables=variables)
    assert isinstance(answer, Refused)
    return answer


def messages(errors: list[GraphQLError]) -> list[str]:
    return [error.message for error in errors]


def test_a_text_is_parsed_once() -> None:
    documents = Documents()
    first = prepare(documents, "{ name }")
    assert prepare(documents, "{ " + "name }").document is first.document
    assert prepare(documents, "{  name }").document is not first.document


def test_a_text_with_a_syntax_error_is_not_remembered() -> None:
    documents = Documents()
    first, second = refuse(documents, "{ name "), refuse(documents, "{ name ")
    assert messages(first.errors) == ["Syntax Error: Expected Name, found <EOF>."]
    assert first.errors[0] is not second.errors[0]
    assert documents.recall("{ name ") is None


def test_a_document_is_validated_until_it_is_valid_in_its_schema() -> None:
    documents, text = Documents(), "{ name }"
    other = build_schema("type Query { title: String }")
    assert isinstance(documents.prepare(other, text), Refused)
    prepared = prepare(documents, text)
    parsed = documents.keep(text, prepared.document)
    assert parsed.valid_in is SCHEMA
    assert isinstance(documents.prepare(other, text), Refused)


def test_a_document_is_measured_anew_in_another_schema() -> None:
    documents, text = Documents(), "{ space { id } }"
    other = build_schema("type Query { space: Space } type Space { id: ID }")
    answer = documents.prepare(other, text)
    assert isinstance(answer, Prepared)
    assert (answer.usage.cost, prepare(documents, text).usage.cost) == (0, 1)


def test_another_document_of_a_remembered_text_is_taken_as_it_is() -> None:
    documents, text = Documents(), "{ name }"
    first, other = prepare(documents, text).document, parse("{ common }")
    assert documents.keep(text, other).document is other
    assert documents.recall(text) is first


def test_an_invalid_document_is_answered_anew_each_time() -> None:
    documents, text = Documents(), "{ unknown }"
    first, second = refuse(documents, text), refuse(documents, text)
    assert messages(first.errors) == ["Cannot query field 'unknown' on type 'Query'."]
    assert first.errors[0] is not second.errors[0]


def test_the_least_recently_used_is_forgotten_first() -> None:
    documents = Documents(room=Room(documents=2))
    for text in ("{ a: name }", "{ b: name }", "{ a: name }", "{ c: name }"):
        prepare(documents, text)
    kept = [documents.recall(f"{{ {alias}: name }}") is not None for alias in "abc"]
    assert kept == [True, False, True]


def test_no_more_text_is_remembered_than_there_is_room_for() -> None:
    documents = Documents(room=Room(characters=20, longest=15))
    for text in ("{ a: name }", "{ bcde: name }", "{ name }"):
        prepare(documents, text)
    kept = [
        documents.recall(text) is not None for text in ("{ a: name }", "{ bcde: name }", "{ name }")
    ]
    assert kept == [False, False, True]


@pytest.mark.parametrize(("length", "kept"), [(65_536, True), (65_537, False)])
def test_a_long_document_runs_but_is_not_remembered(length: int, kept: bool) -> None:
    documents = Documents()
    text = "{ name }".ljust(length)
    prepare(documents, text)
    assert (documents.recall(text) is not None) is kept


def test_a_remembered_document_is_measured_for_each_request_s_variables() -> None:
    documents = Documents(Limits(cost=100))
    text = (
        "query Few($n: Int) { spaces(first: $n) { nodes { id } } } query One { space { id name } }"
    )
    assert prepare(documents, text, {"n": 100}, "Few").usage.cost == 100
    assert prepare(documents, text, {"n": 5}, "Few").usage.cost == 5
    assert prepare(documents, text, {}, "Few").usage.cost == 50
    assert prepare(documents, text, {"n": 5}, "One").usage.cost == 1
    assert refuse(documents, text, {"n": 101}).usage is not None


def test_a_usage_is_remembered_by_all_that_it_depends_on_and_nothing_else() -> None:
    documents = Documents()
    text = "query ($n: Int, $id: ID!) { spaces(first: $n) { totalCount } node(id: $id) { id } }"
    first = prepare(documents, text, {"n": 5, "id": "a"})
    assert prepare(documents, text, {"n": 5.0, "id": "b", "other": 1}).usage is first.usage
    assert prepare(documents, text, {"n": None, "id": "a"}).usage is not first.usage


@pytest.mark.parametrize(
    ("first", "second", "costs"),
    [({}, {"n": None}, (7, 50)), ({"n": 1, "ids": ["a"]}, {"n": 1, "ids": ["a", "b"]}, (2, 3))],
)
def test_requests_that_ask_for_different_amounts_are_told_apart(
    first: dict[str, object], second: dict[str, object], costs: tuple[int, int]
) -> None:
    documents = Documents()
    text = (
        "query ($n: Int = 7, $ids: [ID!]! = []) "
        "{ spaces(first: $n) { totalCount } nodes(ids: $ids) { id } }"
    )
    measured = (prepare(documents, text, each).usage.cost for each in (first, second))
    assert tuple(measured) == costs


def test_few_usages_are_remembered_of_one_document() -> None:
    documents = Documents()
    text = "query ($n: Int) { spaces(first: $n) { totalCount } }"
    for size in range(200):
        prepare(documents, text, {"n": size})
    parsed = documents.keep(text, prepare(documents, text).document)
    assert len(parsed.usages) <= 32


def test_a_document_over_the_limits_is_not_validated() -> None:
    answer = refuse(Documents(Limits(depth=1)), "{ space { unknown } }")
    assert [error.extensions for error in answer.errors] == [{"code": "LIMIT_DEPTH"}]


def test_the_cost_of_a_refused_operation_is_told() -> None:
    documents = Documents(Limits(cost=10))
    answer = refuse(documents, "{ spaces { totalCount } }")
    assert documents.cost(answer.usage) == {"cost": {"cost": 50, "limit": 10}}
    assert documents.cost(refuse(documents, "{").usage) == {}


@pytest.mark.parametrize(
    ("text", "message", "suggestion"),
    [
        ("{ nam }", "Cannot query field 'nam' on type 'Query'.", " Did you mean 'name'?"),
        (
            '{ node(id: "a") { name } }',
            "Cannot query field 'name' on type 'Node'.",
            " Did you mean to use an inline fragment on 'Asset', 'Project', or 'Space'?",
        ),
        ("{ ... on Spac { id } }", "Unknown type 'Spac'.", " Did you mean 'Space'?"),
        (
            "{ spaces(frist: 1) { totalCount } }",
            "Unknown argument 'frist' on field 'Query.spaces'.",
            " Did you mean 'first' or 'last'?",
        ),
        (
            "{ name @skip(iff: true, if: true) }",
            "Unknown argument 'iff' on directive '@skip'.",
            " Did you mean 'if'?",
        ),
        (
            "{ search(where: { kind: FIL }) { id } }",
            "Value 'FIL' does not exist in 'Kind' enum.",
            " Did you mean the enum value 'FILE'?",
        ),
        (
            "{ space }",
            "Field 'space' of type 'Space!' must have a selection of subfields.",
            " Did you mean 'space { ... }'?",
        ),
    ],
)
def test_without_introspection_no_error_suggests_a_name(
    text: str, message: str, suggestion: str
) -> None:
    assert messages(refuse(Documents(), text).errors) == [message + suggestion]
    assert messages(refuse(Documents(introspection=False), text).errors) == [message]


def test_a_suggestion_is_cut_out_of_the_middle_of_a_message() -> None:
    text = '{ search(where: { nam: "why?" }) { id } }'
    (message,) = messages(refuse(Documents(introspection=False), text).errors)
    assert message == (
        "Expected value of type 'Where' not to include unknown field 'nam'. "
        'Found: { nam: "why?" }.'
    )


@pytest.mark.parametrize("text", ["{ __schema { description } }", '{ __type(name: "A") { name } }'])
def test_without_introspection_the_schema_is_not_told(text: str) -> None:
    prepare(Documents(), text)
    assert messages(refuse(Documents(introspection=False), text).errors)[0].startswith(
        "GraphQL introspection has been disabled"
    )


def test_without_introspection_a_type_s_name_is_still_told() -> None:
    prepare(Documents(introspection=False), "{ __typename }")


def test_an_undefined_variable_in_a_literal_is_an_error_like_any_other() -> None:
    answer = refuse(Documents(), "{ search(where: { name: $name }) { id } }")
    assert messages(answer.errors) == ["Variable '$name' is not defined."]
