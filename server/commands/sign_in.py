"""What tokens are signed and verified with, checked before anything is started."""

import httpx2

from auth.authenticate import Authenticator
from auth.issuers import OidcIssuer
from auth.secret import SECRET_LENGTH, SecretError, load_secret
from server.commands.errors import CommandError
from server.settings import Settings

TOO_SHORT = f"FREEHOLD_SECRET: it must have {SECRET_LENGTH} bytes or more."


def signing_secret(settings: Settings) -> bytes:
    """Return the server's secret, made where its file is missing; CommandError says what to do."""
    if settings.secret is not None:
        return _long_enough(settings.secret.get_secret_value().encode())
    try:
        settings.secret_file.parent.mkdir(parents=True, exist_ok=True)
        return load_secret(settings.secret_file)
    except (SecretError, OSError) as error:
        raise CommandError(f"FREEHOLD_SECRET_FILE: {error}") from error


def _long_enough(secret: bytes) -> bytes:
    if len(secret) < SECRET_LENGTH:
        raise CommandError(TOO_SHORT, code=2)
    return secret


def checked_issuer(settings: Settings) -> OidcIssuer | None:
    """Return the OIDC issuer, if one is set; CommandError where its settings won't do."""
    from server.app import issuer_of  # noqa: PLC0415 - takes a second that few commands need

    try:
        issuer = issuer_of(settings)
        Authenticator(bytes(SECRET_LENGTH), issuer)  # it refuses our own name
    except (ValueError, httpx2.InvalidURL) as error:
        raise CommandError(f"FREEHOLD_OIDC_ISSUER or _JWKS_URL: {error}.", code=2) from error
    return issuer
