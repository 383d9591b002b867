"""`freehold doctor` finds what is wrong with a set-up and says how to mend it."""

import os
import socket
from pathlib import Path

import pytest
from sqlalchemy import make_url

from tests.databases import run
from tests.server.commands.running import (
    Freehold,
    Outcome,
    Running,
    execute,
    on_postgresql,
    on_sqlite,
)

SQLITE = ["SQLite", "database file", "database folder", "WAL mode"]
POSTGRESQL = ["PostgreSQL", "encoding", "writing", "schema", "session settings"]
OTHERS = ["secret", "OIDC", "public URL", "GraphiQL", "port"]


@pytest.fixture
def port() -> str:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return str(listener.getsockname()[1])


def found(outcome: Outcome, check: str) -> tuple[str, str, str]:
    """Return the state, the finding and the remedy of a check."""
    by_name = {each["check"]: each for each in outcome.value}
    return by_name[check]["state"], by_name[check]["found"], by_name[check]["remedy"]


def test_a_sound_set_up_has_nothing_wrong(freehold: Freehold, acme: str, port: str) -> None:
    outcome = freehold("doctor", "--json", "--port", port)
    assert (outcome.code, outcome.stderr) == (0, "")
    kind = SQLITE if acme.startswith("sqlite") else POSTGRESQL
    expected = ["Python", "settings", "database URL", *kind, "migrations", "data", "Orgs", *OTHERS]
    assert [each["check"] for each in outcome.value] == expected
    states = {each["state"] for each in outcome.value if each["check"] != "GraphiQL"}
    assert states == {"ok"}
    assert found(outcome, "Orgs") == ("ok", "1", "")
    assert found(outcome, "port") == ("ok", f"127.0.0.1:{port} is free", "")


@on_sqlite
@pytest.mark.usefixtures("database")
def test_the_table_has_a_mark_and_a_remedy_for_each_problem(
    run_freehold: Running, environment: pytest.MonkeyPatch, port: str
) -> None:
    environment.setenv("FREEHOLD_PUBLIC_URL", "example.org")
    outcome = run_freehold("doctor", "--port", port)
    assert (outcome.code, outcome.stderr) == (1, "")
    lines = [line.strip() for line in outcome.stdout.splitlines()]
    assert "✓  settings         valid" in lines
    assert "!  Orgs             There are none." in lines
    assert "→ Run `freehold demo` or `freehold import FILE`." in lines
    assert "✗  public URL       'example.org' isn't the start of a link." in lines


def test_a_database_that_is_not_migrated_is_wrong(freehold: Freehold, empty_database: str) -> None:
    outcome = freehold("doctor", "--json")
    url = make_url(empty_database)
    text = f"There is no {url.database} yet." if url.host is None and url.query == {} else ""
    text = text or "The database is empty."
    assert outcome.code == 1
    assert found(outcome, "migrations") == ("wrong", text, "Run `freehold migrate`.")


def test_looking_makes_nothing(
    freehold: Freehold, environment: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    environment.setenv("FREEHOLD_DATABASE_URL", "sqlite:///absent/freehold.db")
    environment.setenv("FREEHOLD_SECRET_FILE", "absent/secret.key")
    outcome = freehold("doctor", "--json")
    assert list(tmp_path.iterdir()) == []
    assert found(outcome, "database folder") == ("ok", "absent will be made", "")
    expected = ("ok", "absent/secret.key will be made when it is first needed", "")
    assert found(outcome, "secret") == expected


def test_a_database_that_is_down_is_wrong(
    freehold: Freehold, environment: pytest.MonkeyPatch
) -> None:
    environment.setenv("FREEHOLD_DATABASE_URL", "postgresql://me:s3cret@127.0.0.1:1/name")
    outcome = freehold("doctor", "--json")
    assert outcome.code == 1
    assert found(outcome, "database URL")[:2] == ("ok", "postgresql://me:***@127.0.0.1:1/name")
    state, text, _ = found(outcome, "database")
    assert state == "wrong"
    assert text.endswith("can't be used: Connect call failed ('127.0.0.1', 1).")
    assert "s3cret" not in outcome.stdout


@pytest.mark.parametrize(
    ("name", "value", "check", "state"),
    [
        ("MAX_DEPTH", "none", "settings", "wrong"),
        ("DATABASE_URL", "mysql://host/name", "database URL", "wrong"),
        ("DATABASE_URL", "sqlite:///file/freehold.db", "database folder", "wrong"),
        ("DATABASE_URL", "sqlite:///folder", "database file", "wrong"),
        ("DATABASE_URL", "sqlite:///file", "database", "wrong"),
        ("SECRET", "short", "secret", "wrong"),
        ("SECRET", "0123456789abcdef" * 2, "secret", "ok"),
        ("SECRET_FILE", "file", "secret", "wrong"),
        ("PUBLIC_URL", "https://freehold.example.org:8443/below/", "public URL", "ok"),
        ("PUBLIC_URL", "http://freehold.example.org", "public URL", "note"),
        ("PUBLIC_URL", "http://[::1]:8000", "public URL", "ok"),
        ("PUBLIC_URL", "ftp://freehold.example.org", "public URL", "wrong"),
        ("PUBLIC_URL", "https://", "public URL", "wrong"),
        ("PUBLIC_URL", "https://host:port", "public URL", "wrong"),
        ("PUBLIC_URL", "https://host/?query", "public URL", "wrong"),
        ("PUBLIC_URL", "https://[host", "public URL", "wrong"),
        ("PUBLIC_URLS", "https://host", "environment", "note"),
        ("NONSENSE_OF_OLD", "1", "environment", "note"),
        ("DEBUG", "0", "settings", "ok"),
    ],
)
def test_each_problem_is_found(  # noqa: PLR0913 - a row of the table each
    freehold: Freehold,
    environment: pytest.MonkeyPatch,
    tmp_path: Path,
    *,
    name: str,
    value: str,
    check: str,
    state: str,
) -> None:
    (tmp_path / "folder").mkdir()
    (tmp_path / "file").write_text("Neither a database nor a secret.\n" * 40)
    environment.setenv(f"FREEHOLD_{name}", value)
    outcome = freehold("doctor", "--json")
    assert (outcome.code, outcome.stderr) == (1, "")  # there is no database in any case
    assert found(outcome, check)[0] == state
    assert bool(found(outcome, check)[2]) == (state != "ok")


def test_an_unknown_variable_is_told_with_the_nearest_setting(
    freehold: Freehold, environment: pytest.MonkeyPatch
) -> None:
    environment.setenv("FREEHOLD_DATABSE_URL", "sqlite:///a.db")
    text, remedy = "FREEHOLD_DATABSE_URL isn't a setting.", "Did you mean FREEHOLD_DATABASE_URL?"
    outcome = freehold("doctor", "--json")
    assert found(outcome, "environment") == ("note", text, remedy)


def test_a_secret_that_others_may_read_is_wrong(freehold: Freehold, tmp_path: Path) -> None:
    path = tmp_path / "secret.key"
    path.write_text("c2VjcmV0" * 8)
    path.chmod(0o640)
    assert found(freehold("doctor", "--json"), "secret")[0] == "wrong"
    path.chmod(0o600)
    assert found(freehold("doctor", "--json"), "secret") == ("ok", f"{path}, private", "")


def test_a_port_in_use_is_only_a_note(freehold: Freehold) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
        outcome = freehold("doctor", "--json", "--port", str(port))
    text = f"127.0.0.1:{port} can't be listened on: address already in use."
    text += " Stop what listens there, or use another --port."
    assert found(outcome, "port")[:2] == ("note", text)


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_folder_that_cannot_be_written_is_wrong(
    freehold: Freehold, environment: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    folder = tmp_path / "closed"
    folder.mkdir(mode=0o500)
    environment.setenv("FREEHOLD_DATABASE_URL", "sqlite:///closed/freehold.db")
    outcome = freehold("doctor", "--json")
    assert found(outcome, "database folder")[:2] == ("wrong", "closed can't be written.")


@on_postgresql
@pytest.mark.parametrize(
    ("setting", "check", "text"),
    [
        ("default_transaction_read_only = on", "writing", "Transactions are read-only."),
        ("search_path = nowhere", "schema", "Tables can't be made in public."),
    ],
)
def test_a_server_that_cannot_be_written_is_wrong(
    freehold: Freehold, database: str, setting: str, check: str, text: str
) -> None:
    name = make_url(database).database
    run(execute(database, f'ALTER DATABASE "{name}" SET {setting}'))
    outcome = freehold("doctor", "--json")
    assert outcome.code == 1
    assert found(outcome, check)[:2] == ("wrong", text)


@on_sqlite
def test_a_file_that_others_may_read_is_told(freehold: Freehold, acme: str) -> None:
    path = Path(str(make_url(acme).database))
    path.chmod(0o644)
    outcome = freehold("doctor", "--json")
    told = ("note", f"{path}: open to other users of this machine.", f"chmod 600 {path}")
    assert found(outcome, "database file") == told
    path.chmod(0o600)
    path.parent.chmod(0o755)
    state, what, remedy = found(freehold("doctor", "--json"), "database folder")
    assert (state, what) == ("note", f"{path.parent}: open to other users of this machine.")
    assert remedy.startswith(f"chmod 700 {path.parent}")
    path.parent.chmod(0o700)


def test_a_sound_database_is_well_to_the_last_row(freehold: Freehold, acme: str) -> None:
    assert acme
    outcome = freehold("doctor", "--deep", "--json")
    for check in ("storage", "tables", "data"):
        assert found(outcome, check)[0] == "ok"


@pytest.mark.parametrize(
    ("statement", "name", "is_quick"),
    [
        ("DROP INDEX uq_space_name", "index uq_space_name", False),
        ("UPDATE org SET revision = 0", "the last event is of the Org's revision", True),
        ("UPDATE membership SET ended_at = began_at", "an Org has an active admin", True),
        (
            "UPDATE membership SET ended_at = began_at - 1",
            "a membership doesn't end before it begins",
            False,
        ),
    ],
)
def test_damages_are_told_by_name_with_what_to_do(
    freehold: Freehold, acme: str, *, statement: str, name: str, is_quick: bool
) -> None:
    run(execute(acme, f"{statement} /* of each org_id */"))
    deep = freehold("doctor", "--deep", "--json")
    state, _, remedy = found(deep, name)
    assert (deep.code, state) == (1, "wrong")
    assert "Restore a backup" in remedy
    quick = freehold("doctor", "--json")
    names = {finding["check"] for finding in quick.value}
    assert (name in names) == is_quick
