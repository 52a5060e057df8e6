"""What an event is part of the history of: an order, else a robot, else nothing but itself."""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import md5
from typing import Literal

from reference.streams import Event

EntityType = Literal["order", "robot", "none"]
UnmatchedReason = Literal["no_entity", "no_time", "no_start", "outside_window"]


@dataclass(frozen=True)
class Entity:
    """An order, a robot, or an event that names neither."""

    entity_type: EntityType
    entity_key: str


def key_of(event: Event) -> str:
    """Give the key of an event, which is also the id of the attempt that it begins: 32 hexadecimal digits."""
    return md5(f"{event.event_name}|{event.event_id}".encode(), usedforsecurity=False).hexdigest()


def entity_of(event: Event) -> Entity:
    """Give the entity whose history the event is part of."""
    if event.order_id is not None:
        return Entity("order", f"order:{event.order_id}")
    if event.robot_id is not None:
        return Entity("robot", f"robot:{event.robot_id}")
    return Entity("none", f"none:{key_of(event)}")
