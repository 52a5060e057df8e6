"""Messages: events with what the libraries and Segment put around them."""

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sandbox.simulator.actors import Actor, App
from sandbox.simulator.batch import Batch
from sandbox.simulator.clock import SECOND
from sandbox.simulator.draws import Flags, Ints
from sandbox.simulator.keys import Keys, chance_number, mixed, number_below, row_keys
from sandbox.simulator.values import Field

_FLUSH_EVERY = 5 * SECOND
"""Servers send what they have this often: all of it in one batch with one `receivedAt`."""

ORDER_KEYS = ("order_id", "delivery_id")
"""The properties that name the order."""


@dataclass(frozen=True)
class Messages:
    """Messages of one event and one app, as columns. Times in UTC milliseconds."""

    event: str
    app: App
    actor: Actor
    fields: dict[str, Field]
    keys: Keys
    order: Ints
    """The order that the event is about (position from 1, 0 for none), whatever the message says."""
    robot: Ints
    """Likewise the robot."""
    happened_at: Ints
    """When it happened, whatever the message says."""
    timestamp: Ints
    """Always received_at - (sent_at - original_timestamp), as Segment computes it."""
    original_timestamp: Ints
    sent_at: Ints
    received_at: Ints
    place: Ints
    """The time by which messages are sorted in their file."""
    extra_syncs: Ints
    """How many syncs after the first possible one it lands."""
    has_id: Flags
    is_copy: Flags

    def __len__(self) -> int:
        return len(self.keys)

    def take(self, index: NDArray[Any]) -> "Messages":
        """The rows that a mask or an array of positions picks."""
        actor = self.actor.take(index)
        fields = {name: field.take(index) for name, field in self.fields.items()}
        columns: dict[str, Any] = {name: getattr(self, name)[index] for name in _COLUMNS}
        return replace(self, actor=actor, fields=fields, **columns)

    @classmethod
    def joined(cls, parts: "list[Messages]") -> "Messages":
        """Several sets of messages of the same kind, one after another."""
        first = parts[0]
        actor = Actor.joined([part.actor for part in parts])
        fields = {name: Field.joined([part.fields[name] for part in parts]) for name in first.fields}
        columns: dict[str, Any] = {
            name: np.concatenate([getattr(part, name) for part in parts]) for name in _COLUMNS
        }
        return replace(first, actor=actor, fields=fields, **columns)


_COLUMNS = (
    "keys",
    "order",
    "robot",
    "happened_at",
    "timestamp",
    "original_timestamp",
    "sent_at",
    "received_at",
    "place",
    "extra_syncs",
    "has_id",
    "is_copy",
)


def put_into_envelopes(seed: int, chunk: int, batch: Batch) -> Messages:
    """Give each event of a batch its key and its four times, with honest clocks and usual delays."""
    count = len(batch.at)
    keys = row_keys(seed, batch.series, chunk, np.arange(count))
    if batch.app == "server":
        flush = batch.at // _FLUSH_EVERY + 1
        latency = 20 + (mixed(flush) % np.uint64(180)).astype(np.int64)
        wait = flush * _FLUSH_EVERY + latency - batch.at
    else:
        latency = 40 + number_below(keys, "latency", 400)
        is_offline = chance_number(keys, "offline") < 0.02
        wait = 5 + number_below(keys, "queue", 1_500) * np.where(is_offline, 20, 1)
    received_at, none = batch.at + wait, np.zeros(count, dtype=np.int64)
    return Messages(
        event=batch.event,
        app=batch.app,
        actor=batch.actor,
        fields=batch.fields,
        keys=keys,
        order=next((batch.fields[name].codes for name in ORDER_KEYS if name in batch.fields), none),
        robot=batch.fields["robot_id"].codes if "robot_id" in batch.fields else none,
        happened_at=batch.at,
        timestamp=batch.at,
        original_timestamp=batch.at - latency,
        sent_at=batch.at - latency + wait,
        received_at=received_at,
        place=received_at,
        extra_syncs=none,
        has_id=np.ones(count, dtype=bool),
        is_copy=np.zeros(count, dtype=bool),
    )
