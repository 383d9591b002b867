"""`freehold token` prints tokens that the server takes, for those who may have one."""

import base64
import json
from pathlib import Path
from typing import Any

import pytest

from auth.authenticate import Authenticator
from auth.credential import Credential
from auth.secret import load_secret
from tests.databases import run
from tests.server.commands.acme import ADA as ADA_LINE
from tests.server.commands.acme import ORG, manifest
from tests.server.commands.running import Freehold, Running, execute, on_sqlite

ADA, KIM_ONE, KIM_TWO = (Credential(account, 1) for account in (1, 3, 4))


def who(token: str, secret: Path) -> Credential:
    return run(Authenticator(load_secret(secret)).authenticate(f"Bearer {token.strip()}"))


def claims(token: str) -> Any:
    body = token.split(".")[1]
    return json.loads(base64.urlsafe_b64decode(body + "=" * (-len(body) % 4)))


@pytest.mark.usefixtures("database")
def test_a_token_stands_alone_on_stdout(run_freehold: Running, tmp_path: Path) -> None:
    run_freehold("import", "-", stdin=manifest())
    outcome = run_freehold("token", "ada", "--org", "acme")
    assert (outcome.code, outcome.stderr, outcome.stdout.count("\n")) == (0, "", 1)
    assert who(outcome.stdout, tmp_path / "secret.key").org == 1


@pytest.mark.parametrize("account", ["ada", "ADA", "ada@example.org", "Ada@EXAMPLE.org"])
@pytest.mark.usefixtures("acme")
def test_a_member_is_named_by_key_or_e_mail_in_any_case(
    freehold: Freehold, tmp_path: Path, account: str
) -> None:
    named = freehold("token", account, "--org", "acme").stdout
    by_key = freehold("token", "ada", "--org", "acme").stdout
    secret = tmp_path / "secret.key"
    assert who(named, secret) == who(by_key, secret)


@pytest.mark.usefixtures("acme")
def test_an_exact_key_goes_before_one_in_other_letters(freehold: Freehold, tmp_path: Path) -> None:
    secret = tmp_path / "secret.key"
    one, two = (freehold("token", key, "--org", "acme").stdout for key in ("Kim", "kim"))
    assert who(one, secret).account != who(two, secret).account
    message = 'More than one member is meant by "KIM": Kim, kim.\n'
    assert freehold("token", "KIM", "--org", "acme") == (1, "", message)


@pytest.mark.parametrize(
    ("account", "org", "message"),
    [
        ("ada", "Acme", 'There is no Org "Acme".'),
        ("eve", "acme", 'The Org "acme" has no member with the key or e-mail "eve".'),
        ("admins", "acme", 'The Org "acme" has no member with the key or e-mail "admins".'),
        ("cy", "acme", '"cy" (Cy) is deactivated: a token would open nothing.'),
        ("CY@example.org", "acme", '"cy" (Cy) is deactivated: a token would open nothing.'),
    ],
)
@pytest.mark.usefixtures("acme")
def test_nobody_else_gets_a_token(freehold: Freehold, account: str, org: str, message: str) -> None:
    assert freehold("token", account, "--org", org) == (1, "", f"{message}\n")


def test_a_deleted_account_gets_no_token(freehold: Freehold, acme: str) -> None:
    run(execute(acme, "UPDATE account SET deleted_at = 1"))
    message = 'The account of "ada" (Ada) was deleted.\n'
    assert freehold("token", "ada", "--org", "acme") == (1, "", message)


def test_a_removed_member_gets_no_token(freehold: Freehold, acme: str) -> None:
    run(execute(acme, "UPDATE principal SET deleted_at = 1 WHERE org_id = 1 AND key = 'ada'"))
    message = 'The Org "acme" has no member with the key or e-mail "ada".\n'
    assert freehold("token", "ada", "--org", "acme") == (1, "", message)


@pytest.mark.usefixtures("database")
def test_a_service_account_is_named_by_its_key(run_freehold: Running, tmp_path: Path) -> None:
    bot = {"type": "user", "key": "bot", "name": "Bot", "service": True}
    run_freehold("import", "-", stdin=manifest(ORG, ADA_LINE, bot))
    outcome = run_freehold("token", "bot", "--org", "acme")
    assert (outcome.code, outcome.stderr) == (0, "")
    assert who(outcome.stdout, tmp_path / "secret.key") == Credential(2, 1)


@pytest.mark.parametrize(
    ("ttl", "seconds"),
    [
        ([], 12 * 3600),
        (["--ttl", "1m"], 60),
        (["--ttl", "30m"], 1800),
        (["--ttl", "12h"], 12 * 3600),
        (["--ttl", "7d"], 7 * 86400),
        (["--ttl", "366d"], 366 * 86400),
    ],
)
@on_sqlite
@pytest.mark.usefixtures("acme")
def test_a_token_is_valid_as_long_as_was_asked(
    freehold: Freehold, ttl: list[str], seconds: int
) -> None:
    found = claims(freehold("token", "ada", "--org", "acme", *ttl).stdout)
    assert found["exp"] - found["iat"] == seconds


@pytest.mark.parametrize(
    "ttl", ["", "0m", "12", "h", "12H", "-1h", "1.5h", "367d", "8785h", "1w", "99999999d", "1h "]
)
def test_no_other_lifetime_is_taken(freehold: Freehold, ttl: str) -> None:
    message = "--ttl: write it like 30m, 12h or 7d, from 1m to 366d.\n"
    assert freehold("token", "ada", "--org", "acme", f"--ttl={ttl}") == (2, "", message)


@on_sqlite
@pytest.mark.usefixtures("acme")
def test_a_secret_that_is_too_short_is_told(
    freehold: Freehold, environment: pytest.MonkeyPatch
) -> None:
    environment.setenv("FREEHOLD_SECRET", "0123456789")
    message = "FREEHOLD_SECRET: it must have 32 bytes or more.\n"
    assert freehold("token", "ada", "--org", "acme") == (2, "", message)


@on_sqlite
@pytest.mark.usefixtures("acme")
def test_a_secret_that_others_may_read_is_told(freehold: Freehold, tmp_path: Path) -> None:
    assert freehold("token", "ada", "--org", "acme").code == 0
    (tmp_path / "secret.key").chmod(0o644)
    outcome = freehold("token", "ada", "--org", "acme")
    assert (outcome.code, outcome.stdout) == (1, "")
    assert "is open to other users of this machine" in outcome.stderr
