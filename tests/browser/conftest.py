"""A real browser for tests of the built page."""

import os
import shutil
from collections.abc import AsyncIterator
from pathlib import Path
from typing import NoReturn

import pytest
from playwright.async_api import async_playwright

from tests.browser.driving import Browser

DIST = Path(__file__).parents[2] / "graphiql" / "dist"
EXECUTABLES = ("chromium", "chromium-browser", "google-chrome")
ARGUMENTS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]


@pytest.fixture
def dist() -> Path:
    """The folder of the built page."""
    if not (DIST / "index.html").is_file():
        lack("GraphiQL is not built: run `make graphiql`")
    return DIST


@pytest.fixture
def chromium() -> str:
    """The path of the browser."""
    found = [path for name in EXECUTABLES if (path := shutil.which(name))]
    if not found:
        lack(f"no browser is installed under the names {', '.join(EXECUTABLES)}")
    return found[0]


@pytest.fixture
async def browser(chromium: str, tmp_path: Path) -> AsyncIterator[Browser]:
    """Chromium with a profile of its own, gone when the test ends."""
    async with async_playwright() as playwright:
        context = await playwright.chromium.launch_persistent_context(
            tmp_path / "profile", executable_path=chromium, args=ARGUMENTS
        )
        yield Browser(context)
        await context.close()


def lack(reason: str) -> NoReturn:
    """Leaves the test out, or fails it where FREEHOLD_REQUIRE_BROWSER is set."""
    if os.environ.get("FREEHOLD_REQUIRE_BROWSER"):
        pytest.fail(reason)
    pytest.skip(reason)
