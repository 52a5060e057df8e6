"""A headless Chromium that opens pages of a folder from disk."""

from __future__ import annotations

from pathlib import Path

from playwright.sync_api import Browser as Chromium
from playwright.sync_api import Page
from playwright.sync_api import Request as Sent


class Browser:
    """Opens pages, and notes their errors and what they ask of a network."""

    def __init__(self, chromium: Chromium, folder: Path) -> None:
        self.requests: list[str] = []
        """URLs that a page asked for, other than of files and of data within the page."""
        self.errors: list[str] = []
        """Errors of the pages' scripts."""
        self._chromium = chromium
        self._folder = folder

    def opened(self, page: str, text: str) -> Page:
        """The page, a file with what follows it in an address, as soon as it shows a text."""
        opened = self._chromium.new_page(viewport={"width": 1400, "height": 1000})
        opened.on("request", self._note)
        opened.on("pageerror", lambda error: self.errors.append(str(error)))
        opened.goto((self._folder / "_").as_uri().removesuffix("_") + page)
        opened.get_by_text(text).first.wait_for()
        return opened

    def _note(self, request: Sent) -> None:
        if not request.url.startswith(("file:", "data:", "blob:")):
            self.requests.append(request.url)
