"""What holds for every command: options, errors in one line, exit codes."""

import pytest

from server.commands.errors import CommandError
from server.health import VERSION
from tests.server.commands.running import Freehold, Running

COMMANDS = ["serve", "migrate", "demo", "import", "export", "token", "explain-query", "doctor"]
NOT_NUMBERS = (
    "FREEHOLD_MAX_DEPTH: Input should be a valid integer, unable to parse string as an integer; "
    "FREEHOLD_MAX_COST: Input should be greater than or equal to 1"
)
TOGETHER = (
    "Set FREEHOLD_OIDC_ISSUER, FREEHOLD_OIDC_AUDIENCE and FREEHOLD_OIDC_JWKS_URL "
    "together, or none of them."
)
UNREADABLE_URL = "FREEHOLD_DATABASE_URL: The database URL can't be read"
URL_OF_MYSQL = "FREEHOLD_DATABASE_URL: The database URL 'mysql://me:***@host/name' won't do"
FORMS = "use sqlite:///path.db or postgresql://user@host/name."


def test_the_version_is_told(run_freehold: Running) -> None:
    assert run_freehold("--version") == (0, f"freehold {VERSION}\n", "")


def test_without_a_command_the_help_is_shown(freehold: Freehold) -> None:
    outcome = freehold()
    assert (outcome.code, outcome.stderr) == (2, "")
    assert [name for name in COMMANDS if f" {name} " not in outcome.stdout] == []


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_has_help(freehold: Freehold, command: str) -> None:
    outcome = freehold(command, "--help")
    assert (outcome.code, outcome.stderr) == (0, "")
    assert f"freehold {command}" in outcome.stdout


@pytest.mark.parametrize("command", [None, *COMMANDS])
def test_flags_are_shown_without_a_value(freehold: Freehold, command: str | None) -> None:
    shown = freehold(*filter(None, [command]), "--help").stdout
    assert "--help " in shown
    assert "bool" not in shown


def test_ctrl_c_is_quiet(freehold: Freehold, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("server.commands.migrating.read_settings", interrupted)
    assert freehold("migrate") == (130, "", "")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["token"], "Missing argument 'ACCOUNT'. Try `freehold token --help`."),
        (["token", "ada"], "Missing option '--org'. Try `freehold token --help`."),
        (["migrat"], "No such command 'migrat'. Did you mean 'migrate'? Try `freehold --help`."),
        (["--json", "serve"], None),
        (["--json", "export", "acme"], None),
        (["--json", "token", "ada", "--org", "acme"], None),
    ],
)
def test_wrong_use_is_told_in_one_line(
    freehold: Freehold, arguments: list[str], message: str | None
) -> None:
    outcome = freehold(*arguments)
    assert outcome.code == 2
    if message is None:
        message = f"--json is not for `freehold {arguments[1]}`."
        assert (outcome.value, outcome.stderr) == ({"error": {"message": message}}, "")
    else:
        assert (outcome.stdout, outcome.stderr) == ("", f"{message}\n")


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"MAX_DEPTH": "s3cret", "MAX_COST": "0"}, NOT_NUMBERS),
        ({"OIDC_ISSUER": "https://login.example.org"}, TOGETHER),
        ({"DATABASE_URL": "mysql://me:s3cret@host/name"}, f"{URL_OF_MYSQL}: {FORMS}"),
        ({"DATABASE_URL": "postgresql://me@host:s3cret/name"}, f"{UNREADABLE_URL}: {FORMS}"),
        (
            {"DATABASE_URL": "postgresql://me@host:99999/name"},
            "FREEHOLD_DATABASE_URL: its port isn't one of 1 to 65535.",
        ),
        (
            {"DATABASE_URL": "postgresql://me@host/name?sslmode=require"},
            "FREEHOLD_DATABASE_URL: it can't have sslmode (write ssl=… for sslmode=…).",
        ),
    ],
)
def test_a_bad_setting_is_told_by_its_name_without_its_value(
    freehold: Freehold,
    environment: pytest.MonkeyPatch,
    settings: dict[str, str],
    message: str,
) -> None:
    for name, value in settings.items():
        environment.setenv(f"FREEHOLD_{name}", value)
    assert freehold("migrate") == (2, "", f"{message}\n")


@pytest.mark.parametrize(
    "url", ["mysql://host/name", "postgresql://host/name?sslmode=require"], ids=["kind", "option"]
)
def test_the_option_goes_before_the_environment(
    freehold: Freehold, environment: pytest.MonkeyPatch, url: str
) -> None:
    environment.setenv("FREEHOLD_DATABASE_URL", url)
    assert freehold("--database-url", "sqlite:///here.db", "migrate").code == 0
    assert freehold("migrate").code == 2


@pytest.mark.parametrize("arguments", [["--json", "migrate"], ["migrate", "--json"]])
def test_json_may_be_asked_for_before_or_after_the_command(
    freehold: Freehold, environment: pytest.MonkeyPatch, arguments: list[str]
) -> None:
    environment.setenv("FREEHOLD_DATABASE_URL", "nonsense")
    message = f"{UNREADABLE_URL}: {FORMS}"
    outcome = freehold(*arguments)
    assert (outcome.code, outcome.value) == (2, {"error": {"message": message}})
    assert outcome.stderr == ""


def test_debugging_shows_the_error_behind_the_line(
    freehold: Freehold, environment: pytest.MonkeyPatch
) -> None:
    environment.setenv("FREEHOLD_DEBUG", "1")
    environment.setenv("FREEHOLD_DATABASE_URL", "postgresql://me@127.0.0.1:1/name")
    with pytest.raises(CommandError) as caught:
        freehold("migrate")
    assert isinstance(caught.value.__cause__, ConnectionRefusedError)
