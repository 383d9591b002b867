"""`freehold explain-query`: how documents would run, and what is wrong with those that don't."""

import ast
from pathlib import Path

import pytest

from tests.server.commands.running import ROOT, Freehold, Running

QUERIES = sorted((ROOT / "docs" / "queries").glob("*.graphql"))
THREE = """
query Key($full: Boolean!) { org { key name @include(if: $full) } }
query Schema { __schema { queryType { name } } }
query Page($size: Int!) { org { spaces(first: $size) { nodes { effectivePermission } } } }
"""
KEY = """\
async def run(context, variables):
    # Query.org
    rows_1 = await fetch_1(context, [()], argument_1, ('key',))
    by_1 = {k: {'key': c0} for k, c0 in rows_1}
    return {'org': by_1.get(None)}
"""
PAGE = """\
# Page runs compiled. Cost: 18 of at most 250,000 nodes.
async def run(context, variables):
    # Query.org
    rows_1 = await fetch_1(context, [()], argument_1, ('id',))
    # Query.org.spaces
    parents_1 = list(dict.fromkeys([(r[1], ) for r in rows_1]))
    argument_2 = read_1(variables) if parents_1 else None
    lists_1 = {p[0]: [] for p in parents_1}
    def take_1(rows):
        for k, c0 in rows: lists_1[k].append({'effectivePermission': Permission_1[c0]})
    if parents_1: await stream_1(context, parents_1, argument_2, ('level',), take_1)
    by_1 = {k: {'spaces': {'nodes': lists_1[c0]}} for k, c0 in rows_1}
    return {'org': by_1.get(None)}

# argument_1    Query.org: no arguments
# fetch_1       Query.org, by resolvers.viewer.org
# read_1        reads the arguments of Query.org.spaces
# Permission_1  Permission of level
# stream_1      Query.org.spaces, by resolvers.spaces.of_org.stream
"""

NOT_GIVEN = "invalid value: Expected a value of non-null type 'Boolean!' to be provided."
NO_INTEGER = "invalid value: Int cannot represent non-integer value: 'x'"


@pytest.fixture
def three(tmp_path: Path) -> str:
    """A file of three operations."""
    path = tmp_path / "three.graphql"
    path.write_text(THREE)
    return str(path)


def compiled(name: str, cost: int, source: str, **constants: str) -> dict[str, object]:
    """Return how an operation that runs compiled is explained."""
    return {
        "operation": name,
        "how": "compiled",
        "cost": cost,
        "limit": 250_000,
        "reason": None,
        "source": source,
        "constants": constants,
    }


def test_an_operation_is_shown_as_python_with_a_legend(freehold: Freehold, three: str) -> None:
    variables = '{"size": 7}'
    outcome = freehold("explain-query", three, "--operation", "Page", "--variables", variables)
    assert outcome == (0, PAGE, "")


def test_all_operations_are_explained_in_their_order(freehold: Freehold, three: str) -> None:
    outcome = freehold("explain-query", three, "--json", "--variables", '{"full": false}')
    key, schema, page = outcome.value["operations"]
    constants = {
        "argument_1": "Query.org: no arguments",
        "fetch_1": "Query.org, by resolvers.viewer.org",
    }
    assert key == compiled("Key", 1, KEY, **constants)
    assert schema == {
        "operation": "Schema",
        "how": "standard",
        "cost": 5,
        "limit": 250_000,
        "reason": "introspection",
        "source": None,
        "constants": {},
    }
    assert (page["operation"], page["how"], page["cost"]) == ("Page", "compiled", 61)


def test_the_text_of_several_is_python_as_a_whole(freehold: Freehold, three: str) -> None:
    outcome = freehold("explain-query", three, "--variables", '{"full": true}')
    heads = [line for line in outcome.stdout.splitlines() if " runs " in line]
    assert heads == [
        "# Key runs compiled. Cost: 1 of at most 250,000 nodes.",
        "# Schema runs on the standard executor (introspection). Cost: 5 of at most 250,000 nodes.",
        "# Page runs compiled. Cost: 61 of at most 250,000 nodes.",
    ]
    assert len(ast.parse(outcome.stdout).body) == 2


def test_a_directives_variable_decides_the_plan(freehold: Freehold, three: str) -> None:
    asked = ("explain-query", three, "--json", "--operation", "Key", "--variables")
    with_name = freehold(*asked, '{"full": true}').value["operations"][0]
    without = freehold(*asked, '{"full": false}').value["operations"][0]
    assert "('key', 'name')" in with_name["source"]
    assert "('key',)" in without["source"]


@pytest.mark.parametrize("path", QUERIES, ids=lambda path: path.stem)
def test_every_documented_query_would_run_compiled(freehold: Freehold, path: Path) -> None:
    outcome = freehold("explain-query", str(path), "--json")
    assert [each["how"] for each in outcome.value["operations"]] == ["compiled"]


def test_the_standard_input_is_read_without_a_database(run_freehold: Running) -> None:
    outcome = run_freehold("explain-query", "-", stdin=b"{ org { key } }")
    head = "# The operation runs compiled. Cost: 1 of at most 250,000 nodes.\n"
    legend = (
        "# argument_1  Query.org: no arguments\n# fetch_1     Query.org, by resolvers.viewer.org\n"
    )
    assert outcome == (0, f"{head}{KEY}\n{legend}", "")
    assert [path.name for path in Path.cwd().iterdir()] == []


def test_settings_decide_as_they_do_for_the_server(
    freehold: Freehold, environment: pytest.MonkeyPatch, three: str
) -> None:
    environment.setenv("FREEHOLD_COMPILES", "false")
    page = freehold("explain-query", three, "--operation", "Page").stdout
    reason = "FREEHOLD_COMPILES is false"
    assert page == (
        f"# Page runs on the standard executor ({reason}). Cost: 61 of at most 250,000 nodes.\n"
    )
    environment.setenv("FREEHOLD_MAX_COST", "50")
    outcome = freehold("explain-query", three, "--operation", "Page")
    advice = "Ask for smaller pages with `first`, go on with `after`, or split the operation."
    message = f"{three}: The operation's cost in nodes is 61; the limit is 50. {advice}\n"
    assert outcome == (1, "", message)
    environment.setenv("FREEHOLD_INTROSPECTION", "false")
    assert freehold("explain-query", three, "--operation", "Schema").code == 1


def test_a_document_too_long_to_be_remembered_is_not_compiled(
    freehold: Freehold, tmp_path: Path
) -> None:
    path = tmp_path / "long.graphql"
    path.write_text(f"# {'long ' * 20_000}\n{{ org {{ key }} }}")
    outcome = freehold("explain-query", str(path), "--json")
    assert outcome.value["operations"][0]["reason"] == "not remembered"


def test_all_errors_are_told_with_their_places(freehold: Freehold, tmp_path: Path) -> None:
    path = tmp_path / "bad.graphql"
    path.write_text("query A { org { ky } }\nquery B {\n  key\n}\n")
    first = f"{path}: line 1, column 17: Cannot query field 'ky' on type 'Org'. Did you mean 'key'?"
    second = f"{path}: line 3, column 3: Cannot query field 'key' on type 'Query'."
    assert freehold("explain-query", str(path)) == (1, "", f"{first}\n{second}\n")
    outcome = freehold("explain-query", str(path), "--json")
    error = outcome.value["error"]
    assert (outcome.code, error["message"]) == (1, f"{first}\n{second}")
    assert [each["locations"] for each in error["errors"]] == [
        [{"line": 1, "column": 17}],
        [{"line": 3, "column": 3}],
    ]


@pytest.mark.parametrize(
    ("document", "arguments", "message"),
    [
        ("{ org {", [], "line 1, column 8: Syntax Error: Expected Name, found <EOF>."),
        (THREE, [], f"line 2, column 11: Variable '$full' has {NOT_GIVEN}"),
        (
            THREE,
            ["--operation", "Page", "--variables", '{"size": "x"}'],
            f"line 4, column 12: Variable '$size' has {NO_INTEGER}",
        ),
        (
            "{ org { key } }",
            ["--variables", '{"a": "\\u0000"}'],
            "Text can't hold the character U+0000, nor half of a surrogate pair.",
        ),
        ("caf\xe9", [], "it isn't text in UTF-8."),
    ],
    ids=["syntax", "a variable is missing", "a variable is wrong", "unstorable", "no text"],
)
def test_what_the_server_would_refuse_is_told_and_nothing_else(
    freehold: Freehold, tmp_path: Path, document: str, arguments: list[str], message: str
) -> None:
    path = tmp_path / "asked.graphql"
    path.write_bytes(document.encode("latin-1"))
    outcome = freehold("explain-query", str(path), *arguments)
    assert outcome == (1, "", f"{path}: {message}\n")


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        (
            ["three.graphql", "--operation", "key"],
            2,
            "three.graphql: it has no operation named key.",
        ),
        (["three.graphql", "--variables", "[]"], 2, "--variables must be an object."),
        (
            ["three.graphql", "--variables", "{"],
            2,
            "--variables: unexpected end of data: line 1 column 2 (char 1).",
        ),
        (["none.graphql"], 1, "none.graphql: it can't be read: No such file or directory."),
    ],
    ids=["no such operation", "no object", "no JSON", "no file"],
)
def test_what_was_asked_for_wrongly_is_told_in_one_line(
    freehold: Freehold, three: str, arguments: list[str], code: int, message: str
) -> None:
    assert freehold("explain-query", *arguments) == (code, "", f"{message}\n")
