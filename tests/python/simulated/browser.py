"""A headless Chromium that opens pages of a folder from disk."""

from __future__ import annotations

from pathlib import Path
from shutil import which

from playwright.sync_api import Page, sync_playwright
from playwright.sync_api import Request as Sent

PROGRAMS = ("chromium-headless-shell", "chromium", "google-chrome")


class Browser:
    """Opens pages and notes what they ask of a network. A page's error is raised when the next is opened.

    Use it in a `with` statement.
    """

    def __init__(self, folder: Path) -> None:
        self.requests: list[str] = []
        """URLs that a page asked for, other than of files and of data within the page."""
        self._folder = folder
        self._errors: list[str] = []

    def __enter__(self) -> Browser:
        program = next(filter(None, map(which, PROGRAMS)), None)
        assert program, f"one of {', '.join(PROGRAMS)} is needed"
        self._playwright = sync_playwright().start()
        self._browser = self._playwright.chromium.launch(executable_path=program, args=["--no-sandbox"])
        return self

    def __exit__(self, *_: object) -> None:
        self._browser.close()
        self._playwright.stop()
        assert self._errors == []

    def opened(self, page: str, text: str) -> Page:
        """The page, a file with what follows it in an address, as soon as it shows a text."""
        opened = self._browser.new_page(viewport={"width": 1400, "height": 1000})
        opened.on("request", self._note)
        opened.on("pageerror", lambda error: self._errors.append(str(error)))
        opened.goto((self._folder / "_").as_uri().removesuffix("_") + page)
        opened.get_by_text(text).first.wait_for()
        return opened

    def _note(self, request: Sent) -> None:
        if not request.url.startswith(("file:", "data:", "blob:")):
            self.requests.append(request.url)
