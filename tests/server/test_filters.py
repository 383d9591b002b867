"""Filters over HTTP: text means itself, and what no database takes never reaches one."""

import orjson
import pytest

from tests.server.asking import GRAPHQL, JSON, Client, messages, shown
from tests.server.queries import LIST, NODE, NODES, ORG, STRICT, WHO, keys

EXPECTED = "Expected a time with its offset, such as 2027-01-01T00:00:00Z."
UNSTORABLE = "Text can't hold the character U+0000, nor half of a surrogate pair."


@pytest.mark.parametrize(
    ("filter_", "found"),
    [
        ({"nameContains": ""}, ["core", "lab"]),
        ({"nameContains": "CORE"}, ["core"]),
        ({"nameContains": "%"}, ["core"]),
        ({"nameContains": "_"}, ["lab"]),
        ({"nameContains": "\\"}, []),
        ({"nameContains": "c_re"}, []),
        ({"nameContains": "c%e"}, []),
        ({"nameContains": "'; DROP TABLE space; --"}, []),
        ({"nameContains": "x" * 1_020}, []),
        ({"nameContains": "\u0130\ufb03\U0001f3c3" * 340}, []),
        ({"key": "core"}, ["core"]),
        ({"key": "cor_"}, []),
        ({"key": ""}, []),
        ({"key": "x" * 255}, []),
        ({"updatedSince": "0001-01-01T00:00:00Z"}, ["core", "lab"]),
        ({"updatedSince": "9999-12-31T23:59:59.999999Z"}, []),
        ({"minimumPermission": "OWNER"}, ["core", "lab"]),
        ({"nameContains": None, "key": None, "updatedSince": None}, ["core", "lab"]),
    ],
)
def test_a_filter_means_its_text_to_the_letter(
    client: Client, filter_: dict[str, str], found: list[str]
) -> None:
    assert keys(client.ask(LIST, {"filter": filter_})) == found


@pytest.mark.parametrize(
    ("moment", "message"),
    [
        ("nonsense", EXPECTED),
        ("", EXPECTED),
        ("2027-01-01", EXPECTED),
        ("2027-01-01T00:00:00", EXPECTED),
        ("2027-01-01T00:00:00.1234567Z", EXPECTED),
        ("٢٠٢٧-01-01T00:00:00Z", EXPECTED),
        ("2027-02-30T00:00:00Z", "There is no such time: 2027-02-30T00:00:00Z."),
        ("2027-01-01T25:00:00Z", "There is no such time: 2027-01-01T25:00:00Z."),
        ("0000-01-01T00:00:00Z", "There is no such time: 0000-01-01T00:00:00Z."),
        ("0001-01-01T00:00:00+23:59", "There is no such time: 0001-01-01T00:00:00+23:59."),
        (5, 'Expected a time as text, such as "2027-01-01T00:00:00Z".'),
        (["2027-01-01T00:00:00Z"], 'Expected a time as text, such as "2027-01-01T00:00:00Z".'),
    ],
)
def test_what_is_no_time_is_refused_with_what_is_expected(
    client: Client, moment: object, message: str
) -> None:
    response = client.ask(LIST, {"filter": {"updatedSince": moment}})
    assert shown(response) == (200, JSON, ["BAD_INPUT"])
    assert message in messages(response)[0]
    filter_ = f"{{ updatedSince: {orjson.dumps(moment).decode()} }}"
    literal = f"{{ org {{ spaces(filter: {filter_}) {{ totalCount }} }} }}"
    response = client.ask(literal, Accept=STRICT)
    assert shown(response) == (400, GRAPHQL, ["BAD_DOCUMENT"])
    assert message in messages(response)[0]


@pytest.mark.parametrize(
    ("query", "variables"),
    [
        (LIST, {"filter": {"nameContains": "\0"}}),
        (LIST, {"filter": {"key": "core\0"}}),
        (LIST, {"after": "\0"}),
        (ORG, {"key": "acme\0"}),
        (NODE, {"id": "\0"}),
        (NODES, {"ids": ["garbage", "spc_1_1\0"]}),
        (WHO, {"unused": [[{"a": "b\0"}]]}),
        (WHO, {"unused": {"a\0": "b"}}),
        ('{ org { spaces(filter: { nameContains: "\\u0000" }) { totalCount } } }', None),
        ('{ org { spaces(filter: { nameContains: "a\\u{0}b" }) { totalCount } } }', None),
        ('{ org(key: "acme\\u0000") { key } }', None),
        ('{ org(key: "acme\0") { key } }', None),
        ('{ org(key: """acme\0""") { key } }', None),
        ('query ($key: String = "\\u0000") { org(key: $key) { key } }', None),
    ],
)
def test_text_with_a_null_character_never_reaches_the_database(
    client: Client, query: str, variables: dict[str, object] | None
) -> None:
    response = client.ask(query, variables)
    assert shown(response) == (200, JSON, ["BAD_INPUT"])
    assert messages(response) == [UNSTORABLE]
    assert "data" not in response.json()
    response = client.ask(query, variables, Accept=STRICT)
    assert shown(response) == (400, GRAPHQL, ["BAD_INPUT"])


@pytest.mark.parametrize("text", ["\\\\u0000", "\\u0061", "\\ud83c\\udfc3"])
def test_other_escapes_in_a_literal_are_text_like_any_other(client: Client, text: str) -> None:
    assert client.ask(f'{{ org(key: "{text}") {{ key }} }}').json()["data"] == {"org": None}


@pytest.mark.parametrize("escape", ["\\uD800", "\\uDC00", "\\u{D800}", "\\uD800\\uD800"])
def test_half_a_surrogate_pair_in_a_literal_is_a_syntax_error(client: Client, escape: str) -> None:
    response = client.ask(f'{{ org(key: "{escape}") {{ key }} }}')
    assert shown(response) == (200, JSON, ["BAD_DOCUMENT"])
    assert messages(response)[0].startswith("Syntax Error: Invalid Unicode escape sequence")


@pytest.mark.parametrize("escape", [b"\\ud800", b"\\udc00", b"\\ud800\\ud800", b"\xed\xa0\x80"])
def test_half_a_surrogate_pair_in_a_variable_is_no_json(client: Client, escape: bytes) -> None:
    body = b'{"query": "%s", "variables": {"key": "%s"}}' % (ORG.encode(), escape)
    response = client.post(body)
    assert shown(response) == (400, JSON, ["BAD_REQUEST"])
    assert messages(response) == ["The body is not JSON."]
