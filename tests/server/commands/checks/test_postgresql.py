"""What follows from a PostgreSQL server's answers."""

import pytest

from server.commands.checks.finding import State
from server.commands.checks.postgresql import Server, judge

SOUND = Server("18.4", 180004, "UTF8", replica=False, read_only=False, schema="s", may_create=True)


def test_a_sound_server_has_nothing_wrong() -> None:
    assert {finding.state for finding in judge(SOUND)} == {State.OK}


@pytest.mark.parametrize(
    ("server", "check", "found"),
    [
        (SOUND._replace(version="13.9", number=130009), "PostgreSQL", "13.9"),
        (SOUND._replace(encoding="SQL_ASCII"), "encoding", "SQL_ASCII"),
        (SOUND._replace(replica=True, read_only=True), "writing", "This server is a replica."),
        (SOUND._replace(read_only=True), "writing", "Transactions are read-only."),
        (SOUND._replace(may_create=False), "schema", "Tables can't be made in s."),
    ],
)
def test_each_lack_is_found_alone(server: Server, check: str, found: str) -> None:
    wrong = [finding for finding in judge(server) if finding.state is State.WRONG]
    assert [(finding.check, finding.found) for finding in wrong] == [(check, found)]
    assert wrong[0].remedy


def test_the_oldest_version_will_do() -> None:
    assert judge(SOUND._replace(number=140000))[0].state is State.OK
