"""The Chromium that tests open pages in."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from playwright.sync_api import Browser, sync_playwright

NAMES = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
REMEDY = "Install the Debian package chromium-headless-shell."


def executable() -> str:
    """The path of a Chromium. Without one the test is skipped, or fails where CI is set."""
    path = next((path for name in NAMES if (path := shutil.which(name))), None)
    if path:
        return path
    if os.environ.get("CI"):
        pytest.fail(f"No Chromium is on the PATH, so no page was looked at. {REMEDY}", pytrace=False)
    pytest.skip(f"no Chromium is on the PATH. {REMEDY}")


@contextmanager
def chromium() -> Iterator[Browser]:
    """A running browser."""
    path = executable()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])
        yield browser
        browser.close()
