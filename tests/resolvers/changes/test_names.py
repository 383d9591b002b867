"""Names and keys that changes are given: which will do, and what is the same as what."""

from typing import Any

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from resolvers.changes.names import key_of, name_columns
from resolvers.errors import UserError
from tests.factories import load
from tests.resolvers.changes.changing import CHANGED, codes, mutate


def refusal(check: Any, field: str, value: str) -> tuple[str, str | None]:
    with pytest.raises(UserError) as refused:
        check({field: value}, field)
    return refused.value.rows[0].code, refused.value.rows[0].field


@pytest.mark.parametrize(
    ("given", "name", "folded"),
    [
        ("a", "a", "a"),
        ("x" * 255, "x" * 255, "x" * 255),
        ("\U0001f98a" * 255, "\U0001f98a" * 255, "\U0001f98a" * 255),
        ("e\u0301" * 255, "\u00e9" * 255, "\u00e9" * 255),  # counted as it is kept
        ("Cafe\u0301", "Caf\u00e9", "caf\u00e9"),
        ("\u212b", "\u00c5", "\u00e5"),  # the \u00e5ngstr\u00f6m's sign
        ("STRASSE", "STRASSE", "strasse"),
        ("Stra\u00dfe", "Stra\u00dfe", "strasse"),
        ("\u03a3\u03c2", "\u03a3\u03c2", "\u03c3\u03c3"),
        ("a \t b".replace("\t", "\u00a0"), "a \u00a0 b", "a \u00a0 b"),
        ("shared 2", "shared 2", "shared 2"),
        ("..", "..", ".."),
    ],
)
def test_a_name_is_kept_in_unicodes_form_nfc_and_compared_folded(
    given: str, name: str, folded: str
) -> None:
    columns = name_columns({"name": given})
    assert (columns["name"], columns["folded"]) == (name, folded)


@pytest.mark.parametrize(
    "name",
    [
        "",
        " ",
        " a",
        "a ",
        "\u00a0a",
        "a\u3000",
        "a\u2028",
        "a\nb",
        "a\tb",
        "a\x00b",
        "a\x1fb",
        "a\x7fb",
        "a\x85b",
        "a\x9fb",
        "a/b",
        "a\\b",
        "a#b",
        "a?b",
        "x" * 256,
        "\u0958" * 128,  # NFC makes two of each
        "shared",
        "SHARED",
        "\u017fhared",  # the long s
    ],
)
def test_a_name_that_will_not_do_is_refused(name: str) -> None:
    assert refusal(name_columns, "name", name) == ("INVALID", "name")
    assert refusal(name_columns, "newName", name) == ("INVALID", "newName")


@pytest.mark.parametrize("key", ["a", "A", "-", "_", "~", "...", "a.b", "0", "k" * 255, "Shared"])
def test_a_key_is_made_of_what_needs_no_escape_in_a_url(key: str) -> None:
    assert key_of({"key": key}) == key


@pytest.mark.parametrize(
    "key", ["", ".", "..", "a b", "a/b", "a%20b", "\u00e9", "a\n", "a:b", "k" * 256, "shared"]
)
def test_a_key_that_will_not_do_is_refused(key: str) -> None:
    assert refusal(key_of, "key", key) == ("INVALID", "key")
    assert refusal(key_of, "newKey", key) == ("INVALID", "newKey")


async def test_names_are_unique_among_live_siblings_once_they_are_folded(
    engine: AsyncEngine,
) -> None:
    acme = await load(engine, CHANGED)
    made = {"space": acme.ids["core"], "key": "street", "name": "Stra\u00dfe"}
    street = (await mutate(engine, "oz", "projectCreate", made, node="id"))["node"]["id"]
    same = {"id": acme.ids["core/site"], "name": "STRASSE"}
    assert codes(await mutate(engine, "oz", "projectRename", same, node="id")) == ["NAME_TAKEN"]
    elsewhere = {"space": acme.ids["lab"], "key": "street", "name": "strasse"}
    assert codes(await mutate(engine, "ada", "projectCreate", elsewhere, node="id")) == []
    itself = {"id": street, "name": "STRASSE"}
    assert codes(await mutate(engine, "oz", "projectRename", itself, node="id")) == []
    await mutate(engine, "oz", "projectDelete", {"id": street}, node="id")
    assert codes(await mutate(engine, "oz", "projectRename", same, node="id")) == []
