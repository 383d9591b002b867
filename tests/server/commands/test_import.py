"""`freehold import` loads manifests and tells their mistakes."""

import gzip
import os
import pty
import re
import signal
import time
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

import pytest

from resolvers.manifest.objects import FIRST, NO_END
from tests.server.commands.acme import ADA, CY, OBJECTS, ORG, manifest
from tests.server.commands.running import Freehold, Running, on_sqlite, start

LOADED = re.compile(r"Loaded 7 objects in \d+\.\d s \([\d,]+ a second\); Orgs: acme\.\n", re.ASCII)
OTHER = {**ORG, "key": "other"}
WRONG = {"type": "space", "key": "north"}
MISTAKE = 'the field "name" is missing'
WARNING = 'The Org "acme" has no active admin.'


@pytest.mark.usefixtures("database")
def test_what_was_imported_comes_out_again(
    run_freehold: Running,
) -> None:
    outcome = run_freehold("import", "-", stdin=manifest())
    assert (outcome.code, outcome.stderr) == (0, "")
    assert LOADED.fullmatch(outcome.stdout)
    assert run_freehold("export", "acme") == (0, manifest().decode(), "")


@pytest.mark.parametrize("name", ["acme.jsonl", "acme.jsonl.gz", "plain"])
@pytest.mark.parametrize("zipped", [True, False], ids=["gzip", "plain"])
@on_sqlite
@pytest.mark.usefixtures("database")
def test_gzip_is_known_by_its_content_not_its_name(
    freehold: Freehold, tmp_path: Path, zipped: bool, name: str
) -> None:
    path = tmp_path / name
    path.write_bytes(gzip.compress(manifest()) if zipped else manifest())
    outcome = freehold("import", str(path))
    assert (outcome.code, outcome.stderr) == (0, "")
    assert LOADED.fullmatch(outcome.stdout)


@on_sqlite
@pytest.mark.usefixtures("database")
def test_gzip_comes_through_the_standard_input(
    run_freehold: Running,
) -> None:
    outcome = run_freehold("import", "--json", "-", stdin=gzip.compress(manifest()))
    assert outcome.value["objects"] == len(OBJECTS)


@pytest.mark.usefixtures("database")
def test_json_tells_what_was_loaded(freehold: Freehold, tmp_path: Path) -> None:
    path = tmp_path / "acme.jsonl"
    path.write_bytes(manifest(ORG, CY, OTHER, ADA))
    outcome = freehold("import", "--json", str(path))
    seconds = outcome.value.pop("seconds")
    assert isinstance(seconds, float)
    assert outcome.stderr == ""
    assert outcome.value == {
        "objects": 4,
        "orgs": ["acme", "other"],
        "warnings": [WARNING],
        "seconds": seconds,
    }


@on_sqlite
@pytest.mark.usefixtures("database")
def test_what_seems_odd_is_told(freehold: Freehold, tmp_path: Path) -> None:
    path = tmp_path / "acme.jsonl"
    path.write_bytes(manifest(ORG))
    outcome = freehold("import", str(path))
    assert (outcome.code, outcome.stderr) == (0, f"{path}: warning: {WARNING}\n")


@pytest.mark.usefixtures("database")
def test_a_mistake_is_told_by_its_line(freehold: Freehold, tmp_path: Path) -> None:
    path = tmp_path / "acme.jsonl"
    path.write_bytes(manifest(ORG, ADA, WRONG))
    assert freehold("import", str(path)) == (1, "", f"{path}: line 3: {MISTAKE}\n")
    outcome = freehold("import", "--json", str(path))
    assert (outcome.code, outcome.stderr) == (1, "")
    assert outcome.value == {"error": {"line": 3, "message": MISTAKE}}
    assert freehold("export", "acme").code == 1


@on_sqlite
@pytest.mark.usefixtures("database")
def test_the_orgs_before_a_mistake_stay_and_are_told(freehold: Freehold, tmp_path: Path) -> None:
    path = tmp_path / "both.jsonl"
    path.write_bytes(manifest(ORG, ADA, OTHER, WRONG))
    outcome = freehold("import", str(path))
    assert outcome.stderr == f"{path}: line 4: {MISTAKE}; stored before it: acme\n"
    assert freehold("export", "acme").code == 0
    outcome = freehold("import", "--json", str(path))
    assert outcome.value == {"error": {"line": 1, "message": 'the Org "acme" exists already'}}


@pytest.mark.usefixtures("database")
def test_a_file_that_was_cut_at_a_lines_end_is_not_taken_for_whole(
    freehold: Freehold, tmp_path: Path
) -> None:
    path = tmp_path / "acme.jsonl"
    for cut in range(1, len(OBJECTS) + 1):
        path.write_bytes(b"".join(manifest().splitlines(keepends=True)[:cut]))
        assert freehold("import", str(path)) == (1, "", f"{path}: line {cut}: {NO_END}\n")
    assert freehold("export", "acme").code == 1
    assert freehold("import", "--no-end", str(path)).code == 0
    assert freehold("export", "acme").stdout == manifest().decode()


@pytest.mark.parametrize("content", [b"", b"\n", b"[]", b'[\n{"type":"org"}\n]', b"{\n"])
@on_sqlite
@pytest.mark.usefixtures("database")
def test_what_is_no_manifest_is_told_what_one_is(
    freehold: Freehold, tmp_path: Path, content: bytes
) -> None:
    path = tmp_path / "acme.json"
    path.write_bytes(content)
    code, stdout, stderr = freehold("import", str(path))
    assert (code, stdout, stderr.count("\n")) == (1, "", 1)
    assert stderr.startswith(f"{path}: line 1: ")
    assert stderr.endswith((f": {FIRST}\n", f"; {FIRST}\n"))


def position(pid: int, path: Path) -> int:
    """Return how many bytes of a file a process has read; 0 before it has opened it."""
    for descriptor in Path(f"/proc/{pid}/fd").iterdir():
        with suppress(OSError):
            if descriptor.readlink() == path:
                told = Path(f"/proc/{pid}/fdinfo/{descriptor.name}").read_text()
                return int(told.split()[1])
    return 0


@pytest.mark.parametrize("first", [[], [OTHER]])
@pytest.mark.usefixtures("database", "run_freehold")
def test_an_import_that_is_interrupted_says_what_is_there(
    tmp_path: Path, first: list[Mapping[str, object]]
) -> None:
    spaces = ({"type": "space", "key": f"s{n}", "name": f"S {n}"} for n in range(300_000))
    path = tmp_path / "acme.jsonl"
    path.write_bytes(manifest(*first, ORG, *spaces))
    with start("import", str(path)) as process:
        until = time.monotonic() + 60
        while position(process.pid, path) < 1_000_000 and time.monotonic() < until:
            time.sleep(0.05)
        process.send_signal(signal.SIGINT)
        stdout, stderr = process.communicate(timeout=60)
    there = "Stored before it: other." if first else "Nothing is stored."
    told = f"{path}: interrupted. {there}\n".encode()
    assert (process.returncode, stdout, stderr) == (130, b"", told)


def broken(kind: str) -> bytes:
    spaces = [{"type": "space", "key": f"s{n}", "name": f"Space {n}"} for n in range(1000)]
    zipped = gzip.compress(manifest(ORG, ADA, *spaces))
    damaged = bytearray(zipped)
    damaged[-6] ^= 0xFF  # in the checksum
    return {"cut": zipped[:-20], "damaged": bytes(damaged), "no gzip": b"\x1f\x8bletter"}[kind]


@pytest.mark.parametrize("kind", ["cut", "damaged", "no gzip"])
@on_sqlite
@pytest.mark.usefixtures("database")
def test_a_broken_gzip_file_is_told_and_nothing_is_stored(
    freehold: Freehold, tmp_path: Path, kind: str
) -> None:
    path = tmp_path / "acme.jsonl.gz"
    path.write_bytes(broken(kind))
    outcome = freehold("import", str(path))
    assert (outcome.code, outcome.stdout) == (1, "")
    assert outcome.stderr.startswith(f"{path}: it can't be read: ")
    assert outcome.stderr.count("\n") == 1
    assert freehold("export", "acme").code == 1


@pytest.mark.parametrize(
    ("name", "reason"), [("absent", "No such file or directory"), (".", "Is a directory")]
)
def test_a_file_that_cannot_be_read_is_told(freehold: Freehold, name: str, reason: str) -> None:
    assert freehold("import", name) == (1, "", f"{name}: it can't be read: {reason}.\n")


@on_sqlite
@pytest.mark.usefixtures("database", "run_freehold")
def test_a_terminal_shows_progress(environment: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "acme.jsonl").write_bytes(manifest())
    environment.setenv("TERM", "xterm")
    ours, theirs = pty.openpty()
    with start("import", "acme.jsonl", stderr=theirs) as process:
        stdout, _ = process.communicate(timeout=120)
    os.close(theirs)
    shown = os.read(ours, 100_000).decode()
    os.close(ours)
    assert LOADED.fullmatch(stdout.decode())
    assert "acme.jsonl" in shown
    assert "objects" in shown
