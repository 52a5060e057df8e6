"""Columns of the truth: ids and names from positions, and the ids of messages and of the rows they begin."""

from dataclasses import dataclass
from hashlib import md5

import numpy as np
import polars as pl

from sandbox.simulator.actors import App
from sandbox.simulator.batch import series_name
from sandbox.simulator.draws import Flags, Ints
from sandbox.simulator.keys import row_keys
from sandbox.simulator.render import message_id_texts
from sandbox.simulator.values import Field, Values


@dataclass(frozen=True)
class Origin:
    """Where messages have their ids from: the simulation, the chunk and the story of their trail."""

    seed: int
    chunk: int
    story: str = ""

    def message_ids(self, event: str, app: App, rows: Ints) -> pl.Series:
        """The ids of the messages of some rows (from 0) of an event."""
        return message_id_texts(
            app, row_keys(self.seed, series_name(event, app, self.story), self.chunk, rows)
        )

    def anchors(self, name: str, *candidates: tuple[str, App, Ints]) -> dict[str, pl.Series]:
        """The columns `<name>_id` and `anchor_event_id` of facts that one of several events begins.

        candidates: events by app with the row number in each fact, -1 if it is not there; the first counts.
        """
        count = len(candidates[0][2])
        events = pl.Series([None] * count, dtype=pl.String)
        ids = events
        for event, app, rows in reversed(candidates):
            is_there = pl.Series(rows >= 0)
            events = pl.Series([event]).new_from_index(0, count).zip_with(is_there, events)
            ids = self.message_ids(event, app, rows).zip_with(is_there, ids)
        return {f"{name}_id": row_ids(events, ids), "anchor_event_id": ids}


def row_ids(event_names: pl.Series, event_ids: pl.Series) -> pl.Series:
    """The ids that marts give to what begins with these events."""
    texts = [f"{name}|{event_id}".encode() for name, event_id in zip(event_names, event_ids, strict=True)]
    return pl.Series([md5(text, usedforsecurity=False).hexdigest() for text in texts], dtype=pl.String)


def numbers_where(numbers: Ints, known: Flags) -> pl.Series:
    """Whole numbers, null where they are not known."""
    columns = pl.DataFrame({"number": numbers, "known": known})
    return columns.select(pl.when("known").then("number")).to_series()


def names(of: tuple[str | None, ...], positions: Ints | Flags) -> pl.Series:
    """The names at some positions (from 0)."""
    return pl.Series(of, dtype=pl.String).gather(positions.astype(np.int64))


def ids(values: Values, codes: Ints) -> pl.Series:
    """The texts of a pool at some positions from 1, null at 0."""
    return Field(values, codes).plain_texts()
