"""An SQLite file that is taken from under a server: nothing is acknowledged, and it is said why."""

import shutil
from pathlib import Path

from sqlalchemy import make_url

from db.errors import REPLACED
from server.health import OTHER_FILE
from tests.server.asking import Log
from tests.server.test_waiting import READ, served


async def test_a_server_whose_file_was_replaced_says_so_until_it_is_back(
    sqlite_url: str, log: Log
) -> None:
    path = Path(str(make_url(sqlite_url).database))
    async with served(sqlite_url) as api:
        assert (await api.describe("acme", "core", "before")).status_code == 200
        replace(path)
        told = [await api.describe("acme", "core", "lost"), await api.ask("acme", READ)]
        ready = await api.get("/readyz")
        live = await api.get("/livez")
        bring_back(path)
        after = await api.describe("acme", "core", "after")
        ready_again = await api.get("/readyz")
    assert [each.status_code for each in told] == [503, 503]
    errors = [each.json()["errors"][0] for each in told]
    assert {each["extensions"]["code"] for each in errors} == {"UNAVAILABLE"}
    assert {each["message"] for each in errors} == {REPLACED.message}
    assert (ready.status_code, ready.json()["problem"]) == (503, OTHER_FILE)
    assert live.status_code == 200
    assert [each["problem"] for each in log.entries("not ready")] == [OTHER_FILE]
    assert after.json()["data"] == {"spaceUpdate": {"errors": []}}
    assert ready_again.status_code == 200


def replace(path: Path) -> None:
    """Put a copy in the file's place."""
    path.rename(f"{path}-away")
    shutil.copy(f"{path}-away", path)


def bring_back(path: Path) -> None:
    """Put the file back."""
    Path(f"{path}-away").replace(path)
