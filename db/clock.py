"""Time as it is stored: whole microseconds since 1970, UTC, as an integer."""

import re
import time
from datetime import UTC, datetime, timedelta

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)
RFC3339 = re.compile(
    r"\d{4}-\d\d-\d\d[Tt]\d\d:\d\d:\d\d(\.\d{1,6})?([Zz]|[+-]\d\d:[0-5]\d)", re.ASCII
)


def now() -> int:
    """Return the present."""
    return time.time_ns() // 1000


def time_text(moment: int) -> str:
    """Return the moment as RFC 3339 text in UTC, with a fraction only where it has one."""
    return (EPOCH + timedelta(microseconds=moment)).isoformat().removesuffix("+00:00") + "Z"


def as_datetime(moment: int | None) -> datetime | None:
    """Return the moment as an object that orjson writes as the text that `time_text` gives."""
    return None if moment is None else EPOCH + timedelta(0, 0, moment)


def moment_of(text: str) -> int:
    """Read RFC 3339 text with its offset; ValueError says what is expected."""
    if not RFC3339.fullmatch(text):
        raise ValueError("Expected a time with its offset, such as 2027-01-01T00:00:00Z.")
    try:
        return (datetime.fromisoformat(text.upper()).astimezone(UTC) - EPOCH) // MICROSECOND
    except (ValueError, OverflowError) as error:
        raise ValueError(f"There is no such time: {text}.") from error
