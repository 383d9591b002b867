"""The file that holds the server's own secret: made once, kept from others, never guessed at."""

import base64
import multiprocessing
import stat
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import pytest

from auth.secret import SecretError, load_secret


def test_a_missing_secret_is_made_for_the_server_alone_and_then_kept(tmp_path: Path) -> None:
    path = tmp_path / "secret"
    made = load_secret(path)
    assert len(made) == 32
    assert stat.filemode(path.stat().st_mode) == "-rw-------"
    assert base64.urlsafe_b64decode(path.read_bytes()) == made
    assert load_secret(path) == made
    assert list(tmp_path.iterdir()) == [path]


def test_two_new_secrets_differ(tmp_path: Path) -> None:
    assert load_secret(tmp_path / "one") != load_secret(tmp_path / "two")


def test_processes_that_start_at_once_share_one_secret(tmp_path: Path) -> None:
    # One pair may miss each other; of so many some meet between looking and making.
    paths = [tmp_path / str(number) for number in range(100)]
    with ProcessPoolExecutor(2, mp_context=multiprocessing.get_context("spawn")) as processes:
        found = list(processes.map(load_secret, [path for path in paths for _ in range(2)]))
    kept = [load_secret(path) for path in paths]
    assert found == [secret for secret in kept for _ in range(2)]
    assert sorted(tmp_path.iterdir()) == sorted(paths)


@pytest.mark.parametrize("mode", [0o604, 0o640, 0o602, 0o660, 0o644])
def test_a_secret_open_to_others_is_refused(tmp_path: Path, mode: int) -> None:
    path = tmp_path / "secret"
    load_secret(path)
    path.chmod(mode)
    with pytest.raises(SecretError, match="is open to other users of this machine"):
        load_secret(path)


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "has 0 bytes, not 32 or more"),
        (b"AAAA", "has 3 bytes, not 32 or more"),
        (b"A" * 42, "has 31 bytes, not 32 or more"),
        (b"A" * 41, "isn't base64url"),
        (b"not base64url, but long enough to be a secret", "isn't base64url"),
    ],
)
def test_a_truncated_or_foreign_secret_is_refused_and_left_alone(
    tmp_path: Path, content: bytes, reason: str
) -> None:
    path = tmp_path / "secret"
    path.write_bytes(content)
    path.chmod(0o600)
    with pytest.raises(SecretError, match=reason):
        load_secret(path)
    assert path.read_bytes() == content


def test_a_secret_of_ones_own_making_may_be_longer_and_padded_or_not(tmp_path: Path) -> None:
    path = tmp_path / "secret"
    path.write_bytes(base64.urlsafe_b64encode(bytes(64)).rstrip(b"="))
    path.chmod(0o600)
    assert load_secret(path) == bytes(64)


def test_a_secret_that_cannot_be_made_says_where(tmp_path: Path) -> None:
    with pytest.raises(SecretError, match="absent/secret can't be used: No such file"):
        load_secret(tmp_path / "absent" / "secret")
