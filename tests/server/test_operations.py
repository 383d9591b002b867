"""Operations over HTTP: variables, documents and names that don't go together, and limits."""

import orjson
import pytest

from tests.server.asking import GRAPHQL, JSON, Client, messages, shown
from tests.server.queries import KEY, STRICT

PAGE = "query ($n: Int!) { org { spaces(first: $n) { totalCount } } }"


@pytest.mark.parametrize(
    ("variables", "message"),
    [
        ({}, "Expected a value of non-null type 'Int!' to be provided."),
        ({"n": None}, "Expected value of non-null type 'Int!' not to be None."),
        ({"n": "5"}, "Int cannot represent non-integer value: '5'"),
        ({"n": True}, "Int cannot represent non-integer value: True"),
        ({"n": 1.5}, "Int cannot represent non-integer value: 1.5"),
        ({"n": [5]}, "Int cannot represent non-integer value: [5]"),
        ({"n": 2**31}, "Int cannot represent non 32-bit signed integer value: 2147483648"),
        ({"n": 1e300}, "Int cannot represent non 32-bit signed integer value: 1e+300"),
    ],
)
def test_a_variable_of_the_wrong_type_is_refused(
    client: Client, variables: dict[str, object], message: str
) -> None:
    response = client.ask(PAGE, variables)
    assert shown(response) == (200, JSON, ["BAD_INPUT"])
    assert messages(response) == [f"Variable '$n' has invalid value: {message}"]
    assert "data" not in response.json()
    response = client.ask(PAGE, variables, Accept=STRICT)
    assert shown(response) == (400, GRAPHQL, ["BAD_INPUT"])


@pytest.mark.parametrize(
    "filter_",
    [
        *("core", 1, ["core"], {"unknown": 1}, {"key": 1}, {"key": ["core"]}),
        *({"minimumPermission": "SOME"}, {"minimumPermission": 1}, {"nameContains": {}}),
    ],
)
def test_an_input_object_of_the_wrong_shape_is_refused(client: Client, filter_: object) -> None:
    text = "query ($f: SpaceFilter) { org { spaces(filter: $f) { totalCount } } }"
    response = client.ask(text, {"f": filter_}, Accept=STRICT)
    assert shown(response) == (400, GRAPHQL, ["BAD_INPUT"])
    assert messages(response)[0].startswith("Variable '$f' has invalid value")


def test_null_for_an_argument_that_takes_none_is_the_caller_s_mistake(client: Client) -> None:
    text = """query ($way: OrderDirection = ASC) {
      org { spaces(orderBy: { field: NAME, direction: $way }) { totalCount } }
    }"""
    response = client.ask(text, {"way": None})
    assert shown(response) == (200, JSON, ["BAD_INPUT"])
    assert response.json()["errors"][0]["path"] == ["org", "spaces"]
    assert response.json()["data"] == {"org": None}


AMBIGUOUS = "Say by `operationName` which of the document's operations is to run."
TWO = "query A { org { key } } query B { viewer { account { name } } }"


@pytest.mark.parametrize(
    ("query", "name"), [(KEY, "A"), (TWO, None), (TWO, "C"), (TWO, "a"), (TWO, "x" * 10_000)]
)
def test_an_operation_that_cannot_be_told_does_not_run(
    client: Client, query: str, name: str | None
) -> None:
    response = client.post(orjson.dumps({"query": query, "operationName": name}), Accept=STRICT)
    assert shown(response) == (400, GRAPHQL, ["BAD_OPERATION"])
    assert messages(response) == [AMBIGUOUS]


def test_the_operation_named_is_the_one_that_runs(client: Client) -> None:
    response = client.post(orjson.dumps({"query": TWO, "operationName": "B"}))
    assert response.json()["data"] == {"viewer": {"account": {"name": "ada"}}}


@pytest.mark.parametrize(
    ("query", "message"),
    [
        ("", "Syntax Error: Unexpected <EOF>."),
        ("   \n\t# nothing\n", "Syntax Error: Unexpected <EOF>."),
        ("{", "Syntax Error: Expected Name, found <EOF>."),
        ("fragment A on Query { org { key } }", "Fragment 'A' is never used."),
        ("type A { b: Int }", "The 'A' definition is not executable."),
        ("{ nothing }", "Cannot query field 'nothing' on type 'Query'."),
        ("mutation { a }", "Cannot query field 'a' on type 'Mutation'."),
        ("subscription { a }", "The subscription operation is not supported by the schema."),
        (
            "{ a" * 3000 + "}" * 3000,
            "Syntax Error: Document is nested too deeply. Parsing aborted.",
        ),
        (
            f"{{ org(key: {'[' * 2000}{']' * 2000}) {{ key }} }}",
            "Syntax Error: Document is nested too deeply. Parsing aborted.",
        ),
        (
            f"query ($a: {'[' * 2000}ID{']' * 2000}) {{ org {{ key }} }}",
            "Syntax Error: Document is nested too deeply. Parsing aborted.",
        ),
    ],
)
def test_a_document_that_cannot_run_is_refused(client: Client, query: str, message: str) -> None:
    for accept, expected in (("*/*", (200, JSON)), (STRICT, (400, GRAPHQL))):
        response = client.ask(query, Accept=accept)
        assert shown(response) == (*expected, ["BAD_DOCUMENT"])
        assert messages(response) == [message]
        assert "data" not in response.json()


def test_an_empty_selection_is_answered_by_an_empty_object(client: Client) -> None:
    assert client.ask("{}").json()["data"] == {}
    assert client.ask("{ org {} }").json()["data"] == {"org": {}}


def bomb(levels: int) -> str:
    """Return a document whose fragments each spread the next one twice."""
    spreads = (f"fragment F{n} on Org {{ ...F{n + 1} ...F{n + 1} }}" for n in range(levels))
    return f"{{ org {{ ...F0 }} }} {' '.join(spreads)} fragment F{levels} on Org {{ a: key }}"


def renames(number: int) -> str:
    """Return an operation of so many changes."""
    change = 'spaceRename(input: { id: "spc_1_1", name: "x" }) { revision }'
    return "mutation { " + " ".join(f"a{one}: {change}" for one in range(number)) + " }"


@pytest.mark.parametrize(
    ("query", "code"),
    [
        (bomb(60), "LIMIT_ALIASES"),
        ("{ org { ...A } } fragment A on Org { key ...A }", "BAD_DOCUMENT"),
        ("{ org { ...A } } fragment A on Org { ...B } fragment B on Org { ...A }", "BAD_DOCUMENT"),
        ("{ " + "a: __typename " * 300 + "}", "LIMIT_ALIASES"),
        ("{ " + "__typename " * 6000 + "}", "LIMIT_TOKENS"),
        ("{ __typename" + " @skip(if: false)" * 200 + " }", "LIMIT_DIRECTIVES"),
        (renames(51), "LIMIT_MUTATIONS"),
        (f"mutation {{ ...M }} fragment M on Mutation {renames(51)[8:]}", "LIMIT_MUTATIONS"),
        (
            "mutation { projectsDelete(input: { ids: [" + '"prj_1_1" ' * 2_600 + "] }) "
            "{ revision } }",
            "LIMIT_COST",
        ),
        (
            "{ org { spaces(first: 1000) { nodes { projects(first: 1000) { totalCount } } } } }",
            "LIMIT_COST",
        ),
        (
            "{ org { spaces { nodes "
            + "{ sharedProject { space " * 12
            + "{ key }"
            + "} }" * 12
            + " } } }",
            "LIMIT_DEPTH",
        ),
    ],
)
def test_a_document_over_the_limits_is_refused(client: Client, query: str, code: str) -> None:
    response = client.ask(query, Accept=STRICT)
    assert shown(response) == (400, GRAPHQL, [code])
