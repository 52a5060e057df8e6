"""Checks of a page in a headless Chromium."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, Page

OVERLAPPING_TEXTS = """
() => [...document.querySelectorAll('svg')].flatMap(svg => {
    const texts = [...svg.querySelectorAll('text')]
        .map(text => [text.textContent, text.getBoundingClientRect()])
        .filter(([content, box]) => content && box.width);
    return texts.flatMap(([one, a], number) => texts.slice(number + 1)
        .filter(([_, b]) => Math.min(a.right, b.right) - Math.max(a.left, b.left) > 1
            && Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top) > 3)
        .map(([other]) => `${one} / ${other}`));
})
"""
"""Pairs of texts of a chart that cover each other: by more than a pixel, and by more than empty lines."""

CUT_TEXTS = """
() => [...document.querySelectorAll('svg')].flatMap(svg => {
    const all = svg.getBoundingClientRect();
    return [...svg.querySelectorAll('text')]
        .map(text => [text.textContent, text.getBoundingClientRect()])
        .filter(([content, box]) => content && box.width
            && (box.left < all.left - 1 || box.right > all.right + 1
            || box.top < all.top - 1 || box.bottom > all.bottom + 1))
        .map(([content]) => content);
})
"""
"""Texts that extend beyond their chart."""

WIDER_THAN_THEIR_PLACE = """
() => [...document.querySelectorAll('body *')]
    .filter(each => !each.closest('svg') && !each.closest('.scroll')
        && each.scrollWidth > each.clientWidth + 1
        && getComputedStyle(each).display != 'inline' && each.clientWidth)
    .map(each => `${each.tagName} ${each.className}: ${each.textContent.trim().slice(0, 60)}`)
"""
"""Elements whose content does not fit, except tables that scroll."""

PAGE_WIDTH = "() => document.documentElement.scrollWidth"
OPEN_ALL = "() => document.querySelectorAll('details').forEach(each => each.open = true)"


@dataclass
class Opened:
    """A file in a page. complaints: messages of its console and errors.  requests: all but that of itself."""

    page: Page
    complaints: list[str] = field(default_factory=list)
    requests: list[str] = field(default_factory=list)

    def texts(self, script: str) -> list[str]:
        """What a script of this module finds."""
        found: list[str] = self.page.evaluate(script)
        return found

    def colour(self, variable: str) -> tuple[int, int, int]:
        """The value of a variable of the page's style, a colour as `#rrggbb`."""
        script = "name => getComputedStyle(document.documentElement).getPropertyValue(name).trim()"
        text = str(self.page.evaluate(script, f"--{variable}"))
        assert len(text) == 7, (variable, text)
        return int(text[1:3], 16), int(text[3:5], 16), int(text[5:7], 16)


@contextmanager
def opened(browser: Browser, file: Path, width: int, **context: Any) -> Iterator[Opened]:
    """A file in a page of this width in pixels; `context` as playwright has it."""
    page = browser.new_page(viewport={"width": width, "height": 900}, **context)
    seen = Opened(page)
    page.on("console", lambda message: seen.complaints.append(message.text))
    page.on("pageerror", lambda error: seen.complaints.append(str(error)))
    url = file.as_uri()
    page.on("request", lambda request: None if request.url == url else seen.requests.append(request.url))
    page.goto(url)
    yield seen
    page.close()


def contrast(one: tuple[int, int, int], other: tuple[int, int, int]) -> float:
    """The contrast of two colours as WCAG 2 has it: 1 to 21, and 4.5 for text that can be read."""
    lighter, darker = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def _luminance(colour: tuple[int, int, int]) -> float:
    parts = [part / 255 for part in colour]
    red, green, blue = (p / 12.92 if p <= 0.03928 else ((p + 0.055) / 1.055) ** 2.4 for p in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
