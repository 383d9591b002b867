"""Time goes in and out as RFC 3339 text, to the microsecond, in the years 1 to 9999."""

import re
import time

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from db.clock import as_datetime, moment_of, now, time_text

FIRST, LAST = -62_135_596_800_000_000, 253_402_300_799_999_999


@pytest.mark.parametrize(
    ("moment", "text"),
    [
        (0, "1970-01-01T00:00:00Z"),
        (-1, "1969-12-31T23:59:59.999999Z"),
        (1_798_761_600_000_000, "2027-01-01T00:00:00Z"),
        (1_798_761_600_500_000, "2027-01-01T00:00:00.500000Z"),
        (1_798_761_600_000_001, "2027-01-01T00:00:00.000001Z"),
        (FIRST, "0001-01-01T00:00:00Z"),
        (LAST, "9999-12-31T23:59:59.999999Z"),
    ],
)
def test_a_moment_is_written_in_utc_with_a_fraction_only_where_it_has_one(
    moment: int, text: str
) -> None:
    assert time_text(moment) == text
    assert moment_of(text) == moment


@given(st.integers(FIRST, LAST))
def test_what_is_written_is_read_back(moment: int) -> None:
    assert moment_of(time_text(moment)) == moment


@given(st.integers(FIRST, LAST))
def test_orjson_writes_a_moment_in_the_same_way(moment: int) -> None:
    written = orjson.dumps(as_datetime(moment), option=orjson.OPT_UTC_Z).decode()
    assert written == f'"{time_text(moment)}"'


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2027-01-01T02:00:00+02:00", 1_798_761_600_000_000),
        ("2026-12-31T18:15:00-05:45", 1_798_761_600_000_000),
        ("2027-01-01T23:59:00+23:59", 1_798_761_600_000_000),
        ("2027-01-01T00:00:00-00:00", 1_798_761_600_000_000),
        ("2027-01-01t00:00:00z", 1_798_761_600_000_000),
        ("2027-01-01T00:00:00.5Z", 1_798_761_600_500_000),
        ("2027-01-01T00:00:00.123Z", 1_798_761_600_123_000),
        ("2027-01-01T00:00:00.123456+00:00", 1_798_761_600_123_456),
        ("2028-02-29T00:00:00Z", 1_835_395_200_000_000),
        ("0001-01-01T00:00:00-23:59", FIRST + 86_340_000_000),
        ("9999-12-31T23:59:59.999999+23:59", LAST - 86_340_000_000),
    ],
)
def test_offsets_fractions_and_small_letters_are_read(text: str, moment: int) -> None:
    assert moment_of(text) == moment


@pytest.mark.parametrize(
    "text",
    [
        "",
        "2027-01-01",
        "2027-01-01T00:00:00",
        "2027-01-01 00:00:00Z",
        "2027-01-01T00:00Z",
        "2027-1-1T00:00:00Z",
        "12027-01-01T00:00:00Z",
        "-2027-01-01T00:00:00Z",
        "2027-01-01T00:00:00.Z",
        "2027-01-01T00:00:00.1234567Z",
        "2027-01-01T00:00:00,5Z",
        "2027-01-01T00:00:00+0200",
        "2027-01-01T00:00:00+02",
        "2027-01-01T00:00:00+02:60",
        "2027-01-01T00:00:00Z\n",
        " 2027-01-01T00:00:00Z",
        "2027-W01-1T00:00:00Z",
        "\u0662\u0660\u0662\u0667-01-01T00:00:00Z",
        "now",
    ],
)
def test_what_is_no_time_with_an_offset_is_refused(text: str) -> None:
    message = "Expected a time with its offset, such as 2027-01-01T00:00:00Z."
    with pytest.raises(ValueError, match=f"^{re.escape(message)}$"):
        moment_of(text)


@pytest.mark.parametrize(
    "text",
    [
        "2027-02-29T00:00:00Z",
        "2027-13-01T00:00:00Z",
        "2027-00-01T00:00:00Z",
        "2027-01-01T24:00:00Z",
        "2027-01-01T00:60:00Z",
        "2027-01-01T00:00:60Z",
        "2027-01-01T00:00:00+24:00",
        "0000-01-01T00:00:00Z",
        "0001-01-01T00:00:00+00:01",
        "9999-12-31T23:59:59.999999-00:01",
    ],
)
def test_a_time_that_never_comes_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=f"^{re.escape(f'There is no such time: {text}.')}$"):
        moment_of(text)


@given(st.text().filter(lambda text: not re.match(r"\d{4}-", text)))  # constants of our code, too
def test_any_other_text_is_refused_and_nothing_worse(text: str) -> None:
    with pytest.raises(ValueError, match=r"^(Expected a time|There is no such time)"):
        moment_of(text)


def test_now_is_in_microseconds() -> None:
    first, moment, last = time.time_ns(), now(), time.time_ns()
    assert first // 1000 <= moment <= last // 1000
