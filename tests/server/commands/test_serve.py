"""`freehold serve` listens, serves, logs and stops, or says in one line why it can't."""

import json
import signal
import socket
import subprocess
import time
from collections.abc import Generator, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx2
import pytest

from tests.server.commands.acme import manifest
from tests.server.commands.running import Freehold, Running, on_sqlite, start

NOT_HTTPS = (
    "FREEHOLD_OIDC_ISSUER or _JWKS_URL: http://login.example.org/keys isn't https: "
    "whoever sits between could sign as anyone.\n"
)
QUERY = {"query": "query Name { viewer { account { name } } }"}


class Server:
    """A server that runs, and what it has logged."""

    def __init__(self, process: subprocess.Popen[bytes]) -> None:
        assert process.stderr
        self.process, self.stderr = process, process.stderr
        self.entries: list[dict[str, Any]] = []
        self.url = str(self.wait_for("listening")["url"])

    def read(self) -> Iterator[dict[str, Any]]:
        for line in self.stderr:
            self.entries.append(json.loads(line))
            yield self.entries[-1]

    def wait_for(self, event: str) -> dict[str, Any]:
        return next(entry for entry in self.read() if entry["event"] == event)

    def stop(self, number: signal.Signals) -> int:
        self.process.send_signal(number)
        list(self.read())
        return self.process.wait(60)


@contextmanager
def serving(before: Sequence[str] = (), after: Sequence[str] = ()) -> Generator[Server]:
    """Run the server with these options before and after the command's name."""
    with start(*before, "serve", "--port", "0", *after) as process:
        try:
            yield Server(process)
        finally:
            process.terminate()


@pytest.mark.usefixtures("database")
def test_it_serves_and_logs_and_stops(run_freehold: Running) -> None:
    run_freehold("import", "-", stdin=manifest())
    token = run_freehold("token", "ada", "--org", "acme").stdout.strip()
    headers = {"Authorization": f"Bearer {token}", "X-Request-Id": "the-request"}
    with serving() as server:
        assert server.entries[-1]["graphiql"] == f"{server.url}/graphiql"
        with httpx2.Client(base_url=server.url, timeout=60) as client:
            ready = client.get("/readyz")
            answer = client.post("/graphql", json=QUERY, headers=headers)
        code = server.stop(signal.SIGTERM)
    assert (ready.status_code, ready.json()) == (200, {"status": "ready"})
    assert answer.json()["data"] == {"viewer": {"account": {"name": "Ada"}}}
    assert "server" not in answer.headers
    assert code == 0
    entry = next(each for each in server.entries if each.get("request_id") == "the-request")
    assert (entry["event"], entry["status"], entry["operation"]) == ("graphql", 200, "Name")
    assert [each["level"] for each in server.entries if each["level"] != "info"] == []
    assert token not in json.dumps(server.entries)


@on_sqlite
@pytest.mark.usefixtures("run_freehold")
def test_workers_get_the_settings_of_the_command(
    environment: pytest.MonkeyPatch, database: str
) -> None:
    environment.setenv("FREEHOLD_DATABASE_URL", "sqlite:///absent/other.db")
    with serving(["--database-url", database], ["--workers", "2"]) as server:
        ready = httpx2.get(f"{server.url}/readyz", timeout=60)
        for _ in range(2):
            server.wait_for("Application startup complete.")
        code = server.stop(signal.SIGINT)
    assert (ready.status_code, code) == (200, 0)


@pytest.mark.usefixtures("run_freehold")
def test_a_database_that_is_not_migrated_is_a_warning() -> None:
    with serving() as server:
        ready = httpx2.get(f"{server.url}/readyz", timeout=60)
        code = server.stop(signal.SIGINT)
    assert (ready.status_code, code) == (503, 0)
    warning = server.entries[0]
    assert (warning["level"], warning["problem"]) == (
        "warning",
        "There is no database var/freehold.db yet: run `freehold migrate`.",
    )


def test_a_port_in_use_is_told(freehold: Freehold) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
        outcome = freehold("serve", "--port", str(port))
    problem = f"127.0.0.1:{port} can't be listened on: address already in use."
    message = f"{problem} Stop what listens there, or use another --port.\n"
    assert outcome == (1, "", message)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--host", "192.0.2.1"], "192.0.2.1:8000 can't be listened on: "),
        (["--host", "2001:db8::1"], "[2001:db8::1]:8000 can't be listened on: "),
    ],
)
def test_an_address_that_is_not_ours_is_told(
    freehold: Freehold, options: list[str], message: str
) -> None:
    outcome = freehold("serve", *options)
    assert (outcome.code, outcome.stdout, outcome.stderr.count("\n")) == (1, "", 1)
    assert outcome.stderr.startswith(message)


@pytest.mark.parametrize("options", [["--port", "65536"], ["--workers", "0"], ["--port", "x"]])
def test_a_number_that_makes_no_sense_is_told(freehold: Freehold, options: list[str]) -> None:
    outcome = freehold("serve", *options)
    assert (outcome.code, outcome.stdout, outcome.stderr.count("\n")) == (2, "", 1)
    assert outcome.stderr.startswith(f"Invalid value for '{options[0]}': ")


@pytest.mark.parametrize(
    ("settings", "told"),
    [
        ({"SECRET": "short"}, (2, "", "FREEHOLD_SECRET: it must have 32 bytes or more.\n")),
        (
            {
                "OIDC_ISSUER": "https://login.example.org",
                "OIDC_AUDIENCE": "api",
                "OIDC_JWKS_URL": "http://login.example.org/keys",
            },
            (2, "", NOT_HTTPS),
        ),
        (
            {"DATABASE_URL": "sqlite:///file/freehold.db"},
            (1, "", "FREEHOLD_DATABASE_URL: file: File exists.\n"),
        ),
    ],
)
def test_a_setting_that_cannot_be_used_is_told(
    freehold: Freehold,
    environment: pytest.MonkeyPatch,
    tmp_path: Path,
    *,
    settings: dict[str, str],
    told: tuple[int, str, str],
) -> None:
    (tmp_path / "file").touch()
    for name, value in settings.items():
        environment.setenv(f"FREEHOLD_{name}", value)
    assert freehold("serve", "--port", "0") == told


@pytest.mark.usefixtures("run_freehold")
def test_the_demo_is_loaded_and_its_links_lead_to_where_it_listens() -> None:
    with start("serve", "--demo", "--port", "0") as process:
        server = Server(process)
        page = httpx2.get(f"{server.url}/", timeout=60)
        code = server.stop(signal.SIGINT)
        assert process.stdout
        told = process.stdout.read().decode().splitlines()
    assert (page.status_code, code) == (200, 0)
    assert (told[0][:13], told[1]) == ("The database ", "The demo is loaded.")
    links = [line.strip().partition("#")[0] for line in told[3::2]]
    assert links == [f"{server.url}/graphiql"] * 3


def test_a_port_in_use_is_told_before_the_demo_is_loaded(
    freehold: Freehold, tmp_path: Path
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        outcome = freehold("serve", "--demo", "--port", str(listener.getsockname()[1]))
    assert (outcome.code, outcome.stdout) == (1, "")
    assert "already in use" in outcome.stderr
    assert not [*tmp_path.glob("**/*.db")]


@pytest.mark.usefixtures("run_freehold")
def test_a_database_that_is_not_migrated_is_told_once(environment: pytest.MonkeyPatch) -> None:
    environment.setenv("FREEHOLD_BACKGROUND_SECONDS", "1")
    with serving() as server:
        time.sleep(3.5)
        server.stop(signal.SIGINT)
    told = [entry for entry in server.entries if entry["level"] != "info"]
    events = ["the database isn't ready", "background work waits for the database"]
    assert [entry["event"] for entry in told] == events
    assert ["run `freehold migrate`" in entry["problem"] for entry in told] == [True, True]


@pytest.mark.usefixtures("run_freehold")
def test_ctrl_c_while_it_starts_is_quiet(environment: pytest.MonkeyPatch) -> None:
    environment.setenv("PYTHONUNBUFFERED", "1")
    for seconds in (0.4, 0.8, 1.2):
        with start("serve", "--port", "0") as process:
            time.sleep(seconds)
            process.send_signal(signal.SIGINT)
            try:
                _, stderr = process.communicate(timeout=60)
            finally:
                process.kill()
        assert b"Traceback" not in stderr
        assert process.returncode in (0, 130, -signal.SIGINT)  # the last before Python hears it
