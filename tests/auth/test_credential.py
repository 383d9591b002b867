"""Tokens that were verified are known for as long as they hold, and not for ever in number."""

from datetime import timedelta

import pytest

from auth.authenticate import Authenticator, issue_token
from auth.credential import TOKENS, Credential, Remembered
from auth.errors import AuthError

SECRET = b"a secret that only these tests use"
ADA = Credential(1, 2)


async def test_a_token_that_was_verified_expires_all_the_same() -> None:
    now = 1_000_000.0
    authenticator = Authenticator(SECRET, now=lambda: now)
    token = issue_token(
        SECRET, account_id=1, org_id=2, lifetime=timedelta(seconds=60), now=lambda: now
    )
    assert await authenticator.authenticate(f"Bearer {token}") == ADA
    now += 60 + 29  # clocks may differ by 30 seconds
    assert await authenticator.authenticate(f"Bearer {token}") == ADA
    now += 1
    with pytest.raises(AuthError, match="expired"):
        await authenticator.authenticate(f"Bearer {token}")


async def test_a_token_that_was_verified_does_not_let_another_in() -> None:
    authenticator = Authenticator(SECRET)
    token = issue_token(SECRET, account_id=1, org_id=2, lifetime=timedelta(hours=1))
    assert await authenticator.authenticate(f"Bearer {token}") == ADA
    for other in (f"Bearer {token}x", f"Bearer {token[:-1]}", f"Basic {token}", ""):
        with pytest.raises(AuthError):
            await authenticator.authenticate(other)


def test_those_that_were_kept_first_are_forgotten_first() -> None:
    remembered = Remembered()
    for number in range(TOKENS + 1):
        remembered.keep(f"Bearer {number}", ADA, until=2.0)
    assert remembered.recall("Bearer 0", now=1.0) is None
    assert remembered.recall("Bearer 1", now=1.0) == ADA
    assert remembered.recall("Bearer 1", now=2.0) is None
