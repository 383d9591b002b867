"""GraphQL over HTTP, the way in: a request becomes the parameters of an operation, or a refusal."""

import re
from collections.abc import Mapping
from functools import lru_cache
from types import NoneType
from typing import Any, NamedTuple, cast

import orjson
from starlette.requests import Request

from resolvers.json_values import DEEPEST, LONG_NUMBER, loads
from server.compression import GZIP, PLAIN, BrokenError, Unpacking

JSON = "application/json"
GRAPHQL = "application/graphql-response+json"
REMEMBERED = 64  # Accept headers
ANY = "*/*"
ANSWERS = (JSON, GRAPHQL)  # the first for whoever takes both alike
AN_OBJECT, A_STRING = (dict, NoneType), (str, NoneType)
ESCAPED_NUL = b"\\u0000"  # JSON has no other way to say it, and none for half a surrogate pair
NOT_READ = {
    "infinity": "has a number beyond the range of a double",
    "depth": "is nested too deep",
}
NO_JSON = "is not JSON"
QUALITY = re.compile(r"0(\.\d{0,3})?|1(\.0{0,3})?", re.ASCII)


class RefusedError(Exception):
    """A request that is turned away before any GraphQL; `code` is for programs."""

    def __init__(
        self, status: int, code: str, message: str, headers: Mapping[str, str] | None = None
    ) -> None:
        super().__init__(message)
        self.status, self.code, self.message = status, code, message
        self.headers = dict(headers or {})


class Parameters(NamedTuple):
    """What a client asks to run: a document, or the id or the SHA-256 of one.

    `size` is how many bytes it had, `is_plain` whether no value in it needs a closer look.
    """

    query: str
    variables: dict[str, Any]
    operation_name: str | None
    document_id: str | None = None
    hash: str | None = None
    size: int = 0
    is_plain: bool = False

    @property
    def is_named(self) -> bool:
        """Return whether the document is named, so that it is likely to be asked for again."""
        return self.document_id is not None or self.hash is not None


def answer_type(request: Request) -> str:
    """Return the type to answer in: the one that the client wants most, of equals the first."""
    return _best_of(",".join(request.headers.getlist("accept")).strip() or ANY)


@lru_cache(REMEMBERED)
def _best_of(accept: str) -> str:
    ranges = [_media_range(text) for text in accept.split(",")]
    wanted = {media_type: _wanted(media_type, ranges) for media_type in ANSWERS}
    best = max(ANSWERS, key=lambda media_type: wanted[media_type])
    if wanted[best][0] == 0:
        raise RefusedError(406, "NOT_ACCEPTABLE", f"Accept {GRAPHQL} or {JSON}.")
    return best


def _media_range(text: str) -> tuple[str, float]:
    media_type, *options = (part.strip().lower() for part in text.split(";"))
    quality = next((option[2:] for option in options if option.startswith("q=")), "1")
    return media_type, float(quality) if QUALITY.fullmatch(quality) else 0.0


def _wanted(media_type: str, ranges: list[tuple[str, float]]) -> tuple[float, int]:
    """Return the quality of the most specific range that holds the type, and how early it is."""
    found = (
        (quality, -place)
        for pattern in (media_type, "application/*", ANY)
        for place, (named, quality) in enumerate(ranges)
        if named == pattern
    )
    return next(found, (0.0, 0))


def check_method(request: Request) -> None:
    """Refuse a method that carries no operation."""
    if request.method not in ("GET", "POST"):
        raise RefusedError(405, "METHOD", "Use GET or POST.", {"Allow": "GET, POST"})


async def read_parameters(request: Request, *, max_bytes: int) -> Parameters:
    """Read a request's parameters; RefusedError says what is wrong with them."""
    if request.method == "GET":
        found, text = _parameters(_of_query_string(request)), request.url.query.encode()
        return found._replace(size=len(text))
    body = await _body(request, max_bytes)
    found = _parameters(_decoded(body, "body"))
    return found._replace(size=len(body), is_plain=_is_plain(body))


def _is_plain(body: bytes) -> bool:
    """Return whether nothing can be wrong with a value: all are short of every limit."""
    brackets = body.count(b"[") + body.count(b"{")
    return ESCAPED_NUL not in body and brackets < DEEPEST and not LONG_NUMBER.search(body)


def _of_query_string(request: Request) -> dict[str, Any]:
    given: dict[str, Any] = dict(request.query_params)
    for name in ("variables", "extensions"):
        if given.get(name):
            given[name] = _decoded(given[name].encode(), f"parameter `{name}`")
    return given


def single(request: Request, name: str) -> str | None:
    """Return a header, None where there is none; refuse a request that has it twice."""
    values = request.headers.getlist(name)
    if len(values) > 1:
        raise RefusedError(400, "BAD_REQUEST", f"Send one header `{name}`, not {len(values)}.")
    return values[0] if values else None


async def _body(request: Request, max_bytes: int) -> bytes:
    media_type = (single(request, "content-type") or "").partition(";")[0].strip().lower()
    if media_type != JSON:
        raise RefusedError(415, "MEDIA_TYPE", f"Send the request as {JSON}.")
    body, more, unpacking = bytearray(), True, _unpacking(request, max_bytes)
    while more:
        message = await request.receive()
        if message["type"] == "http.disconnect":
            raise RefusedError(400, "BAD_REQUEST", "The body broke off.")
        body += _unpacked(message.get("body", b""), unpacking)
        if len(body) > max_bytes:
            raise RefusedError(413, "TOO_LARGE", f"A request has {max_bytes:,} bytes at most.")
        more = message.get("more_body", False)
    _unpacked(None, unpacking)
    return bytes(body)


def _unpacking(request: Request, max_bytes: int) -> Unpacking | None:
    encoding = (single(request, "content-encoding") or PLAIN).strip().lower()
    if encoding == PLAIN:
        return None
    if encoding not in (GZIP, "x-gzip"):
        message = "Send the body as it is, or compressed with gzip."
        raise RefusedError(415, "CONTENT_ENCODING", message, {"Accept-Encoding": GZIP})
    return Unpacking(max_bytes)


def _unpacked(part: bytes | None, unpacking: Unpacking | None) -> bytes:
    """Return what is in a part of the body; after the last, check that nothing is missing."""
    if unpacking is None:
        return part or b""
    try:
        return unpacking.unpack(part) if part is not None else unpacking.end()
    except BrokenError as error:
        raise RefusedError(400, "BAD_REQUEST", "The body is not whole, or not gzip.") from error


def _decoded(text: bytes, name: str) -> Any:
    try:
        return loads(text)
    except orjson.JSONDecodeError as error:
        problem = next((words for part, words in NOT_READ.items() if part in str(error)), NO_JSON)
        raise RefusedError(400, "BAD_REQUEST", f"The {name} {problem}.") from error


def _parameters(given: object) -> Parameters:
    if not isinstance(given, dict):
        raise _wrong("body", "an object")
    members = cast("dict[str, Any]", given)
    for name in ("variables", "extensions"):
        if not isinstance(members.get(name), AN_OBJECT):
            raise _wrong(f"parameter `{name}`", "an object")
    for name in ("query", "operationName", "documentId"):
        if not isinstance(members.get(name), A_STRING):
            raise _wrong(f"parameter `{name}`", "a string")
    found = Parameters(
        members.get("query") or "",
        members.get("variables") or {},
        members.get("operationName") or None,
        members.get("documentId"),
        _hash_of(members.get("extensions") or {}),
    )
    _check_document(found, given=isinstance(members.get("query"), str))
    return found


def _check_document(found: Parameters, *, given: bool) -> None:
    if not given and not found.is_named:
        raise _wrong("parameter `query`", "a string")
    if given and found.document_id is not None:
        raise RefusedError(400, "BAD_REQUEST", "Send either `query` or `documentId`, not both.")


def _hash_of(extensions: Mapping[str, Any]) -> str | None:
    """Return the hash by which Apollo's clients name a document, if there is one."""
    given = extensions.get("persistedQuery")
    if given is None:
        return None
    members = cast("dict[str, Any]", given) if isinstance(given, dict) else {}
    found = members.get("sha256Hash")
    if members.get("version") != 1 or not isinstance(found, str):
        raise _wrong("extension `persistedQuery`", "of version 1, with a `sha256Hash`")
    return found.lower()


def _wrong(what: str, wanted: str) -> RefusedError:
    return RefusedError(400, "BAD_REQUEST", f"The {what} must be {wanted}.")
