"""Messages as lines of JSON."""

from functools import cache

import numpy as np
import polars as pl

from sandbox.simulator.actors import App
from sandbox.simulator.clock import DAY, SECOND
from sandbox.simulator.draws import Ints
from sandbox.simulator.envelope import Messages
from sandbox.simulator.keys import Keys, hex_texts
from sandbox.simulator.values import Field

_PYTHON = '{"name":"analytics-python","version":"2.3.2"}'
_NODE = '{"name":"@segment/analytics-node","version":"2.2.1"}'


def message_id_texts(app: App, keys: Keys) -> pl.Series:
    """The message ids: like a UUID from servers, `ajs-next-...` from browsers."""
    if app == "server":
        return hex_texts(keys, dashes=True)
    return "ajs-next-" + hex_texts(keys, dashes=False)


def event_text(event: str, app: App) -> str:
    """The event's name as the app sends it: `Order Unlock Coco` from browsers, as it is from servers."""
    return event if app == "server" else event.replace("_", " ").title()


def property_name(name: str, app: App) -> str:
    """The property's name as the app sends it: camel case from browsers, snake case from servers."""
    if app == "server":
        return name
    first, *rest = name.split("_")
    return first + "".join(word.title() for word in rest)


def render(messages: Messages) -> pl.Series:
    """One line of JSON for each message, without line ends."""
    line, actor = _Line(), messages.actor.fields
    ids = '"' + message_id_texts(messages.app, messages.keys) + '"'
    if not messages.has_id.all():
        ids = ids.zip_with(pl.Series(messages.has_id), pl.Series(["null"]))
    line.text('{"type":"track","messageId":').column(ids)
    line.text(',"anonymousId":').field(actor["anonymous"])
    if "user" in actor:
        line.text(',"userId":').field(actor["user"], absent="null")
    else:
        line.text(',"userId":null')
    line.text(f',"event":"{event_text(messages.event, messages.app)}"')
    for name, times in (
        ("timestamp", messages.timestamp),
        ("originalTimestamp", messages.original_timestamp),
        ("sentAt", messages.sent_at),
        ("receivedAt", messages.received_at),
    ):
        line.text(f',"{name}":"').time(times).text('"')
    _context(line, messages)
    line.text(',"properties":{').column(_properties(messages)).text("}}")
    return line.joined()


class _Line:
    """The parts of a line, left to right: constant texts, columns of text, positions in pools of texts."""

    def __init__(self) -> None:
        self._columns: dict[str, pl.Series | Ints] = {}
        self._parts: list[pl.Expr] = []

    def text(self, text: str) -> "_Line":
        self._parts.append(pl.lit(text))
        return self

    def column(self, texts: pl.Series) -> "_Line":
        self._parts.append(self._named(texts))
        return self

    def lookup(self, pool: pl.Series, positions: Ints) -> "_Line":
        self._parts.append(pl.lit(pool).gather(self._named(positions)))
        return self

    def field(self, field: Field, before: str = "", after: str = "", absent: str = "") -> "_Line":
        return self.lookup(field.values.fragments(before, after, absent), field.codes)

    def time(self, times: Ints) -> "_Line":
        days, milliseconds = np.divmod(times, DAY)
        seconds, rest = np.divmod(milliseconds, SECOND)
        return self.lookup(_dates(), days).lookup(_seconds(), seconds).lookup(_thousandths(), rest)

    def joined(self) -> pl.Series:
        return pl.DataFrame(self._columns).select(pl.concat_str(self._parts).alias("line")).to_series()

    def _named(self, column: pl.Series | Ints) -> pl.Expr:
        name = str(len(self._columns))
        self._columns[name] = column
        return pl.col(name)


def _context(line: _Line, messages: Messages) -> None:
    actor = messages.actor.fields
    if "device" not in actor:
        library = _PYTHON if messages.event.startswith("server_") else _NODE
        line.text(f',"context":{{"library":{library}}}')
        return
    line.text(',"context":{"ip":').field(actor["address"]).text(",").field(actor["device"])
    line.text(',"page":').field(actor["page"])
    line.field(actor["session"], ',"actions":{"amplitude_session_id":', "}").text("}")


def _properties(messages: Messages) -> pl.Series:
    line = _Line()
    for name, field in messages.fields.items():
        line.field(field, f',"{property_name(name, messages.app)}":')
    return line.joined().str.slice(1)


@cache
def _dates() -> pl.Series:
    """`2026-08-31T` for each day from 1970 to 2069."""
    start = np.datetime64("1970-01-01")
    return pl.Series([f"{start + day}T" for day in range(36_525)])


@cache
def _seconds() -> pl.Series:
    return pl.Series(
        [f"{second // 3600:02d}:{second // 60 % 60:02d}:{second % 60:02d}." for second in range(86_400)]
    )


@cache
def _thousandths() -> pl.Series:
    return pl.Series([f"{number:03d}Z" for number in range(1_000)])
