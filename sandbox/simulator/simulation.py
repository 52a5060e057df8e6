"""A whole simulation: chunk after chunk, sync after sync."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from typing import NamedTuple

import numpy as np
import polars as pl

from sandbox.simulator.batch import Batch
from sandbox.simulator.chunk import World, simulate_chunk
from sandbox.simulator.clock import HOUR
from sandbox.simulator.draws import Ints
from sandbox.simulator.envelope import Messages, put_into_envelopes
from sandbox.simulator.keys import row_keys
from sandbox.simulator.mess import MessMaker, skipped_syncs
from sandbox.simulator.mess_log import NOT_ARRIVED, MessLog
from sandbox.simulator.render import render
from sandbox.simulator.settings import SimulationSettings
from sandbox.simulator.truth import chunk_truth, joined, settled

_EPOCH = datetime(1970, 1, 1, tzinfo=timezone.utc)
_ROWS = {"sync": pl.Int64, "place": pl.Int64, "key": pl.UInt64, "received_at": pl.Int64}
_BLOCK = 1_000
"""So many lines are joined at once."""


class Sync(NamedTuple):
    """What one run of the connector lands."""

    loaded_at: datetime
    """UTC, with its zone."""
    messages: bytes
    """Newline-delimited JSON."""


@dataclass(frozen=True)
class _Story:
    """What is known when a simulation has run to its end."""

    truth: dict[str, pl.DataFrame]
    mess_log: pl.DataFrame
    message_count: int


class Simulation:
    """One simulated fleet. Nothing is computed until it is asked for.

    `syncs` keeps a few days of messages in memory at a time, and the truth and the log of all.
    """

    def __init__(self, settings: SimulationSettings) -> None:
        self.settings = settings
        self._story: _Story | None = None

    def syncs(self) -> Iterator[Sync]:
        """What lands in the warehouse, in order of time; syncs without any message are left out."""
        run = _Run(self.settings, with_text=True)
        yield from run.syncs()
        self._story = run.story()

    @property
    def truth(self) -> dict[str, pl.DataFrame]:
        """What really happened: a table for each fact, see `truth`."""
        return self._told().truth

    @property
    def mess_log(self) -> pl.DataFrame:
        """What went wrong, one row for each trouble of each message: whose it is, and when it happened.

        `mess` is the name of a field of `Mess`, or `not_arrived`; `stamped_at` is the time in the message.
        """
        return self._told().mess_log

    @property
    def message_count(self) -> int:
        """How many messages land in all, copies included."""
        return self._told().message_count

    def _told(self) -> _Story:
        if self._story is None:
            run = _Run(self.settings, with_text=False)
            for _ in run.syncs():
                pass
            self._story = run.story()
        return self._story


class _Run:
    """One pass over the days. Without text it finds out all but the bytes of the messages.

    Syncs are numbered from 1970: sync n takes place n times the sync length after it.
    """

    def __init__(self, settings: SimulationSettings, *, with_text: bool) -> None:
        self._settings, self._with_text = settings, with_text
        self._sync_length = settings.sync_hours * HOUR
        self._world = World(settings)
        self._log = MessLog()
        self._mess = MessMaker(settings.mess, self._sync_length, self._log)
        self._truth: list[dict[str, pl.DataFrame]] = []
        self._waiting = pl.DataFrame(schema={**_ROWS, "line": pl.String} if with_text else _ROWS)
        self._last_punctual = self._received_through = self._message_count = 0

    def syncs(self) -> Iterator[Sync]:
        for number in range(self._world.chunk_count):
            self._waiting = pl.concat([self._waiting, *self._chunk(number)])
            yield from self._landed(through=self._world.chunk_end(number) // self._sync_length)
        if not self._settings.until_all_arrived:
            self._waiting = self._waiting.filter(pl.col("sync") <= self._closing)
        yield from self._landed(through=None)

    def story(self) -> _Story:
        """What came of it, after the last sync."""
        parts = joined(self._truth)
        closing = None if self._settings.until_all_arrived else self._closing
        return _Story(settled(parts, self._received_through), self._log.frame(closing), self._message_count)

    @property
    def _closing(self) -> int:
        """The number of the last sync, unless it waits for all late messages."""
        last = self._world.ends_at // self._sync_length
        if self._settings.is_cut_short:
            return last
        return max(self._last_punctual // self._sync_length + 1, last)

    def _chunk(self, number: int) -> list[pl.DataFrame]:
        """The rows of the messages of a chunk; its truth and its mess are kept."""
        chunk = simulate_chunk(self._world, number)
        self._truth.append(chunk_truth(self._settings.seed, chunk))
        rows = [self._delivered(number, batch) for batch in chunk.batches if len(batch.at)]
        self._log.end_chunk(chunk.book.order_ids, chunk.book.fleet.robot_ids)
        return rows

    def _delivered(self, chunk: int, batch: Batch) -> pl.DataFrame:
        """A batch as rows that wait for their sync: sync, place, key, received_at and, if wanted, line."""
        messages = put_into_envelopes(self._settings.seed, chunk, batch)
        self._last_punctual = max(self._last_punctual, int(messages.received_at.max()))
        messages = self._mess.apply(messages)
        sync = self._syncs_of(messages)
        is_latecomer = (sync > self._world.ends_at // self._sync_length) & ~messages.is_copy
        self._log.note(NOT_ARRIVED, messages, is_latecomer, sync)
        columns = {
            "sync": sync,
            "place": messages.place,
            "key": messages.keys,
            # What has no id is in no stream, so it tells nobody how far the data reach.
            "received_at": np.where(messages.has_id, messages.received_at, 0),
        }
        frame = pl.DataFrame(columns)
        return frame.with_columns(line=render(messages)) if self._with_text else frame

    def _syncs_of(self, messages: Messages) -> Ints:
        """The number of the sync that lands each message: the first after it was received, or a later one."""
        sync = messages.received_at // self._sync_length + 1 + messages.extra_syncs
        share = self._settings.mess.table_skip
        if share == 0 or not len(sync):
            return sync
        first, last = int(sync.min()), int(sync.max())
        keys = row_keys(
            self._settings.seed, f"table_skip/{messages.event}", 0, np.arange(first - 2, last + 30)
        )
        is_out = skipped_syncs(share, keys)[2:]
        is_out[-1] = False
        numbers = np.arange(len(is_out))
        ahead = np.where(is_out, len(is_out), numbers)
        next_open = np.minimum.accumulate(ahead[::-1])[::-1]
        landed = first + next_open[sync - first]
        self._log.note("table_skip", messages, landed > sync)
        return np.asarray(landed)

    def _landed(self, through: int | None) -> Iterator[Sync]:
        """The waiting rows of all syncs up to a number (None: of all), as syncs."""
        ready = self._waiting if through is None else self._waiting.filter(pl.col("sync") <= through)
        if through is not None:
            # Copied text: a column that was filtered would keep all the text of its chunk in memory.
            rest = self._waiting.filter(pl.col("sync") > through)
            fresh = pl.concat_str([pl.col("line"), pl.lit("")]).alias("line")
            self._waiting = rest.with_columns(fresh) if self._with_text else rest
        ready = ready.sort("sync", "place", "key", maintain_order=True)
        if not len(ready):
            return
        self._received_through = max(self._received_through, int(ready["received_at"].to_numpy().max()))
        self._message_count += len(ready)
        if not self._with_text:
            return
        numbers, starts = np.unique(ready["sync"].to_numpy(), return_index=True)
        for number, start, stop in zip(numbers, starts, [*starts[1:], len(ready)], strict=True):
            loaded_at = _EPOCH + timedelta(milliseconds=int(number) * self._sync_length)
            yield Sync(loaded_at, _joined(ready["line"][int(start) : int(stop)]))


def _joined(lines: pl.Series) -> bytes:
    """Lines as bytes, each with its line end. In blocks: joining all at once would copy everything thrice."""
    blocks = (lines[start : start + _BLOCK].str.join("\n").item() for start in range(0, len(lines), _BLOCK))
    return b"".join(block.encode() + b"\n" for block in blocks)
