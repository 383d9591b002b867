"""`freehold migrate` brings a database to the newest version and says so."""

import orjson
import pytest

from db.version import newest_version
from tests.databases import run
from tests.server.commands.running import Freehold, Running, execute, on_sqlite
from tests.server.test_versions import OTHERS, UNTOLD_SAID


@pytest.mark.usefixtures("empty_database")
def test_an_empty_database_becomes_the_newest(
    run_freehold: Running,
) -> None:
    text = f"The database was empty and is now at version {newest_version()}.\n"
    assert run_freehold("migrate") == (0, text, "")
    text = f"The database is at the newest version already, {newest_version()}.\n"
    assert run_freehold("migrate") == (0, text, "")


@pytest.mark.usefixtures("empty_database")
def test_the_versions_are_told_as_json(
    freehold: Freehold,
) -> None:
    assert freehold("migrate", "--json").value == {"from": None, "to": newest_version()}
    assert freehold("migrate", "--json").value == {
        "from": newest_version(),
        "to": newest_version(),
    }


@on_sqlite
def test_a_database_of_a_newer_program_is_left_alone(freehold: Freehold, database: str) -> None:
    run(execute(database, "UPDATE alembic_version SET version_num = 'abcd'"))
    message = (
        "The database is at version abcd, which this Freehold doesn't know: "
        "a newer one has migrated it. Install that one.\n"
    )
    assert freehold("migrate") == (1, "", message)


@pytest.mark.parametrize(("statements", "said"), OTHERS)
def test_commands_say_so_and_leave_it_alone(
    freehold: Freehold, database: str, statements: list[str], said: str
) -> None:
    run(execute(database, *statements))
    assert freehold("export", "acme") == (1, "", f"{said}\n")
    outcome = freehold("doctor", "--json")
    (found,) = (one for one in orjson.loads(outcome.stdout) if one["check"] == "migrations")
    assert found["state"] == "wrong"
    assert f"{found['found']} {found['remedy']}".lower() == said.replace(": ", ". ", 1).lower()


def test_a_database_that_lost_its_version_is_left_alone(freehold: Freehold, database: str) -> None:
    run(execute(database, "DELETE FROM alembic_version"))
    assert freehold("migrate") == (1, "", f"{UNTOLD_SAID}\n")
