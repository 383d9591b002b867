"""How the bytes of a manifest become numbered objects."""

import gzip
import io
import re
from collections.abc import Callable, Iterator

import orjson
import pytest

from resolvers.manifest.errors import ManifestError
from resolvers.manifest.objects import (
    EMPTY,
    FIRST,
    LARGEST_LINE,
    NO_END,
    ONLY_ORG,
    by_org,
    read_objects,
    whole,
)


def read(*lines: bytes) -> list[tuple[int, dict[str, object]]]:
    return [(each.number, each.fields) for each in read_objects(lines)]


class Watched(io.BytesIO):
    """A file that notes how much was asked of it."""

    asked = 0

    def readline(self, size: int | None = -1, /) -> bytes:
        assert size is not None
        assert 0 < size <= LARGEST_LINE + 1
        self.asked += size
        return super().readline(size)


def test_blank_lines_are_skipped_and_counted() -> None:
    assert read(b"\n", b'{"a":1}\r\n', b" \t\n", b"", b' {"b":2} ') == [
        (2, {"a": 1}),
        (5, {"b": 2}),
    ]


def test_a_byte_order_mark_may_begin_the_file_and_nothing_else() -> None:
    assert read(b'\xef\xbb\xbf{"a":1}\n') == [(1, {"a": 1})]
    assert read(b"\xef\xbb\xbf\n", b'{"a":1}') == [(2, {"a": 1})]
    with pytest.raises(ManifestError, match=r"^line 2: this is not JSON: "):
        read(b'{"a":1}\n', b'\xef\xbb\xbf{"a":1}\n')


def test_an_escaped_backslash_before_u0000_is_no_nul() -> None:
    assert read(rb'{"a":"\\u0000"}') == [(1, {"a": "\\u0000"})]


def gzipped(data: bytes) -> gzip.GzipFile:
    return gzip.GzipFile(fileobj=io.BytesIO(gzip.compress(data)))


@pytest.mark.parametrize("opened", [io.BytesIO, gzipped])
def test_an_open_file_is_read_like_its_lines(
    opened: Callable[[bytes], io.BytesIO | gzip.GzipFile],
) -> None:
    with opened(b'{"a":1}\n\n{"b":2}') as file:
        assert [(each.number, each.size) for each in read_objects(file)] == [(1, 8), (3, 7)]


def test_a_line_of_sixteen_mebibytes_is_read_and_a_longer_one_is_not_read_to_its_end() -> None:
    longest = b'{"a":"' + b"a" * (LARGEST_LINE - 9) + b'"}\n'
    assert next(read_objects(Watched(longest))).fields == {"a": "a" * (LARGEST_LINE - 9)}
    file = Watched(b"{}\n" + b"a" * 3 * LARGEST_LINE)
    with pytest.raises(ManifestError, match=r"^line 2: the line is longer than 16 MiB$"):
        list(read_objects(file))
    assert file.asked == 2 * (LARGEST_LINE + 1)


A, ORG, END = b'{"a":1}', b'{"type":"org"}', b'{"type":"end","objects":%d}'
HERE = 'here the manifest ends, and {} objects came before; "objects" must say so'


@pytest.mark.parametrize(
    "lines",
    [
        [ORG, A, A, END % 3],
        [ORG, A, END % 2, b"\n", ORG, END % 1],  # two exports in one file
        [ORG, ORG, A, END % 3, b"\n"],
    ],
)
def test_what_is_whole_is_taken_without_its_ends(lines: list[bytes]) -> None:
    found = [each.fields for each in whole(read_objects(lines), needs_end=True)]
    assert found == [orjson.loads(each) for each in lines if each in (ORG, A)]


@pytest.mark.parametrize(
    ("lines", "message"),
    [
        ([ORG, A], f"line 2: {NO_END}"),
        ([ORG, END % 1, ORG, b"\n"], f"line 3: {NO_END}"),
        ([ORG, END % 2], f"line 2: {HERE.format(1)}"),
        ([ORG, A, END % 1], f"line 3: {HERE.format(2)}"),
        ([ORG, b'{"type":"end"}'], f"line 2: {HERE.format(1)}"),
        ([ORG, END % 1, A], f"line 3: {ONLY_ORG}"),
        ([ORG, END % 1, END % 0], f"line 3: {ONLY_ORG}"),
        ([], f"line 1: {EMPTY}"),
        ([b"\n", b"\t"], f"line 1: {EMPTY}"),
    ],
)
def test_what_is_not_whole_is_told(lines: list[bytes], message: str) -> None:
    with pytest.raises(ManifestError) as told:
        list(whole(read_objects(lines), needs_end=True))
    assert str(told.value) == message


def test_without_an_end_it_is_taken_where_none_is_needed() -> None:
    assert len(list(whole(read_objects([ORG, A]), needs_end=False))) == 2


@pytest.mark.parametrize("first", [b"[", b'[{"type":"org"}]', b"{", b"type,key", b'"org"', b"\xff"])
def test_what_is_no_manifest_is_told_how_one_begins(first: bytes) -> None:
    with pytest.raises(ManifestError, match=f"^line 2: .*; {re.escape(FIRST)}$"):
        read(b"\n", first + b"\n", A)


def test_lines_are_taken_one_at_a_time() -> None:
    def lines() -> Iterator[bytes]:
        yield b"{}\n"
        raise AssertionError("more than one line was taken")

    assert next(read_objects(lines())).number == 1


def test_objects_are_divided_before_each_org() -> None:
    lines = [b'{"type":"%s"}' % each for each in (b"user", b"org", b"user", b"user", b"org")]
    groups = [[each.number for each in group] for group in by_org(read_objects(lines))]
    assert groups == [[1], [2, 3, 4], [5]]
