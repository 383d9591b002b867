"""`freehold export` writes an Org to stdout, or to a file that appears only when whole."""

import os
import stat
import time
from pathlib import Path

import pytest

from tests.server.commands.acme import ADA, ORG, manifest
from tests.server.commands.running import Freehold, on_sqlite, start


@pytest.mark.usefixtures("acme")
def test_an_export_is_written_to_stdout(freehold: Freehold) -> None:
    assert freehold("export", "acme") == (0, manifest().decode(), "")


@pytest.mark.usefixtures("acme")
def test_an_export_is_written_to_a_file_only_its_owner_reads(
    freehold: Freehold, tmp_path: Path
) -> None:
    path = tmp_path / "out.jsonl"
    path.write_text("older")
    assert freehold("export", "acme", "--output", str(path)) == (0, "", "")
    assert path.read_bytes() == manifest()
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


@pytest.mark.usefixtures("acme")
def test_an_unknown_org_leaves_the_file_as_it_was(freehold: Freehold, tmp_path: Path) -> None:
    folder = tmp_path / "exports"
    folder.mkdir()
    path = folder / "out.jsonl"
    path.write_text("older")
    message = 'There is no Org "Acme".\n'
    assert freehold("export", "Acme", "--output", str(path)) == (1, "", message)
    assert freehold("export", "Acme") == (1, "", message)
    assert ([each.name for each in folder.iterdir()], path.read_text()) == (["out.jsonl"], "older")


@on_sqlite
@pytest.mark.usefixtures("acme")
def test_a_link_is_followed_and_stays(freehold: Freehold, tmp_path: Path) -> None:
    link, path = tmp_path / "link.jsonl", tmp_path / "out.jsonl"
    link.symlink_to(path)
    assert freehold("export", "acme", "-o", str(link)).code == 0
    assert (link.is_symlink(), path.read_bytes()) == (True, manifest())


@pytest.mark.parametrize(
    ("output", "reason"),
    [("absent/out.jsonl", "No such file or directory"), (".", "Is a directory")],
)
@on_sqlite
@pytest.mark.usefixtures("acme")
def test_a_file_that_cannot_be_written_is_told(
    freehold: Freehold, output: str, reason: str
) -> None:
    message = f"The export can't be written: {reason}.\n"
    assert freehold("export", "acme", "--output", output) == (1, "", message)


@on_sqlite
@pytest.mark.usefixtures("acme")
def test_a_pipe_is_written_to_not_replaced(freehold: Freehold, tmp_path: Path) -> None:
    path = tmp_path / "pipe"
    os.mkfifo(path)
    reader = os.open(path, os.O_RDONLY | os.O_NONBLOCK)
    assert freehold("export", "acme", "--output", str(path)) == (0, "", "")
    assert (path.is_fifo(), os.read(reader, 100_000)) == (True, manifest())
    os.close(reader)


@on_sqlite
@pytest.mark.usefixtures("database", "run_freehold")
def test_a_reader_who_has_enough_ends_it_quietly(freehold: Freehold, tmp_path: Path) -> None:
    spaces = [{"type": "space", "key": f"s{n}", "name": f"Space {n}"} for n in range(5_000)]
    path = tmp_path / "large.jsonl"
    path.write_bytes(manifest(ORG, ADA, *spaces))
    assert freehold("import", str(path)).code == 0
    with start("export", "acme") as process:
        assert process.stdout
        assert process.stderr
        assert process.stdout.readline() == manifest(ORG, end=False)
        process.stdout.close()
        assert (process.stderr.read(), process.wait()) == (b"", 1)


@on_sqlite
@pytest.mark.usefixtures("acme", "run_freehold")
def test_what_a_killed_export_left_is_removed_by_the_next(
    freehold: Freehold, tmp_path: Path
) -> None:
    target = tmp_path / "out" / "acme.jsonl"
    target.parent.mkdir()
    with start("export", "acme", "-o", str(target)) as process:
        until = time.monotonic() + 60
        while not any(target.parent.iterdir()) and time.monotonic() < until:
            time.sleep(0.001)
        process.kill()
    assert freehold("export", "acme", "-o", str(target)).code == 0
    assert [*target.parent.iterdir()] == [target]
    assert target.read_bytes() == manifest()
