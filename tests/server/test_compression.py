"""Answers are compressed as the client takes it, and requests are taken compressed, bounded."""

import gzip
import sys
import zlib
from collections.abc import Mapping

import orjson
import pytest

from server.compression import encoding_of
from tests.server.asking import JSON, Client, messages, shown

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

LONG = f"{{ org {{ {' '.join(f'a{number}: key' for number in range(150))} }} }}"
SHORT = "{ org { key } }"
QUERY = orjson.dumps({"query": SHORT})
READ = {"gzip": gzip.decompress, "zstd": zstd.decompress}


@pytest.mark.parametrize(
    ("accepted", "encoding"),
    [
        ("", None),
        ("gzip", "gzip"),
        ("gzip, deflate, br", "gzip"),
        ("gzip, deflate, br, zstd", "zstd"),
        ("GZIP;q=1, zstd;q=0.5", "gzip"),
        ("gzip;q=0", None),
        ("gzip;q=0, *", "zstd"),
        ("*;q=0", None),
        ("identity, gzip;q=0.5", None),
        ("identity;q=0.5, gzip", "gzip"),
        ("gzip;q=nonsense", None),
        ("br", None),
    ],
)
def test_the_encoding_is_what_the_client_wants_most(accepted: str, encoding: str | None) -> None:
    assert encoding_of(accepted) == encoding


def _raw(client: Client, query: str, **headers: str) -> tuple[Mapping[str, str], bytes]:
    given = {**client.bearer(), **headers}
    with client.http.stream("POST", "/graphql", json={"query": query}, headers=given) as response:
        return response.headers, b"".join(response.iter_raw())


@pytest.mark.parametrize("encoding", ["gzip", "zstd"])
def test_a_long_answer_is_compressed(client: Client, encoding: str) -> None:
    headers, body = _raw(client, LONG, **{"Accept-Encoding": encoding})
    _, plain = _raw(client, LONG, **{"Accept-Encoding": "identity"})
    assert headers["content-encoding"] == encoding
    assert headers["vary"] == "Accept, Accept-Encoding, Authorization"
    assert int(headers["content-length"]) == len(body) < len(plain)
    assert READ[encoding](body) == plain


def test_a_short_answer_is_left_as_it_is(client: Client) -> None:
    headers, body = _raw(client, SHORT, **{"Accept-Encoding": "gzip"})
    assert "content-encoding" not in headers
    assert orjson.loads(body)["data"] == {"org": {"key": "acme"}}
    assert headers["vary"] == "Accept, Accept-Encoding, Authorization"


@pytest.mark.parametrize("name", ["gzip", "x-gzip", "GZIP"])
def test_a_compressed_request_is_taken(client: Client, name: str) -> None:
    response = client.post(gzip.compress(QUERY), Content_Encoding=name)
    assert response.json()["data"] == {"org": {"key": "acme"}}
    parts = gzip.compress(QUERY[:7]) + gzip.compress(QUERY[7:])
    assert client.post(parts, Content_Encoding=name).json()["data"] == {"org": {"key": "acme"}}


@pytest.mark.parametrize(
    ("body", "encoding", "refused"),
    [
        (QUERY, "gzip", (400, JSON, ["BAD_REQUEST"])),
        (b"", "gzip", (400, JSON, ["BAD_REQUEST"])),
        (gzip.compress(QUERY)[:-1], "gzip", (400, JSON, ["BAD_REQUEST"])),
        (gzip.compress(QUERY) + b"more", "gzip", (400, JSON, ["BAD_REQUEST"])),
        (zlib.compress(QUERY), "gzip", (400, JSON, ["BAD_REQUEST"])),
        (gzip.compress(bytes(2**20 + 1)), "gzip", (413, JSON, ["TOO_LARGE"])),
        (gzip.compress(bytes(2**26)), "gzip", (413, JSON, ["TOO_LARGE"])),
        (zlib.compress(QUERY), "deflate", (415, JSON, ["CONTENT_ENCODING"])),
        (QUERY, "br", (415, JSON, ["CONTENT_ENCODING"])),
        (gzip.compress(gzip.compress(QUERY)), "gzip, gzip", (415, JSON, ["CONTENT_ENCODING"])),
    ],
    ids=range(10),  # gzip's texts tell the time
)
def test_a_body_that_is_not_whole_or_too_long_is_refused(
    client: Client, body: bytes, encoding: str, refused: tuple[int, str, list[str]]
) -> None:
    response = client.post(body, Content_Encoding=encoding)
    assert shown(response) == refused
    if refused[0] == 415:
        assert response.headers["accept-encoding"] == "gzip"
        assert messages(response) == ["Send the body as it is, or compressed with gzip."]
