"""The server's own signing secret, kept in a file that only the server may read."""

import base64
import binascii
import hmac
import os
import secrets
import stat
import tempfile
from pathlib import Path
from typing import Final

SECRET_LENGTH: Final = 32
"""Bytes; RFC 7518 section 3.2 wants an HS256 key at least as long as the hash."""

_OTHERS: Final = stat.S_IRWXG | stat.S_IRWXO
_ADVICE: Final = (
    "Restore it from a backup, or delete it and start again: a new one is made, "
    "and everyone has to get a new token."
)


class SecretError(Exception):
    """The secret's file can't be used; the message tells the operator what to do."""


def load_secret(path: Path) -> bytes:
    """Read the secret, making it first where the file is missing.

    Servers that start at the same time end up with the same secret. The file holds the
    base64url text of 32 random bytes; what is returned are the bytes.

    Raises:
        SecretError: the file is open to other users, isn't base64url, is too short, or can't
            be read or made.
    """
    try:
        if not path.exists():
            _make(path)
        return _decode(_read(path), path)
    except OSError as error:
        raise SecretError(f"The secret {path} can't be used: {error.strerror}.") from error


def derived_key(secret: bytes, purpose: str) -> bytes:
    """Return a key for one purpose, from which neither the secret nor another key follows."""
    return hmac.digest(secret, purpose.encode(), "sha256")


def _make(path: Path) -> None:
    """Write a new secret under a temporary name, whole and durable, then give it its own name."""
    descriptor, name = tempfile.mkstemp(prefix=f".{path.name}-", dir=path.parent)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(base64.urlsafe_b64encode(secrets.token_bytes(SECRET_LENGTH)) + b"\n")
            file.flush()
            os.fsync(file.fileno())
        _link(Path(name), path)
    finally:
        Path(name).unlink()


def _link(temporary: Path, path: Path) -> None:
    """Give the file its name, unless another server was first: then that one's secret stands."""
    try:
        # Unlike a rename, a link never replaces what is already there.
        path.hardlink_to(temporary)
    except FileExistsError:
        return
    directory = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(directory)
    finally:
        os.close(directory)


def _read(path: Path) -> bytes:
    """Return the file's content, having looked at the rights of the very file that is read."""
    with path.open("rb") as file:
        if os.fstat(file.fileno()).st_mode & _OTHERS:
            raise SecretError(
                f"The secret {path} is open to other users of this machine. If one of them may "
                f"have read it, delete it and start again; otherwise: chmod 600 {path}"
            )
        return file.read().strip()


def _decode(text: bytes, path: Path) -> bytes:
    """Return the bytes that the text stands for, or refuse what can't be a whole secret."""
    try:
        secret = base64.b64decode(text + b"=" * (-len(text) % 4), altchars=b"-_", validate=True)
    except binascii.Error as error:
        raise SecretError(f"The secret {path} isn't base64url. {_ADVICE}") from error
    if len(secret) < SECRET_LENGTH:
        raise SecretError(
            f"The secret {path} has {len(secret)} bytes, not {SECRET_LENGTH} or more. {_ADVICE}"
        )
    return secret
