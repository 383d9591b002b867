"""`freehold backup` and `freehold restore`, while a server runs, and what they refuse."""

import sqlite3
import stat
import threading
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import orjson
import pytest
from sqlalchemy import make_url
from starlette.testclient import TestClient

from db.engine import open_engine
from db.epoch import SKIPPED
from server.app import create_app
from tests.databases import downgrade, run
from tests.server.asking import Client, settings_for, store_orgs
from tests.server.commands.running import Freehold, execute, on_postgresql, on_sqlite

CHANGE = """mutation($key: String!) {
  spaceCreate(input: { key: $key, name: $key }) { node { id } errors { code } revision }
}"""
KEYS = "{ org { spaces { nodes { key } } } }"


@pytest.fixture
def client(database: str) -> Iterator[Client]:
    """A server on the database that the commands use, too."""
    orgs = run(store_orgs(database))
    with TestClient(create_app(settings_for(database))) as http:
        yield Client(http, orgs)


def file_of(database: str) -> Path:
    return Path(str(make_url(database).database))


def make(client: Client, key: str) -> tuple[str, int]:
    answer = client.ask(CHANGE, {"key": key}).json()["data"]["spaceCreate"]
    assert answer["errors"] == []
    return answer["node"]["id"], answer["revision"]


def keys(client: Client) -> list[str]:
    return [node["key"] for node in client.ask(KEYS).json()["data"]["org"]["spaces"]["nodes"]]


def tag_of(client: Client, **headers: str) -> tuple[int, str]:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    response = client.send("GET", params={"query": KEYS}, headers={**client.bearer(), **named})
    return response.status_code, response.headers["etag"]


@on_sqlite
def test_a_running_server_goes_on_with_what_was_restored(
    freehold: Freehold, client: Client, tmp_path: Path
) -> None:
    backup = tmp_path / "backup.db"
    make(client, "kept")
    assert freehold("backup", str(backup)).code == 0
    assert stat.S_IMODE(backup.stat().st_mode) == 0o600
    lost, revision = make(client, "lost")
    _, tag = tag_of(client)
    outcome = freehold("restore", str(backup), "--json")
    assert outcome.code == 0
    value = orjson.loads(outcome.stdout.splitlines()[-1])  # the server's log is above it
    assert keys(client) == ["core", "kept", "lab"]
    made, after = make(client, "other")
    assert (made != lost, after) == (True, revision + SKIPPED)  # an event tells of the restoring
    assert tag_of(client, If_None_Match=tag)[0] == 200
    with closing(sqlite3.connect(value["before"])) as before:
        assert before.execute("SELECT count(*) FROM space WHERE key = 'lost'").fetchone() == (1,)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["backup.db"]


@on_sqlite
def test_the_same_state_reached_twice_has_two_tags(
    freehold: Freehold, client: Client, tmp_path: Path
) -> None:
    backup = tmp_path / "backup.db"
    freehold("backup", str(backup))
    _, tag = tag_of(client)
    freehold("restore", str(backup))
    assert tag_of(client, If_None_Match=tag)[0] == 200


def test_an_epoch_ends_tags(freehold: Freehold, client: Client) -> None:
    _, tag = tag_of(client)
    assert tag_of(client, If_None_Match=tag)[0] == 304
    outcome = freehold("epoch", "--json")
    assert (outcome.code, orjson.loads(outcome.stdout.splitlines()[-1])["orgs"]) == (0, 2)
    assert tag_of(client, If_None_Match=tag)[0] == 200


@on_sqlite
def test_what_was_acknowledged_before_a_backup_began_is_in_it(
    freehold: Freehold, client: Client, tmp_path: Path
) -> None:
    """While changes go on, each backup is of one moment."""
    stop, made = threading.Event(), list[str]()

    def change() -> None:
        while not stop.is_set():
            make(client, f"space{len(made)}")
            made.append(f"space{len(made)}")

    thread = threading.Thread(target=change)
    thread.start()
    try:
        for number in range(3):
            known = set(made)
            path = tmp_path / f"{number}.db"
            assert freehold("backup", str(path)).code == 0
            with closing(sqlite3.connect(path)) as copy:
                (revision,) = copy.execute("SELECT revision FROM org WHERE key = 'acme'").fetchone()
                (last,) = copy.execute(
                    "SELECT max(revision) FROM event WHERE org_id = 1"
                ).fetchone()
                stored = {key for (key,) in copy.execute("SELECT key FROM space")}
            assert revision == last
            assert known <= stored
    finally:
        stop.set()
        thread.join()


async def made_older(url: str) -> None:
    engine = open_engine(url)
    async with engine.begin() as connection:
        await connection.run_sync(downgrade, "0010")
    await engine.dispose()


@on_sqlite
def test_a_backup_of_an_older_version_is_brought_to_this_one(
    freehold: Freehold, acme: str, tmp_path: Path
) -> None:
    backup = tmp_path / "backup.db"
    freehold("backup", str(backup))
    run(made_older(f"sqlite:///{backup}"))
    file_of(acme).unlink()
    assert freehold("restore", str(backup)).code == 0
    assert freehold("export", "acme").code == 0


@on_sqlite
@pytest.mark.parametrize(
    ("damage", "said"),
    [
        (b"nonsense" * 1_000, "isn't an SQLite database"),
        (b"SQLite format 3\0" + b"x" * 10_000, "can't be used"),
        (None, "There is no"),
    ],
)
def test_what_is_no_backup_is_refused_and_changes_nothing(
    freehold: Freehold, acme: str, tmp_path: Path, *, damage: bytes | None, said: str
) -> None:
    path = tmp_path / "backup.db"
    if damage is not None:
        path.write_bytes(damage)
    before = file_of(acme).read_bytes()
    outcome = freehold("restore", str(path))
    assert outcome.code == 1
    assert said in outcome.stderr
    assert file_of(acme).read_bytes() == before


@on_sqlite
@pytest.mark.parametrize(
    ("statement", "said"),
    [
        ("UPDATE alembic_version SET version_num = '9999'", "doesn't know"),
        ("DELETE FROM alembic_version", "doesn't tell its version"),
        (
            "UPDATE principal SET account_id = 4711 WHERE key = 'ada'",
            "refers to none of account",
        ),
    ],
)
def test_a_backup_that_is_of_no_use_here_is_refused(
    freehold: Freehold, acme: str, tmp_path: Path, *, statement: str, said: str
) -> None:
    backup = tmp_path / "backup.db"
    freehold("backup", str(backup))
    with closing(sqlite3.connect(backup)) as other, other:
        other.execute(statement)
    outcome = freehold("restore", str(backup))
    assert outcome.code == 1
    assert said in outcome.stderr
    assert freehold("export", "acme").code == 0
    assert [path for path in file_of(acme).parent.iterdir() if "before" in path.name] == []


@on_sqlite
def test_a_restore_takes_the_place_of_what_is_damaged(
    freehold: Freehold, acme: str, tmp_path: Path
) -> None:
    backup = tmp_path / "backup.db"
    freehold("backup", str(backup))
    file_of(acme).write_bytes(b"nonsense")
    outcome = freehold("restore", str(backup), "--json")
    assert outcome.code == 0
    assert Path(outcome.value["before"]).read_bytes() == b"nonsense"
    assert freehold("export", "acme").code == 0


@on_sqlite
def test_a_backup_of_a_damaged_database_is_not_kept(
    freehold: Freehold, database: str, tmp_path: Path
) -> None:
    run(execute(database, "PRAGMA foreign_keys = OFF"))
    with closing(sqlite3.connect(file_of(database))) as other, other:
        other.execute("INSERT INTO answer VALUES (1, 1, 'k', 'f', '{}', 0)")
    outcome = freehold("backup", str(tmp_path / "backup.db"))
    assert outcome.code == 1
    assert "is damaged: a row of answer refers to none of" in outcome.stderr
    assert list(tmp_path.iterdir()) == []


@on_postgresql
@pytest.mark.parametrize(("command", "tool"), [("backup", "pg_dump"), ("restore", "pg_restore")])
def test_postgresql_is_backed_up_by_its_own_means(
    freehold: Freehold, database: str, command: str, tool: str
) -> None:
    assert database
    outcome = freehold(command, "x.dump")
    assert outcome.code == 1
    assert tool in outcome.stderr


@on_sqlite
def test_what_a_killed_backup_left_is_removed_by_the_next(
    freehold: Freehold, acme: str, tmp_path: Path
) -> None:
    assert acme
    left = tmp_path / ".backup.db-left"
    left.write_bytes(b"half")
    assert freehold("backup", str(tmp_path / "backup.db")).code == 0
    assert not left.exists()


def test_a_tag_is_weak_and_of_this_secret_alone(database: str) -> None:
    orgs, tags = run(store_orgs(database)), set[str]()
    for secret in (
        "a first secret that is long enough",
        "a first secret that is long enough",
        "b" * 40,
    ):
        from tests.server import asking  # noqa: PLC0415

        with TestClient(create_app(settings_for(database, secret=secret))) as http:
            token = asking.token_for(orgs.accounts["ada"], orgs.acme.org_id, secret=secret)
            response = http.get(
                "/graphql", params={"query": KEYS}, headers={"Authorization": f"Bearer {token}"}
            )
        tags.add(response.headers["etag"])
        assert response.headers["etag"].startswith('W/"')
    assert len(tags) == 2
