"""Hosts of URLs, and masks of texts with e-mail addresses and tokens, in staging."""

from __future__ import annotations

import re
from contextlib import closing

from hypothesis import given
from hypothesis import strategies as st

from contract.raw import land_rows
from funnels.cases import compiled
from project import Project

EVENT = "merchant_asset_missing"
LONG = "varchar(2000)"
TYPES = {
    "id": "varchar(512)",
    "context_page_url": LONG,
    "context_page_referrer": LONG,
    "asset_url": LONG,
    "context_page_path": LONG,
    "context_page_title": LONG,
    "title_of_ours": LONG,
}
RAW_NAMES = "{raw_names: {context_page_title: [context_page_title, title_of_ours]}}"

# The host of a URL, or None.
HOSTS = {
    "https://example.com": "example.com",
    "HTTPS://Track.Example.COM/Orders/1": "track.example.com",
    "http://example.com:8080/x": "example.com",
    "https://example.com:/x": "example.com",
    "https://example.com?next=https://inner.test/": "example.com",
    "https://example.com#access_token=secret": "example.com",
    "https://example.com/#https://inner.test": "example.com",
    "https://example.com.": "example.com",
    "https://xn--bcher-kva.example/": "xn--bcher-kva.example",
    "http://localhost:3000/": "localhost",
    "https://under_score.example.com/": "under_score.example.com",
    "https://jane%40mail.test:secret@example.com/": None,
    "https://jane@example.com/": None,
    "https://example.com:secret@inner.test/": None,
    "https://jane%40mail.test/": None,
    "https://example.com\\x": None,
    "https://example.com\\@inner.test/": None,
    "https://example.com;x=secret": None,
    "https://example.com:secret/": None,
    "https://exam ple.com/": None,
    "https://example.com\n.inner.test/": None,
    "https:///secret/x": None,
    "https:/secret/x": None,
    "https://": None,
    "https://./": None,
    "https://-/": None,
    "https://192.0.2.1/": None,
    "https://[2001:db8::1]:8080/": None,
    "https://bücher.example/": None,
    "https://İ.example/": None,
    "https://example.com%40inner.test/": None,
    "https:\\\\example.com/": None,
    "http://0x7f000001/": None,
    "/relative?next=https://inner.test": None,
    "//example.com/x": None,
    "example.com/x": None,
    "javascript:alert('https://inner.test')": None,
    "javascript://example.com/%0aalert(1)": None,
    "data:text/html,https://inner.test": None,
    "file:///home/jane/x": None,
    "mailto:jane@mail.test": None,
    "blob:https://example.com/1": None,
    " https://example.com": None,
    "secret": None,
    "https://" + "s" * 520 + "@example.com/x": None,
}

# A text and its masked form; None if nothing is masked.
TEXTS = {
    "/orders/ord_123/track": None,
    "Track your order | Example": None,
    "/how-to-unlock-in-3-steps-with-the-app": None,
    "RobotLidOpenTimeoutError": None,
    "100 % sure, 40 % of the time": None,
    "/account/jane@mail.test/edit": "/account/[masked]/edit",
    "jane@mail.test": "[masked]",
    "Mail to Jane.Doe+tag@mail.test, please": "Mail to [masked], please",
    "/u/jane%40mail.test": "/u/[masked]",
    "/u/JANE%40MAIL.TEST?x": "/u/[masked]?x",
    "/u/jane%2540mail.test/x": "/u/[masked]/x",
    "/in?next=%252Fu%252Fjane%252540mail.test": "/in?next=[masked]",
    "/orders/2540/40": None,
    "/a@b/c@d": "/[masked]/[masked]",
    "ask @jane": "ask [masked]",
    "/o/123e4567-e89b-12d3-a456-426614174000/track": "/o/[masked]/track",
    "/o/123E4567-E89B-12D3-A456-426614174000": "/o/[masked]",
    "/reset/8f14e45fceea167a5a36dedd4bea2543": "/reset/[masked]",
    "/x/sk_live_51H8abcDEFghiJKLmnoPQRst": "/x/[masked]",
    "/in/eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0In0.dozjgNryP4J3jVmNHl0w5N_XgL0n3I9Pl-P0=/x": "/in/[masked]/x",
    "4111111111111111111111": "[masked]",
    "/?key=8f14e45fceea167a5a36dedd4bea2543=jane@mail.test/x": "/?key=[masked][masked]/x",
    "/?to=jane@mail.test=8f14e45fceea167a5a36dedd4bea2543": "/?to=[masked]=[masked]",
    "123e4567-e89b-12d3-a456-426614174000deadbeef_x=/1": "[masked]/1",
    "123e4567-e89b-12d3-a456-426614174000=jane@mail.test": "[masked]=[masked]",
    "abcdefab-abcd-abcd-abcd-abcdefabcdef": "[masked]",
    "x" * 511 + "@": "[masked]",
    "jane@mail.test  ": "[masked]",
    "/ " * 253 + "jane.doe@mail.test": "/ " * 253 + "[maske",
    "/ " * 253 + "8f14e45fceea167a5a36dedd4bea2543": "/ " * 253 + "[maske",
}

# Where addresses, tokens and UUIDs begin, end and touch.
PIECES = (
    *("@", "%40", "%2540", "%", "25", "40", "=", "-", "_", ".", "/", " ", "?", "+", "7", "jane", "é"),
    *("[masked]", "A" * 19, "b" * 20, "C" * 19 + "1", "deadbeef", "-abcd-abcd-abcd-", "426614174000"),
    *("123e4567-e89b-12d3-a456-426614174000", "abcdefab-abcd-abcd-abcd-abcdefabcdef"),
)


def id_of(value: str) -> str:
    """An id of the event that has this URL or text, which may be longer than an id."""
    return f"<{value[-480:]}>"


def assert_urls_and_texts(project: Project) -> None:
    """Assert the host of each URL and the mask of each text, also of one that another raw column may give."""
    rows = [
        {"id": id_of(url), "context_page_url": url, "context_page_referrer": url, "asset_url": url}
        for url in HOSTS
    ]
    for number, text in enumerate(TEXTS):
        no_title = (" ", " " * 600 + "x")[number % 2]
        titles = {"title_of_ours": text, "context_page_title": no_title}
        rows += [{"id": id_of(text), "context_page_path": text, **titles}]
    land_rows(project, EVENT, TYPES, *rows)
    project.dbt("run", "--select", f"stg_{EVENT}", "--vars", RAW_NAMES)
    found = project.query(
        "select event_id, page_host, referrer_host, asset_host, page_path, page_title"
        f" from analytics_staging.stg_{EVENT}"
    )
    made = {event_id: values for event_id, *values in found}
    hosts = {url: made[id_of(url)] for url in HOSTS}
    assert hosts == {url: [host, host, host, None, None] for url, host in HOSTS.items()}
    texts = {text: made[id_of(text)] for text in TEXTS}
    assert texts == {text: [None, None, None, left or text, left or text] for text, left in TEXTS.items()}


def test_urls_and_texts(project: Project) -> None:
    assert_urls_and_texts(project)


def test_masks_are_those_of_one_expression(project: Project) -> None:
    """The macro masks one kind after the other, and skips what cannot match."""
    kinds = "[mask_patterns().address, mask_patterns().token, mask_patterns().uuid] | join('|')"
    names = [
        "masked_name('Robot_Sang', 3)",
        "masked_name('JANE_GMAIL_COM', 3)",
        "masked_name('Jane_Mail_Test', 3)",
    ]
    calls = [
        "masked_text('landed', 'landed', 'varchar(512)')",
        "masked_event_name('landed', 'landed')",
        kinds,
        *names,
    ]
    masked, event_name, pattern, *shown = compiled(project, calls)
    assert shown == ["Robot_Sang", "[masked 3]", "[masked 3]"]
    query = (
        f"select rtrim({masked}), rtrim(regexp_replace(landed, '{pattern}', '[masked]', 'g'))".replace(
            "%", "%%"
        )
        + " from unnest(%s) with ordinality as texts (landed, place) order by place"
    )
    texts = st.lists(st.sampled_from(PIECES), max_size=9).map("".join)
    with closing(project.database.connect(user="transformer")) as connection, connection.cursor() as cursor:
        of_events = f"select {event_name} from (values ('Robot_Sang'), ('JANE_GMAIL_COM')) as names (landed)"
        cursor.execute(of_events)
        assert cursor.fetchall() == [("Robot_Sang",), ("[masked]",)]

        @given(landed=st.lists(texts, min_size=1, max_size=20))
        def agree(landed: list[str]) -> None:
            cursor.execute(query, [landed])
            expected = [re.sub(pattern, "[masked]", text).rstrip(" ") for text in landed]
            assert cursor.fetchall() == [(text, text) for text in expected]

        agree()
