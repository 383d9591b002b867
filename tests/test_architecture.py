"""What holds for every file: how it opens, how long it is, and what it never mentions."""

import ast
import re
from collections.abc import Iterator
from importlib.metadata import packages_distributions
from pathlib import Path

import orjson
import pytest

ROOT = Path(__file__).parent.parent
PACKAGES = ("auth", "bench", "db", "engine", "resolvers", "schema", "server", "tests")
OTHER_FOLDERS = (".ci", "docs", "graphiql", "requirements")
MADE_BY_TOOLS = {"__pycache__", "node_modules", "dist"}
LONGEST = 400  # lines
WRITTEN_ONCE = "db/migrations/versions/"  # by Alembic; as long as the tables are many
READERS_OF_THE_ENVIRONMENT = {
    "server/settings.py": "the settings",
    "bench/abuse/target.py": "what the server that is attacked gets, beside its own settings",
    "server/command_line.py": "whether faults are shown in full, before there are settings",
    "server/commands/doctor.py": "names that look like settings and aren't",
    "server/commands/serve.py": "hands --database over to worker processes",
}
# In pieces, so that this file doesn't mention them either.
NEVER_MENTIONED = ("registry." + "npmjs", "pypi." + "org", "files." + "pythonhosted")
MACHINE_PATHS = ("work", "root", "tmp")


def files(*folders: str) -> Iterator[tuple[str, Path]]:
    """Give the files of the folders with their paths from the root."""
    for folder in folders:
        for path in sorted((ROOT / folder).rglob("*")):
            inside = path.relative_to(ROOT)
            if path.is_file() and not MADE_BY_TOOLS & {*inside.parts}:
                yield inside.as_posix(), path


MODULES = {
    name: ast.parse(path.read_text()) for name, path in files(*PACKAGES) if path.suffix == ".py"
}
TEXTS = {
    name: path.read_text(errors="replace")
    for name, path in (
        *files(*PACKAGES, *OTHER_FOLDERS),
        *((path.name, path) for path in ROOT.iterdir() if path.is_file()),
    )
}
LOCKS = ["requirements/dev.lock", "requirements/node.lock", "requirements/run.lock"]
NPM_LOCKS = ["graphiql/package-lock.json", "tests/server/audits/package-lock.json"]


def test_every_package_and_its_modules_are_looked_at() -> None:
    assert {name.partition("/")[0] for name in MODULES} == set(PACKAGES)
    assert "tests/test_architecture.py" in MODULES
    assert {"pyproject.toml", "README.md", *LOCKS, *NPM_LOCKS} <= TEXTS.keys()


def test_every_module_opens_with_a_sentence() -> None:
    openings = {name: ast.get_docstring(module) or "" for name, module in MODULES.items()}
    firsts = {name: opening.partition("\n")[0] for name, opening in openings.items()}
    sentence = re.compile(r".+[.!?:`]")
    assert {name: first for name, first in firsts.items() if not sentence.fullmatch(first)} == {}


def test_a_package_holds_a_docstring_and_nothing_else() -> None:
    packages = {name: node for name, node in MODULES.items() if name.endswith("__init__.py")}
    assert {name for name, package in packages.items() if len(package.body) != 1} == set()
    assert "db/__init__.py" in packages


def test_no_module_is_too_long() -> None:
    lengths = {name: len(TEXTS[name].splitlines()) for name in MODULES}
    too_long = {name for name, length in lengths.items() if length > LONGEST}
    assert {name for name in too_long if not name.startswith(WRITTEN_ONCE)} == set()


@pytest.mark.parametrize("package", PACKAGES)
def test_no_installed_distribution_provides_a_package_of_ours(package: str) -> None:
    assert set(packages_distributions().get(package, ())) <= {"freehold"}


def test_the_environment_is_read_in_few_places() -> None:
    words = {"environ", "environb", "getenv", "BaseSettings"}
    readers = {name for name, module in MODULES.items() if words & set(names_in(module))}
    assert {name for name in readers if not name.startswith("tests/")} == set(
        READERS_OF_THE_ENVIRONMENT
    )


def names_in(module: ast.Module) -> Iterator[str]:
    """Give the names that a module uses, attributes and imports among them."""
    for node in ast.walk(module):
        if isinstance(node, ast.Attribute):
            yield node.attr
        elif isinstance(node, ast.Name):
            yield node.id
        elif isinstance(node, ast.alias):
            yield node.name


def test_no_merge_is_left_half_done() -> None:
    marks = re.compile(r"^(<{7}|>{7}) ", re.MULTILINE)
    assert {name for name, text in TEXTS.items() if marks.search(text)} == set()


@pytest.mark.parametrize("words", [*NEVER_MENTIONED, *(f"/{name}/" for name in MACHINE_PATHS)])
def test_no_file_mentions_a_registry_or_a_path_of_somebodys_machine(words: str) -> None:
    mentioned = re.compile(rf"(?<![\w.~]){re.escape(words)}")
    assert {name for name, text in TEXTS.items() if mentioned.search(text)} == set()


@pytest.mark.parametrize("lock", LOCKS)
def test_every_locked_requirement_has_its_hashes(lock: str) -> None:
    lines = TEXTS[lock].replace("\\\n", "").splitlines()
    requirement = re.compile(r"[a-z0-9._-]+==[^\s;]+( ; [^#]*?)?(\s+--hash=sha256:[0-9a-f]{64})+")
    assert [line for line in lines if not requirement.fullmatch(line)] == []
    assert lines


@pytest.mark.parametrize("lock", NPM_LOCKS)
def test_every_locked_npm_package_has_its_hash_and_no_address(lock: str) -> None:
    packages: dict[str, dict[str, object]] = orjson.loads(TEXTS[lock])["packages"]
    del packages[""]  # our own
    assert {name for name, package in packages.items() if "integrity" not in package} == set()
    assert {name for name, package in packages.items() if "resolved" in package} == set()
    assert packages
