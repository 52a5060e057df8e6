"""The report in a real browser: what its readers see."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from headless_browser import (
    CUT_TEXTS,
    OPEN_ALL,
    OVERLAPPING_TEXTS,
    PAGE_WIDTH,
    WIDER_THAN_THEIR_PLACE,
    contrast,
    opened,
)
from playwright.sync_api import Browser
from report_fixtures import PERIOD
from report_fixtures import browser as browser
from report_fixtures import empty_marts as empty_marts
from report_fixtures import file as file
from report_fixtures import html as html
from report_fixtures import marts as marts

from chromium import REMEDY, executable
from report.build import build
from report.marts import Marts

ON = (
    *(
        ("ink", "page"),
        ("ink", "card"),
        ("muted", "page"),
        ("muted", "card"),
        ("good", "card"),
        ("bad", "card"),
    ),
    *((f"on-{name}", name) for name in ("good", "bad", "neutral", "faint")),
    *((f"on-{name}-{number}", f"{name}-{number}") for name in ("scale", "depth") for number in range(1, 6)),
)
"""Colours of text and of what it stands on."""
SIZES = """
() => [...document.querySelectorAll('svg text')].filter(each => each.getBoundingClientRect().width)
    .map(each => Math.abs(each.getScreenCTM().a || each.getScreenCTM().b)
        * parseFloat(getComputedStyle(each).fontSize))
"""
"""The sizes of the texts of charts, in pixels of the screen."""
GRAPHIC = (("good", "card"), ("bad", "card"), ("neutral", "card"))


@pytest.mark.parametrize("width", [360, 390, 820, 1200, 1440])
def test_nothing_is_cut_or_covered_and_nothing_is_asked_for(browser: Browser, file: Path, width: int) -> None:
    with opened(browser, file, width) as seen:
        assert seen.page.locator("svg:visible").count() == 14
        assert seen.texts(OVERLAPPING_TEXTS) == []
        assert seen.texts(CUT_TEXTS) == []
        seen.page.evaluate(OPEN_ALL)
        assert seen.texts(WIDER_THAN_THEIR_PLACE) == []
        assert seen.page.evaluate(PAGE_WIDTH) == width
        assert seen.complaints == []
        assert seen.requests == []


def test_what_is_cut_or_covered_is_found(browser: Browser, file: Path) -> None:
    with opened(browser, file, 820) as seen:
        seen.page.add_style_tag(content="svg text { font-size: 40px } h2 { width: 1000px } p { width: 20px }")
        assert seen.texts(OVERLAPPING_TEXTS)
        assert seen.texts(CUT_TEXTS)
        assert seen.texts(WIDER_THAN_THEIR_PLACE)
        assert seen.page.evaluate(PAGE_WIDTH) > 820
        seen.page.evaluate("() => { console.log('said'); new Image().src = 'file:///nowhere.png'; }")
        seen.page.wait_for_function("() => true")
        assert "said" in seen.complaints
        assert seen.requests == ["file:///nowhere.png"]


@pytest.mark.parametrize("width", [390, 1440])
def test_text_on_a_phone_and_a_screen_is_large_enough(browser: Browser, file: Path, width: int) -> None:
    with opened(browser, file, width) as seen:
        sizes: list[float] = seen.page.evaluate(SIZES)
    assert len(sizes) > 200
    assert min(sizes) > 9.5


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("medium", ["screen", "print"])
def test_colours_can_be_read(browser: Browser, file: Path, scheme: Any, medium: Any) -> None:
    with opened(browser, file, 820, color_scheme=scheme) as seen:
        seen.page.emulate_media(media=medium)
        weak = [pair for pair in ON if contrast(*map(seen.colour, pair)) < 4.5]
        faint = [pair for pair in GRAPHIC if contrast(*map(seen.colour, pair)) < 3]
        is_dark = sum(seen.colour("page")) < 3 * 128
        script = "name => getComputedStyle(document.querySelector(name)).backgroundColor"
        painted = seen.page.evaluate(script, "body")
        assert painted == "rgb({}, {}, {})".format(*seen.colour("page"))
        text = "() => [...document.querySelectorAll('svg text')].map(each => getComputedStyle(each).fill)"
        assert "rgb({}, {}, {})".format(*seen.colour("ink")) in seen.page.evaluate(text)
    assert (weak, faint) == ([], [])
    assert is_dark is (scheme == "dark" and medium == "screen")


def test_a_print_fits_on_paper(browser: Browser, file: Path) -> None:
    width = 718  # A4 with margins of 1 cm, in pixels of CSS
    with opened(browser, file, width) as seen:
        seen.page.emulate_media(media="print")
        assert seen.page.evaluate(PAGE_WIDTH) == width
        assert seen.texts(OVERLAPPING_TEXTS) == []
        assert seen.texts(CUT_TEXTS) == []
        assert seen.texts(WIDER_THAN_THEIR_PLACE) == []
        assert seen.page.locator("svg:visible").count() == 14
        assert seen.page.pdf(format="A4").startswith(b"%PDF")


def test_a_page_without_data_is_whole(browser: Browser, empty_marts: Marts, tmp_path: Path) -> None:
    empty = tmp_path / "empty.html"
    empty.write_text(build(empty_marts, PERIOD, "empty"), encoding="utf-8")
    for width in (390, 1440):
        with opened(browser, empty, width) as seen:
            assert seen.page.locator(".card").count() == 12
            assert seen.page.locator("svg").count() == 0
            assert seen.texts(WIDER_THAN_THEIR_PLACE) == []
            assert (seen.complaints, seen.requests) == ([], [])


def test_a_missing_browser_is_a_failure_in_ci_only(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setenv("CI", "true")
    with pytest.raises(pytest.fail.Exception, match=REMEDY):
        executable()
    monkeypatch.delenv("CI")
    with pytest.raises(pytest.skip.Exception, match=REMEDY):
        executable()
