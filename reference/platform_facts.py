"""Events of all families to what each domain makes of them, and to the events that have no place in one."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import fields
from datetime import datetime
from functools import cached_property
from typing import Any, Protocol, TypeVar, cast

from reference import (
    banner,
    load,
    load_attempts,
    node_launches,
    reassignments,
    tracker,
    troubleshooting,
    unlock,
    unlock_attempts,
)
from reference.platform import PlatformEvent
from reference.ratings import Submission, number_submissions
from reference.troubleshooting import PlacedTrouble, TroubleEvent
from reference.troubleshooting_facts import Troubles

Row = dict[str, object]
Key = tuple[str, str]
AnEvent = TypeVar("AnEvent")

TROUBLES = (
    *(*troubleshooting.LADDER, *troubleshooting.FAILURES, *troubleshooting.ESCALATIONS),
    *(*troubleshooting.REPORTS, *troubleshooting.EVIDENCE),
)
REASSIGNMENTS = (reassignments.INITIATED, reassignments.SUBMITTED)
NODES = (node_launches.LAUNCH, node_launches.INITIALIZATION)


class _Keyed(Protocol):
    @property
    def event_name(self) -> str: ...
    @property
    def event_id(self) -> str: ...


class _Placed(Protocol):
    """An event of a domain, and why it has no place there."""

    @property
    def event(self) -> _Keyed: ...
    @property
    def unmatched_reason(self) -> str | None: ...


class PlatformFacts:
    """What all domains make of events, each event once, as seen at a data horizon."""

    def __init__(self, events: Sequence[PlatformEvent], horizon: datetime | None) -> None:
        """Take the events of all families."""
        self.events = events
        self.horizon = horizon

    @cached_property
    def placed_loads(self) -> list[load.PlacedEvent]:
        """The events of loading."""
        return load.place_events(self._named(load.KINDS))

    @cached_property
    def placed_unlocks(self) -> list[unlock.PlacedEvent]:
        """The events of unlocking."""
        return unlock.place_events(self._named(unlock.KINDS))

    @cached_property
    def troubles(self) -> Troubles:
        """What pilots did about troubles."""
        placed = troubleshooting.place_events(self._told(TroubleEvent, TROUBLES))
        return Troubles(placed, self.horizon)

    @property
    def placed_troubles(self) -> Sequence[PlacedTrouble]:
        """The events of troubleshooting."""
        return self.troubles.placed

    def load_attempts(self) -> list[load_attempts.LoadAttempt]:
        """All attempts to load."""
        return load_attempts.describe_attempts(self.placed_loads, self.horizon)

    def unlock_attempts(self) -> list[unlock_attempts.UnlockAttempt]:
        """All attempts to unlock."""
        return unlock_attempts.describe_attempts(self.placed_unlocks, self.horizon)

    def unmatched(self) -> list[Row]:
        """One row per domain and event that the domain looked at and has no place for."""
        told = ("order_id", "robot_id", "trip_id", "pilot_id", "anonymous_id", "family")
        times = ("occurred_at", "loaded_at")
        by_key = {event.key: event for event in self.events}
        return [
            {
                "event_name": key[0],
                "event_id": key[1],
                "domain_name": domain,
                "unmatched_reason": reason,
                **{column: getattr(by_key[key], column) for column in (*told, *times)},
            }
            for domain, key, reason in self._reasons()
            # what another application sent is the business of another domain
            if reason not in (None, "other_app")
        ]

    def _reasons(self) -> Iterator[tuple[str, Key, str | None]]:
        """For each domain and event that it looks at: why it has no place, null where it has one."""
        of_domains: dict[str, Iterable[_Placed]] = {
            "load": self.placed_loads,
            "unlock": self.placed_unlocks,
            "troubleshooting": self.placed_troubles,
            "tracker": tracker.place_events(self._told(tracker.TrackerEvent, tracker.KINDS)),
            "banner": banner.place_banner_events(self._told(banner.BannerEvent, banner.KINDS)),
            "reassignment": reassignments.pair_events(
                self._told(reassignments.ReassignmentEvent, REASSIGNMENTS)
            ),
            "node_launch": node_launches.place_node_events(self._told(node_launches.NodeEvent, NODES)),
        }
        for domain, placed in of_domains.items():
            for item in placed:
                yield domain, (item.event.event_name, item.event.event_id), item.unmatched_reason
        for row in number_submissions(self._told(Submission, [tracker.RATING])):
            reason = row["unmatched_reason"]
            yield "rating", (tracker.RATING, str(row["event_id"])), None if reason is None else str(reason)

    def _named(self, names: Iterable[str]) -> list[PlatformEvent]:
        wanted = set(names)
        return [event for event in self.events if event.event_name in wanted]

    def _told(self, kind: Callable[..., AnEvent], names: Iterable[str]) -> list[AnEvent]:
        """The events of some names as a domain reads them, as far as it matters for their place."""
        read = {field.name for field in fields(cast(Any, kind))} & {
            field.name for field in fields(PlatformEvent)
        }
        return [kind(**{name: getattr(event, name) for name in read}) for event in self._named(names)]
