"""Names: the quick look at them agrees with the careful one."""

import pytest

from resolvers.values import NAME_FAULTS, SEPARATOR, USUAL_NAME, UnfitError, name, title


@pytest.mark.parametrize("form", ["{}", "a{}b", "{}b", "a{}", " {}", "{} "])
def test_the_usual_names_are_the_ascii_ones_without_a_fault(form: str) -> None:
    for text in (form.format(chr(code)) for code in range(0x180)):
        faulty = any(fault.search(text) for fault, _ in NAME_FAULTS) or SEPARATOR.search(text)
        assert bool(USUAL_NAME.fullmatch(text)) == (text.isascii() and not faulty)


@pytest.mark.parametrize(
    "text", ["a" * 255, "é" * 255, "\N{FAMILY}", "مرحبا", "a\u200db", "Ⅷ 2", "'"]
)
def test_a_name_may_be_in_any_script(text: str) -> None:
    assert (name(text), title(text)) == (text, text)


@pytest.mark.parametrize("separator", "/\\#?")
def test_only_titles_may_hold_what_separates_a_path(separator: str) -> None:
    text = f"a{separator}é"
    assert title(text) == text
    with pytest.raises(UnfitError, match=r"^must not hold any of / \\ # \?$"):
        name(text)
