"""Forms of a name: folded (for equality and search) and sort (natural alphanumeric order)."""

import re
import unicodedata

DIGITS = re.compile(r"[0-9]+")


def fold(name: str) -> str:
    """Return the form in which two names are the same: NFC, case folded."""
    if name.isascii():
        return name.lower()
    return unicodedata.normalize("NFC", unicodedata.normalize("NFC", name).casefold())


def sort_form(folded: str) -> str:
    """Return text whose byte order is the natural order: "space 2" before "space 10".

    Each run of digits is led by its length without leading zeros, so that longer numbers come
    later. The length is a "9" for every nine in it and then the rest: digits too, so that a number
    lies among other characters where digits do.
    """
    return DIGITS.sub(_counted, folded)


def _counted(digits: re.Match[str]) -> str:
    number = digits[0].lstrip("0")
    nines, rest = divmod(len(number), 9)
    return "9" * nines + str(rest) + number
