"""Tables in Markdown."""

import os
import platform
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime


def table(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Return a table; the rows hold texts."""
    lines = [heads, ["---"] * len(heads), *rows]
    return "\n".join(f"| {' | '.join(cells)} |" for cells in lines) + "\n"


def machine() -> str:
    """Return where and when it was measured."""
    today = datetime.now(UTC).date().isoformat()
    cores = f"{os.cpu_count()} cores"
    return f"{platform.machine()}, {cores}, Python {platform.python_version()}, {today}"
