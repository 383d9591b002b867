"""What a client is told of an error: what it can mend by itself, and of faults only their id."""

import structlog
from graphql import ExecutionResult, FieldNode, GraphQLError

from auth.errors import AuthError
from db.errors import Kind, Trouble, is_unavailable, trouble_of

log = structlog.get_logger()

INTERNAL = "INTERNAL"
PASSING = (
    Kind.BUSY,
    Kind.TIMEOUT,
    Kind.ANSWER_TOO_LARGE,
)  # what ends with what others do, or with another question


def shown_errors(result: ExecutionResult, *, otherwise: str, request_id: str) -> list[GraphQLError]:
    """Return the result's errors as the client may see them, each with a code.

    One that is the client's gets the code `otherwise` unless it says another; faults are logged
    under the request's id and masked.
    """
    return [
        _shown(error, otherwise=otherwise, request_id=request_id) for error in result.errors or ()
    ]


def raise_unavailable(result: ExecutionResult) -> None:
    """Raise the error by which an operation lost the database, if it did."""
    for error in result.errors or ():
        fault = _fault(error)
        if fault is not None and is_unavailable(fault):
            raise fault


def coded(error: GraphQLError, code: str) -> GraphQLError:
    """Give an error the code unless it has one."""
    error.extensions = {"code": code, **(error.extensions or {})}
    return error


def _shown(error: GraphQLError, *, otherwise: str, request_id: str) -> GraphQLError:
    fault = _fault(error)
    if fault is None:
        return coded(error, otherwise)
    return masked(fault, request_id=request_id, at=error)


def _fault(error: GraphQLError) -> Exception | None:
    """Return what went wrong here; None where it is the client's mistake.

    That is an error without a path, which arose from the variables before anything ran; one with
    a code; and one that points at an argument. The others arose from a field's value.
    """
    if error.path is None or "code" in (error.extensions or {}):
        return None
    if error.nodes is not None and not isinstance(error.nodes[0], FieldNode):
        return None
    cause: Exception = error
    while isinstance(cause, GraphQLError) and cause.original_error is not None:
        cause = cause.original_error
    return cause


def masked(cause: Exception, *, request_id: str, at: GraphQLError | None = None) -> GraphQLError:
    """Return what is told of a fault, which is logged; of the database's, what it is.

    Its `original_error` is for the log of the request.
    """
    if isinstance(cause, AuthError):
        return GraphQLError(cause.message, extensions={"code": cause.code})
    trouble = trouble_of(cause)
    code, message = trouble or (
        INTERNAL,
        f"Something went wrong here; the log has it as {request_id}.",
    )
    _log(cause, trouble, request_id)
    extensions = {"code": str(code), "requestId": request_id}
    return GraphQLError(
        message,
        nodes=at.nodes if at else None,
        path=at.path if at else None,
        original_error=None if trouble else cause,
        extensions=extensions,
    )


def _log(cause: Exception, trouble: Trouble | None, request_id: str) -> None:
    code = str(trouble.kind) if trouble else INTERNAL
    if trouble is not None and trouble.kind in PASSING:
        log.warning("refused", request_id=request_id, code=code, problem=type(cause).__name__)
    else:
        log.error("fault", request_id=request_id, code=code, exc_info=cause)
