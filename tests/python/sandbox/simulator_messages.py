"""Simulated messages, read back from their bytes."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from typing import Any

import orjson

from sandbox.simulator import Mess, Simulation, SimulationSettings

FIRST_DAY = date(2026, 8, 31)


@dataclass(frozen=True)
class Message:
    """One line of a sync."""

    loaded_at: datetime
    line: bytes

    @cached_property
    def body(self) -> dict[str, Any]:
        """The line as an object."""
        return dict(orjson.loads(self.line))

    @property
    def id(self) -> str | None:
        """The message id."""
        found: str | None = self.body["messageId"]
        return found

    @property
    def event(self) -> str:
        """The name of the event's table."""
        return str(self.body["event"]).lower().replace(" ", "_")

    @property
    def is_from_server(self) -> bool:
        """Whether a server library sent it."""
        return bool(self.body["context"]["library"]["name"] != "analytics.js")

    @property
    def properties(self) -> dict[str, Any]:
        """The properties as sent."""
        return dict(self.body["properties"])

    @property
    def order_id(self) -> Any:
        """The order id that it names, if any."""
        names = ("order_id", "orderId", "deliveryId")
        return next((self.properties[name] for name in names if name in self.properties), None)

    @property
    def robot_id(self) -> Any:
        """The robot id that it names, if any."""
        return self.properties.get("robot_id", self.properties.get("robotId"))

    def time(self, name: str) -> datetime:
        """One of the four times: `timestamp`, `originalTimestamp`, `sentAt`, `receivedAt` (naive, UTC)."""
        return datetime.fromisoformat(self.body[name].removesuffix("Z"))


def settings(seed: int, *, days: int = 3, orders_per_day: int = 40, **changes: Any) -> SimulationSettings:
    """Small settings, without mess unless some is given."""
    changes.setdefault("mess", Mess.none())
    return SimulationSettings(seed=seed, start=FIRST_DAY, days=days, orders_per_day=orders_per_day, **changes)


def messages_of(simulation: Simulation) -> list[Message]:
    """All messages of all syncs, in their order."""
    return [
        Message(loaded_at, line)
        for loaded_at, messages in simulation.syncs()
        for line in messages.splitlines()
    ]


def by_id(messages: Iterable[Message]) -> dict[str, Message]:
    """Messages by their ids; the last copy of each."""
    return {message.id: message for message in messages if message.id is not None}
