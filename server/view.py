"""The endpoint /graphql: from a request to an operation, and from its answer to a response."""

import asyncio
import os
import re
import time
from collections.abc import Mapping
from typing import Any

import structlog
from graphql import GraphQLError
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from auth.authenticate import Authenticator
from auth.credential import Credential
from auth.errors import UNAUTHENTICATED, UNAVAILABLE, AuthError
from db.errors import Kind
from schema.asked import BUSY, THROTTLED, Answer, Asked
from schema.errors import INTERNAL
from schema.operation import FORBIDDEN, METHOD, Operations
from server.compression import encoding_of
from server.fair_use import FairUse, ThrottledError
from server.metrics import Metrics
from server.persisted import PersistedDocuments
from server.protocol.cycle import CANCELS
from server.repeats import kind_of
from server.request import (
    JSON,
    RefusedError,
    answer_type,
    check_method,
    read_parameters,
    single,
)
from server.serialising import TooLongError, serialised
from server.tags import known_tags, tag_headers
from server.writing import CrowdedError, Form, Writer

log = structlog.get_logger()

MAX_ANSWER_BYTES = 64 * 2**20
LEFT = 499  # in the log alone: the client has left, or the server cut it off as it stopped
REQUEST_ID = re.compile(r"[A-Za-z0-9._-]{1,64}", re.ASCII)
STATUS = {
    UNAUTHENTICATED: 401,
    METHOD: 405,
    INTERNAL: 500,
    UNAVAILABLE: 503,
    THROTTLED: 429,
    Kind.BUSY: 503,
    Kind.READ_ONLY: 503,
    Kind.TIMEOUT: 504,
    FORBIDDEN: 403,
}
# `Vary` for all, as a cache may keep a refusal, too.
OF_ALL = {
    "Cache-Control": "no-store",
    "Vary": "Accept, Accept-Encoding, Authorization",
    "X-Content-Type-Options": "nosniff",
}
MANY_WAIT = "Too many answers wait to be taken by clients: ask again soon."
HEADERS: Mapping[int, Mapping[str, str]] = {
    401: {"WWW-Authenticate": 'Bearer realm="freehold"'},
    405: {"Allow": "POST"},
    503: {"Retry-After": "5"},
}


class GraphQLView:
    """Answers GraphQL over HTTP for whoever bears a token."""

    def __init__(  # noqa: PLR0913 - all but two by their names
        self,
        operations: Operations,
        authenticator: Authenticator,
        *,
        max_bytes: int,
        max_answer_bytes: int = MAX_ANSWER_BYTES,
        persisted: PersistedDocuments | None = None,
        metrics: Metrics | None = None,
        fair_use: FairUse | None = None,
    ) -> None:
        self._operations, self._authenticator = operations, authenticator
        self._persisted = persisted or PersistedDocuments()
        self._max_bytes, self._metrics = max_bytes, metrics
        self._writer = Writer(max_answer_bytes)
        self._fair_use = fair_use or FairUse(per_minute=0, at_once=1_000)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request, by whatever method it comes, and note it in the log.

        The log gets nothing of what the request holds but the name of the operation that ran.
        """
        request = Request(scope, receive)
        started, request_id = time.perf_counter(), _request_id(request)
        notes: dict[str, Any] = {}
        try:
            response = await self._respond(request, request_id, notes)
        except asyncio.CancelledError:
            log.info("graphql", request_id=request_id, status=LEFT, **notes)
            raise
        response.raw_headers.append((b"x-request-id", request_id.encode()))
        milliseconds = round((time.perf_counter() - started) * 1000, 1)
        try:
            await response(scope, receive, send)
        finally:  # the client needn't wait for it
            status = response.status_code
            log.info("graphql", request_id=request_id, status=status, ms=milliseconds, **notes)
            if self._metrics is not None:
                statements = notes.get("statements", 0)
                self._metrics.note(status, milliseconds / 1000, statements=statements)

    async def _respond(self, request: Request, request_id: str, notes: dict[str, Any]) -> Response:
        media_type = JSON
        try:
            media_type = answer_type(request)
            answer, headers = await self._answer(request, request_id, media_type)
            notes |= answer.noted | _faults(answer)
            return await self._answered(answer, request, media_type, headers)
        except RefusedError as refusal:
            return _refused(refusal, media_type)

    async def _answered(
        self, answer: Answer, request: Request, media_type: str, others: Mapping[str, str]
    ) -> Response:
        headers = {**OF_ALL, **tag_headers(answer.tag), **others}
        if answer.unchanged:
            return Response(None, 304, headers)
        status = _status(answer, media_type)
        encoding = encoding_of(request.headers.get("accept-encoding", ""))
        headers |= HEADERS.get(status, {})
        form = Form(status, media_type, headers, encoding, answer.is_large)
        try:
            return await self._writer.write(_body(answer), form)
        except TooLongError:
            return _too_long(answer, form, self._writer.most)
        except CrowdedError as error:
            raise RefusedError(503, BUSY, MANY_WAIT) from error

    async def _answer(
        self, request: Request, request_id: str, media_type: str
    ) -> tuple[Answer, Mapping[str, str]]:
        """Return the answer, and the headers that tell what is left of the viewer's budget."""
        check_method(request)
        credential = await self._authenticate(request)
        guest = self._fair_use.guest(credential, credential.org)
        parameters = await read_parameters(request, max_bytes=self._max_bytes)
        cacheable = request.method == "GET" or parameters.is_named
        asked = Asked(
            self._persisted.text_of(parameters, credential),
            parameters.variables,
            parameters.operation_name,
            read_only=request.method == "GET",
            request_id=request_id,
            media_type=media_type,
            known_tags=known_tags(request) if cacheable else None,
            allowance=guest,
            size=parameters.size,
            is_plain=parameters.is_plain,
            when_left=request.scope.get("extensions", {}).get(CANCELS, _ignore),
        )
        return await self._operations.run(asked, credential), guest.headers

    async def _authenticate(self, request: Request) -> Credential:
        try:
            return await self._authenticator.authenticate(single(request, "authorization"))
        except AuthError as error:
            self._count_address(request)
            raise RefusedError(STATUS[error.code], error.code, error.message) from error

    def _count_address(self, request: Request) -> None:
        """Refuse an address from which too many requests without a good token come."""
        try:
            self._fair_use.spend_of_address(request.client.host if request.client else None)
        except ThrottledError as error:
            raise RefusedError(429, THROTTLED, error.message, error.headers) from error


def _faults(answer: Answer) -> dict[str, Any]:
    """Return what the log of the request tells of faults, whose own lines may be left out."""
    causes = [error.original_error for error in answer.errors if error.original_error]
    return {"faults": sorted({*map(kind_of, causes)})} if causes else {}


def _ignore(_cancelled: bool) -> None:
    """Let a server that can't tell of clients that leave go on with what they asked for."""


def _request_id(request: Request) -> str:
    given = request.headers.get("x-request-id", "")
    return given if REQUEST_ID.fullmatch(given) else os.urandom(16).hex()


def _refused(refusal: RefusedError, media_type: str) -> Response:
    error = GraphQLError(refusal.message, extensions={"code": refusal.code})
    headers = {**OF_ALL, **HEADERS.get(refusal.status, {}), **refusal.headers}
    return _response({"errors": [error.formatted]}, refusal.status, media_type, headers)


def _body(answer: Answer) -> Mapping[str, Any]:
    body: dict[str, Any] = {}
    if answer.errors:
        body["errors"] = [error.formatted for error in answer.errors]
    if answer.ran:
        body["data"] = answer.data
    if answer.extensions:
        body["extensions"] = answer.extensions
    return body


def _too_long(answer: Answer, form: Form, most: int) -> Response:
    """Return what is said in place of an answer that is too long; its tag goes with it."""
    message = f"The answer has more than {most:,} bytes: ask for less at once."
    error = GraphQLError(message, extensions={"code": str(Kind.ANSWER_TOO_LARGE)})
    told = Answer(errors=[error], extensions=answer.extensions)
    headers = {name: text for name, text in form.headers.items() if name != "ETag"} | OF_ALL
    return _response(_body(told), _status(told, form.media_type), form.media_type, headers)


def _status(answer: Answer, media_type: str) -> int:
    """Return the status that GraphQL over HTTP gives to the answer.

    As application/json even what could not run is a 200, for clients that can't tell it from a
    proxy's error; but who asks, by which method, and whether we are up are matters of HTTP itself.
    """
    if answer.ran:
        return 200
    codes = (str((error.extensions or {}).get("code")) for error in answer.errors)
    return next(
        (STATUS[code] for code in codes if code in STATUS), 200 if media_type == JSON else 400
    )


def _response(
    body: Mapping[str, Any], status: int, media_type: str, headers: Mapping[str, str]
) -> Response:
    return Response(serialised(body), status, headers, f"{media_type}; charset=utf-8")
