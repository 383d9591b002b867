"""What tokens are signed and verified with: the server's secret, and an OIDC issuer's keys."""

import logging
from collections.abc import Generator
from contextlib import contextmanager
from logging import LogRecord

from auth.errors import AuthError
from auth.issuers import OidcIssuer
from server.commands.checks.finding import Finding, note, well, wrong
from server.commands.errors import CommandError
from server.commands.sign_in import checked_issuer, signing_secret
from server.settings import Settings


def check_secret(settings: Settings) -> Finding:
    """Look at the secret; none is made here."""
    path = settings.secret_file
    if settings.secret is None and not path.exists():
        return well("secret", f"{path} will be made when it is first needed")
    try:
        signing_secret(settings)
    except CommandError as error:
        remedy = "Make it with: python -c 'import secrets; print(secrets.token_urlsafe(32))'"
        if settings.secret is None:
            remedy = "Do as said, or set FREEHOLD_SECRET_FILE to another file."
        return wrong("secret", str(error), remedy=remedy)
    return well("secret", "FREEHOLD_SECRET" if settings.secret else f"{path}, private")


async def check_oidc(settings: Settings) -> Finding:
    """Fetch the issuer's keys, as the server will."""
    try:
        issuer = checked_issuer(settings)
    except CommandError as error:
        return wrong("OIDC", str(error), remedy="Correct the setting.")
    if issuer is None:
        return well("OIDC", "not used")
    return await _check_keys(issuer)


async def _check_keys(issuer: OidcIssuer) -> Finding:
    with _warnings_of("auth.issuers") as warnings:
        try:
            keys = await issuer.keys.get(None)
        except AuthError:
            found = "; ".join(warnings)
            remedy = "Correct FREEHOLD_OIDC_JWKS_URL, or let this machine reach it."
            return wrong("OIDC", f"{found}.", remedy=remedy)
    if not keys.keys:
        remedy = "Let the issuer sign with RS256, ES256 or EdDSA, and publish that key."
        return note("OIDC", f"{issuer.issuer} publishes no key that is taken.", remedy=remedy)
    return well("OIDC", f"{issuer.issuer}, {len(keys.keys)} keys")


@contextmanager
def _warnings_of(name: str) -> Generator[list[str]]:
    """Collect what a logger warns of, which is the only place that tells why no keys came."""
    logger, handler = logging.getLogger(name), _Collecting()
    logger.addHandler(handler)
    try:
        yield handler.texts
    finally:
        logger.removeHandler(handler)


class _Collecting(logging.Handler):
    def __init__(self) -> None:
        super().__init__()
        self.texts: list[str] = []

    def emit(self, record: LogRecord) -> None:
        self.texts.append(record.getMessage().rstrip(". "))
