"""The file itself: whole, small, without a script or a link to elsewhere, and with words for its pictures."""

from __future__ import annotations

import re
from collections import Counter
from html.parser import HTMLParser

import altair as alt
from report_fixtures import PERIOD
from report_fixtures import empty_marts as empty_marts
from report_fixtures import html as html
from report_fixtures import marts as marts

from report.build import SECTIONS, build
from report.charts.drawing import Canvas, Chart, Drawing, data
from report.charts.rows import NamedRows
from report.marts import Marts

VOID = {"meta", "link", "br", "wbr", "path", "line", "rect", "circle"}


class Elements(HTMLParser):
    """All elements with their attributes; `open` are those that nothing has closed."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.all: list[tuple[str, dict[str, str | None]]] = []
        self.open: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note an element."""
        self.all.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note an element that has no content."""
        self.all.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        """Close the last element, which has to be of this kind."""
        assert self.open.pop() == tag


def test_the_file_is_small_and_asks_for_nothing(html: str) -> None:
    assert len(html.encode()) < 1_000_000
    parsed = Elements(html)
    assert parsed.open == []
    assert "script" not in {tag for tag, _ in parsed.all}
    links = [
        value for _, attributes in parsed.all for name, value in attributes.items() if name in ("href", "src")
    ]
    assert links == ["data:,"]
    assert re.findall(r"@import|url\(|\bon\w+=", html) == []
    addresses = {*re.findall(r"https?://[^\s\"<]+", html)}
    assert addresses <= {"http://www.w3.org/2000/svg", "http://www.w3.org/1999/xlink"}


def test_ids_are_unique_and_each_picture_has_words(html: str) -> None:
    parsed = Elements(html)
    ids = Counter(value for _, attributes in parsed.all if (value := attributes.get("id")))
    assert [name for name, count in ids.items() if count > 1] == []
    pictures = [attributes for tag, attributes in parsed.all if tag == "svg"]
    assert len(pictures) == 28
    for attributes in pictures:
        assert attributes["role"] == "img"
        assert {*str(attributes["aria-labelledby"]).split()} <= {*ids}
    named = re.findall(r"<title id=\"[\w-]+\">([^<]+)</title><desc id=\"[\w-]+\">([^<]+)</desc>", html)
    assert len(named) == 28


def test_each_section_has_a_sentence_its_mart_and_its_numbers(html: str) -> None:
    cards = html.split('<section class="card"')[1:]
    assert len(cards) == len(SECTIONS)
    for card in cards:
        assert re.search(r'<p class="sentence">[A-Z\d][^<]+\.</p>', card)
        assert re.search(r"<footer>From <code>(fct|rpt)_\w+</code>", card.replace("<wbr>", ""))
        assert " \u00b7 synthetic data</footer>" in card
        assert card.count("<tr>") > 2
        assert "<svg" in card


def test_axes_that_begin_later_than_at_zero_say_so(html: str) -> None:
    (card,) = (card for card in html.split('<section class="card"') if 'id="merchants"' in card)
    first = re.search(r"<text[^>]*>(\d+)%</text>", card)
    assert first is not None
    assert (first[1] != "0") is (f"The axis begins at {first[1]}%, not at zero." in card)


def test_the_file_is_the_same_each_time(html: str, marts: Marts) -> None:
    assert build(marts, PERIOD, "simulated") == html


def test_without_a_row_the_page_says_so(empty_marts: Marts) -> None:
    page = build(empty_marts, PERIOD, "empty")
    assert Elements(page).open == []
    assert page.count('<p class="sentence">No ') == len(SECTIONS)
    assert "synthetic" not in page.partition("</style>")[2].lower()
    assert "<svg" not in page
    assert "nan" not in page.lower().replace("finance", "")


def test_a_chart_shows_names_of_any_characters() -> None:
    names = ["two\nlines", "line\u2028separator", "bell\x07", "\u202eesrever", "it's \\ <b>", "Store 5.25678"]

    class Cursor:
        description = (("merchant_name",),)

        def execute(self, sql: str) -> None:
            assert sql.strip()

        def fetchall(self) -> list[tuple[str]]:
            return [(name,) for name in names]

        def close(self) -> None:
            pass

    class Connection:
        cursor = Cursor

    read = [row["merchant_name"] for row in Marts(Connection(), "marts").rows("merchant_names")]
    assert read == ["two lines", "line separator", "bell ", " esrever", "it's \\ <b>", "Store 5.25678"]

    def draw(canvas: Canvas) -> Chart:
        rows = NamedRows(canvas, read)
        records = [{"row": str(number), "share": 0.5} for number in range(len(read))]
        point = alt.Chart(data(records)).mark_point().encode(x=alt.X("share:Q"), y=rows.y())
        return rows.finished(point)

    for svg in Drawing("names", "names", draw).svgs("names").values():
        assert "two lines" in svg
        assert "it's \\ &lt;b&gt;" in svg
        assert "Store 5.25678" in svg
