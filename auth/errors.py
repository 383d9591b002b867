"""Why a request is turned away before it is read: who asks is unknown, or cannot be found out."""

from typing import Final

UNAUTHENTICATED: Final = "UNAUTHENTICATED"
UNAVAILABLE: Final = "UNAVAILABLE"

NOT_SIGNED_IN: Final = "Send an access token in the header `Authorization: Bearer <token>`."
TOO_LONG: Final = "The token is longer than 16 KiB; get one with fewer claims."
NOT_VALID: Final = "The token is not valid; get a new one."
EXPIRED: Final = "The token has expired; get a new one."
EMAIL_NOT_VERIFIED: Final = (
    "Your e-mail address is not verified; verify it where you sign in, then get a new token."
)
INCOMPLETE: Final = (
    "The token does not name an account and an organisation; "
    "ask whoever runs your sign-in to add them, then get a new one."
)
KEYS_UNAVAILABLE: Final = "Your sign-in cannot be checked at the moment; try again in a minute."


class AuthError(Exception):
    """A refusal that the caller may see word for word.

    Attributes:
        code: for programs, such as UNAUTHENTICATED; it never changes its meaning.
        message: for people, saying what to do; never holds a token, a key or a library's text.
    """

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message


def unauthenticated(message: str = NOT_VALID) -> AuthError:
    """Make the refusal of a request whose caller is unknown: a better token would help."""
    return AuthError(UNAUTHENTICATED, message)


def unavailable() -> AuthError:
    """Make the refusal of a request that may be right: only waiting helps, not a new token."""
    return AuthError(UNAVAILABLE, KEYS_UNAVAILABLE)
