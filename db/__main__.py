"""Checks that the migrations lead to what the models say: `python -m db --check`."""

import asyncio
import sys
import tempfile

from db.engine import open_engine
from db.migrate import differences, migrate


async def check() -> int:
    """Migrate an empty SQLite database, print how the models differ, return 1 if they do."""
    with tempfile.TemporaryDirectory() as folder:
        engine = open_engine(f"sqlite:///{folder}/check.db")
        await migrate(engine)
        found = await differences(engine)
        await engine.dispose()
    sys.stdout.writelines(f"{difference}\n" for difference in found)
    return int(bool(found))


if __name__ == "__main__":
    sys.exit(asyncio.run(check()))
