"""What a client is told of an error: what it can mend by itself, and of faults only their id."""

import structlog
from graphql import ExecutionResult, GraphQLError

from auth.errors import UNAVAILABLE, AuthError
from db.errors import is_unavailable

log = structlog.get_logger()

INTERNAL = "INTERNAL"


def shown_errors(result: ExecutionResult, *, otherwise: str, request_id: str) -> list[GraphQLError]:
    """Return the result's errors as the client may see them, each with a code.

    An error that says none itself is the client's, and gets the code `otherwise`; faults are
    logged under the request's id and masked.
    """
    return [
        _shown(error, otherwise=otherwise, request_id=request_id) for error in result.errors or ()
    ]


def coded(error: GraphQLError, code: str) -> GraphQLError:
    """Give an error the code unless it has one."""
    error.extensions = {"code": code, **(error.extensions or {})}
    return error


def _shown(error: GraphQLError, *, otherwise: str, request_id: str) -> GraphQLError:
    cause = error.original_error
    while isinstance(cause, GraphQLError) and cause.original_error is not None:
        cause = cause.original_error
    if cause is None or isinstance(cause, GraphQLError):
        return coded(error, otherwise)
    return masked(cause, request_id=request_id, at=error)


def masked(cause: Exception, *, request_id: str, at: GraphQLError | None = None) -> GraphQLError:
    """Return what is told of a fault, which is logged in full."""
    if isinstance(cause, AuthError):
        return GraphQLError(cause.message, extensions={"code": cause.code})
    code, message = INTERNAL, f"Something went wrong here; the log has it as {request_id}."
    if is_unavailable(cause):
        code, message = UNAVAILABLE, "The database can't be reached now; try again in a minute."
    log.error("fault", request_id=request_id, code=code, exc_info=cause)
    extensions = {"code": code, "requestId": request_id}
    return GraphQLError(
        message, nodes=at.nodes if at else None, path=at.path if at else None, extensions=extensions
    )
