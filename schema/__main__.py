"""Writes the schema's text, or checks that the one in the repository is up to date."""

import difflib
import sys
from pathlib import Path

from schema.root import build_schema

FILE = Path(__file__).parent / "schema.graphql"


def main(arguments: list[str]) -> int:
    """Write the file; with `--check` only compare, print the difference and return 1 for any."""
    text = build_schema().as_str() + "\n"
    if "--check" not in arguments:
        FILE.write_text(text, encoding="utf-8")
        return 0
    committed = FILE.read_text(encoding="utf-8") if FILE.exists() else ""
    changes = difflib.unified_diff(committed.splitlines(), text.splitlines(), "committed", "built")
    sys.stdout.writelines(f"{line}\n" for line in changes)
    return int(committed != text)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
