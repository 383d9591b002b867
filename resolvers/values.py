"""The checks of single values: each returns the value as it is kept, or raises UnfitError."""

import re
import unicodedata
from collections import Counter
from collections.abc import Callable, Mapping
from functools import partial
from typing import cast

import orjson

from auth.addresses import AddressError, same_form
from auth.levels import Permission
from db.clock import moment_of, time_text
from db.names import fold
from resolvers.json_values import problem_of

JSON_TYPES: dict[type, str] = {
    str: "a text",
    bool: "a boolean",
    int: "a number",
    float: "a number",
    list: "a list",
    dict: "an object",
    type(None): "null",
}
SHARED = "shared"  # the name and the key of shared projects
# How many characters are looked at. Of up to four that a name is given NFC makes one.
LONGEST_NAME = 4 * 255
LONGEST_DESCRIPTION = 65_536
LONGEST_CONTENT = 1_048_576
LONGEST_JSON = 8 * 1_048_576  # bytes as it is kept: with the content it fits into a manifest's line
MOST_DAYS = 36_500
LEAST_COST, MOST_COST = 10_000, 2**31 - 1
LEVELS = {level.name: level for level in Permission if level is not Permission.NONE}

KEY = r"(?!\.\.?(?:/|\Z))[A-Za-z0-9._~-]{1,255}"
PRINTABLE = r"[^@\s\x00-\x1f\x7f-\x9f]+"
MEDIA_WORD = r"[A-Za-z0-9!#$&^_.+-]{1,127}"
SEPARATOR = re.compile(r"[/\\#?]")
USUAL_NAME = re.compile(r'(?! )[ !"$-.0->@-\[\]-~]{1,255}(?<! )')  # nothing is wrong with it
NAME_FAULTS = (
    (re.compile(r"\A\Z|.{256}", re.DOTALL), "must have 1 to 255 characters"),
    (re.compile(r"\A\s|\s\Z"), "must not begin or end with a blank"),
    (re.compile(r"[\x00-\x1f\x7f-\x9f]"), "must not hold control characters"),
)


class UnfitError(ValueError):
    """A value won't do; the message says what it must be, without its name."""


def text(value: object) -> str:
    """Check for a text of any length."""
    if isinstance(value, str):
        return value
    raise UnfitError(f"must be a text, not {JSON_TYPES[type(value)]}")


def boolean(value: object) -> bool:
    """Check for true or false."""
    if isinstance(value, bool):
        return value
    raise UnfitError(f"must be true or false, not {JSON_TYPES[type(value)]}")


def mapping(value: object) -> dict[str, object]:
    """Check for a JSON object."""
    if isinstance(value, dict):
        return cast("dict[str, object]", value)
    raise UnfitError(f"must be an object, not {JSON_TYPES[type(value)]}")


def _matching(pattern: str, expected: str) -> Callable[[object], str]:
    """Return the check for a text that the pattern matches as a whole."""
    fullmatch = re.compile(pattern).fullmatch

    def check(value: object) -> str:
        if isinstance(value, str) and fullmatch(value):
            return value
        text(value)
        raise UnfitError(f"must be {expected}")

    return check


key = _matching(KEY, 'made of 1 to 255 of A-Z a-z 0-9 . _ ~ -, and not "." or ".."')
kind = _matching(r"[A-Z][A-Z0-9_]{0,63}", "made of 1 to 64 of A-Z 0-9 _, beginning with a letter")
node = _matching(
    f"{KEY}(?:/{KEY})?", "a space's key, or a space's and a project's as space/project"
)
grantee = _matching(f"(?:user|group):{KEY}", "user: or group: and a key")
media_type = _matching(
    f"{MEDIA_WORD}/{MEDIA_WORD}(?: ?;[ -~]{{1,255}})?", "a media type, such as text/plain"
)
uri = _matching(r"[A-Za-z][A-Za-z0-9+.-]{0,254}:[!-~]{1,4096}", "a URI, such as s3://bucket/object")
idempotency_key = _matching("(?s:.{1,255})", "made of 1 to 255 characters")
_address = _matching(rf"(?=.{{3,254}}\Z){PRINTABLE}@{PRINTABLE}", "an e-mail address")


def email(value: object) -> str:
    """Check for an e-mail address whose domain can be one."""
    found = _address(value)
    try:
        same_form(found)
    except AddressError as error:
        raise UnfitError("must be an e-mail address of a domain that can be") from error
    return found


def key_or_null(value: object) -> str | None:
    """Check for a key or null."""
    return None if value is None else key(value)


def keys(value: object) -> tuple[str, ...]:
    """Check for a list of keys, none of them twice."""
    if not isinstance(value, list):
        raise UnfitError(f"must be a list, not {JSON_TYPES[type(value)]}")
    found = tuple(key(each) for each in cast("list[object]", value))
    if len(set(found)) < len(found):
        twice = next(each for each, count in Counter(found).items() if count > 1)
        raise UnfitError(f'must not hold "{twice}" twice')
    return found


def title(value: object) -> str:
    """Check for the name of a user or group."""
    name = text(value)
    for fault, message in NAME_FAULTS:
        if fault.search(name):
            raise UnfitError(message)
    if not unicodedata.is_normalized("NFC", name):
        raise UnfitError("must be in Unicode's form NFC")
    return name


def name(value: object) -> str:
    """Check for the name of a node, which has no character that a path could trip over."""
    if isinstance(value, str) and USUAL_NAME.fullmatch(value):
        return value
    found = title(value)
    if SEPARATOR.search(found):
        raise UnfitError("must not hold any of / \\ # ?")
    return found


def composed_title(value: object) -> str:
    """Check for the name of a user or group, and return it in Unicode's form NFC."""
    return title(_composed(value))


def node_name(value: object) -> str:
    """Check for a name that a node may be given, and return it in Unicode's form NFC."""
    found = name(_composed(value))
    if fold(found) == SHARED:
        raise UnfitError(f'must not be "{SHARED}", which is reserved')
    return found


def node_key(value: object) -> str:
    """Check for a key that a node may be given."""
    found = key(value)
    if found == SHARED:
        raise UnfitError(f'must not be "{SHARED}", which is reserved')
    return found


def _composed(value: object) -> str:
    """Return a text in NFC, which takes time by the square of its length."""
    return unicodedata.normalize("NFC", _within(LONGEST_NAME, value))


def _within(longest: int, value: object) -> str:
    found = text(value)
    if len(found) > longest:
        raise UnfitError(f"must have {longest:,} characters at most")
    return found


description = partial(_within, LONGEST_DESCRIPTION)
content = partial(_within, LONGEST_CONTENT)


def json_text(value: object) -> str:
    """Check for a JSON object, and return it as compact text."""
    found = mapping(value)
    if problem := problem_of(found):
        raise UnfitError(problem)
    kept = orjson.dumps(found)
    if len(kept) > LONGEST_JSON:
        raise UnfitError(f"must have {LONGEST_JSON:,} bytes at most")
    return kept.decode()


def either(value: Mapping[str, object]) -> None:
    """Check for content that has either a text or a reference."""
    if (value.get("text") is None) == (value.get("reference") is None):
        raise UnfitError("must have either a `text` or a `reference`")


def granted(value: Permission) -> None:
    """Check for a level that a grant can give."""
    if value is Permission.NONE:
        raise UnfitError("must be READ or more: use `grantRevoke` to take a grant away")


def retention_days(value: int) -> None:
    """Check for a number of days for which a recycle bin keeps things."""
    if not 1 <= value <= MOST_DAYS:
        raise UnfitError(f"must be 1 to {MOST_DAYS:,} days")


def cost_per_minute(value: int) -> None:
    """Check for a viewer's budget, with which an Org must still be able to change it back."""
    if not LEAST_COST <= value <= MOST_COST:
        raise UnfitError(f"must be {LEAST_COST:,} or more, or null for what the server allows")


def level(value: object) -> Permission:
    """Check for the level of a grant."""
    if found := LEVELS.get(text(value)):
        return found
    raise UnfitError(f"must be one of {' '.join(LEVELS)}")


def moment(value: object) -> int:
    """Check for a time with its offset, and return it in microseconds."""
    found = text(value)
    try:
        moment = moment_of(found)
        time_text(moment)  # near the ends of the calendar an offset can lead out of it
    except (ValueError, OverflowError) as error:
        raise UnfitError("must be a time with its offset, such as 2027-01-01T00:00:00Z") from error
    return moment
