"""The log of everything that went wrong: which message, of which order, and how."""

from typing import NamedTuple

import numpy as np
import polars as pl

from sandbox.simulator.actors import App
from sandbox.simulator.draws import Flags, Ints
from sandbox.simulator.envelope import Messages
from sandbox.simulator.keys import Keys
from sandbox.simulator.render import message_id_texts
from sandbox.simulator.values import Field, Values, moments

NOT_ARRIVED = "not_arrived"

_SCHEMA: dict[str, pl.DataType | type[pl.DataType]] = {
    "message_id": pl.String,
    "event_name": pl.String,
    "order_id": pl.String,
    "robot_id": pl.String,
    "anonymous_id": pl.String,
    "happened_at": pl.Datetime("us"),
    "stamped_at": pl.Datetime("us"),
    "mess": pl.String,
}
"""Ids and `happened_at` are the true ones, null where there is none; `stamped_at` is what the message has."""


class _Note(NamedTuple):
    kind: str
    event: str
    app: App
    keys: Keys
    order: Ints
    robot: Ints
    anonymous: Field
    happened_at: Ints
    stamped_at: Ints
    sync: Ints


class MessLog:
    """Collects who was hit by what, chunk by chunk."""

    def __init__(self) -> None:
        self._notes: list[_Note] = []
        self._parts: list[pl.DataFrame] = []

    def note(self, kind: str, messages: Messages, hit: Flags, sync: Ints | None = None) -> None:
        """Note the messages where `hit`; for those that may come too late, the number of their sync."""
        index = np.flatnonzero(hit)
        if len(index):
            number = np.zeros(len(index), dtype=np.int64) if sync is None else sync[index]
            note = _Note(
                kind=kind,
                event=messages.event,
                app=messages.app,
                keys=messages.keys[index],
                order=messages.order[index],
                robot=messages.robot[index],
                anonymous=messages.actor.fields["anonymous"].take(index),
                happened_at=messages.happened_at[index],
                stamped_at=messages.timestamp[index],
                sync=number,
            )
            self._notes.append(note)

    def end_chunk(self, order_ids: Values, robot_ids: Values) -> None:
        """Turn the notes of a chunk, whose orders and robots have these ids, into rows."""
        for is_server in (True, False):
            notes = [note for note in self._notes if (note.app == "server") == is_server]
            if notes:
                self._parts.append(_rows(notes, order_ids, robot_ids))
        self._notes.clear()

    def frame(self, closing: int | None) -> pl.DataFrame:
        """The log, one row for each mess of each message.

        `closing`: number of the last sync; None if everything arrived.
        """
        log = pl.concat([pl.DataFrame(schema={**_SCHEMA, "sync": pl.Int64}), *self._parts])
        is_there = pl.lit(True) if closing is None else pl.col("sync") <= closing
        return log.filter((pl.col("mess") != NOT_ARRIVED) | ~is_there).select(list(_SCHEMA))


def _rows(notes: list[_Note], order_ids: Values, robot_ids: Values) -> pl.DataFrame:
    counts = [len(note.keys) for note in notes]
    number = np.repeat(np.arange(len(notes)), counts)
    order = Field(order_ids, np.concatenate([note.order for note in notes]))
    robot = Field(robot_ids, np.concatenate([note.robot for note in notes]))
    return pl.DataFrame(
        {
            "message_id": message_id_texts(notes[0].app, np.concatenate([note.keys for note in notes])),
            "event_name": pl.Series([note.event for note in notes]).gather(number),
            "order_id": order.plain_texts(),
            "robot_id": robot.plain_texts(),
            "anonymous_id": pl.concat([note.anonymous.plain_texts() for note in notes]),
            "happened_at": moments(np.concatenate([note.happened_at for note in notes])),
            "stamped_at": moments(np.concatenate([note.stamped_at for note in notes])),
            "mess": pl.Series([note.kind for note in notes]).gather(number),
            "sync": np.concatenate([note.sync for note in notes]),
        }
    )
