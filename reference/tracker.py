"""Events of the customers' tracker to sessions, browser by browser.

A state machine over the events of one browser, walked once in their order. It knows the sessions that
Amplitude has marked by their ids, and of the others only the one that is going on.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from datetime import date, datetime, timedelta
from hashlib import md5
from typing import Literal, TypeVar

from reference.instants import Position, by_values
from reference.local_time import local_date, local_hour, local_weekday

T = TypeVar("T")
UnmatchedReason = Literal["other_app", "no_entity", "no_time"]

OPEN = "order_tracker_open"
FAQ = "order_tracker_faq_open"
SUPPORT = "order_tracker_text_support_click"
RATING = "order_tracker_rating_submit"
OPTOUT_ERROR = "order_tracker_optout_error"
UNLOCK_CLICK = "order_unlock_coco"
VIEW, CLICK, DISMISS = "app_banner_viewed", "app_banner_clicked", "app_banner_dismissed"
UNLOCK_RESULTS = ("deliveries_unlock_coco_success", "deliveries_unlock_coco_fail")
ERRORS = ("error_mercator_error", "merchant_asset_missing", "order_tracker_open_error", OPTOUT_ERROR)

KINDS = {
    OPEN: "open",
    FAQ: "faq",
    SUPPORT: "support_click",
    RATING: "rating",
    OPTOUT_ERROR: "optout_error",
    UNLOCK_CLICK: "unlock_click",
    "order_unlock_coco_confirm": "unlock_confirm",
    "deliveries_unlock_coco_success": "unlock_success",
    "deliveries_unlock_coco_fail": "unlock_fail",
    VIEW: "banner_view",
    CLICK: "banner_click",
    DISMISS: "banner_dismiss",
    "error_mercator_error": "error",
    "merchant_asset_missing": "error",
    "order_tracker_open_error": "error",
}
STREAMS = {
    "int_order_tracker_events": (OPEN, FAQ, SUPPORT, RATING, OPTOUT_ERROR),
    "int_unlock_events": (UNLOCK_CLICK, "order_unlock_coco_confirm", *UNLOCK_RESULTS),
    "int_app_banner_events": (VIEW, CLICK, DISMISS),
    "int_error_events": tuple(name for name in ERRORS if name != OPTOUT_ERROR),
}
"""The event streams that sessions are made of, and their events."""


@dataclass(frozen=True)
class TrackerRules:
    """What may be set in the domain of the tracker."""

    gap: timedelta = timedelta(minutes=30)
    rating_min: int = 1
    rating_max: int = 5

    def is_valid(self, rating: int | None) -> bool:
        """Say whether a rating is on the scale."""
        return rating is not None and self.rating_min <= rating <= self.rating_max


@dataclass(frozen=True)
class TrackerEvent:
    """One clean event of a stream that sessions are made of. The key is (event_name, event_id)."""

    event_name: str
    event_id: str
    app: str | None = "tracker_web"
    anonymous_id: str | None = None
    user_id: str | None = None
    order_id: str | None = None
    device_class: str | None = None
    entry_channel: str | None = None
    merchant_name: str | None = None
    delivery_status: str | None = None
    rating: int | None = None
    amplitude_session_id: int | None = None
    is_clock_suspect: bool = False
    occurred_at: datetime | None = None

    @property
    def key(self) -> str:
        """The key of the event, which is also the id of what it begins: 32 hexadecimal digits."""
        return md5(f"{self.event_name}|{self.event_id}".encode(), usedforsecurity=False).hexdigest()

    @property
    def browser_key(self) -> str:
        """The browser whose history the event is part of."""
        return f"anonymous:{self.anonymous_id}"

    @property
    def tracker_key(self) -> str:
        """Amplitude's session, or else the browser's loose events; without a browser the event itself."""
        if self.app == "tracker_web" and self.anonymous_id is not None:
            is_loose = self.amplitude is None
            return self.browser_key if is_loose else f"amplitude:{self.anonymous_id}:{self.amplitude}"
        return f"none:{self.key}"

    @property
    def amplitude(self) -> int | None:
        """Amplitude's session, if the event is in one."""
        is_one = self.amplitude_session_id is not None and self.amplitude_session_id > 0
        return self.amplitude_session_id if is_one else None


@dataclass(frozen=True)
class PlacedEvent:
    """An event with the session it belongs to, or the reason why it belongs to none."""

    event: TrackerEvent
    tracker_session_id: str | None
    unmatched_reason: UnmatchedReason | None
    tracker_event_number: int | None

    def row(self) -> dict[str, object]:
        """Give the placed event as a flat row, column name to value."""
        event = self.event
        return {
            "event_id": event.event_id,
            "entity_key": event.tracker_key,
            "browser_key": event.tracker_key if self.unmatched_reason else event.browser_key,
            "tracker_session_id": self.tracker_session_id,
            "order_id": event.order_id,
            "anonymous_id": event.anonymous_id,
            "user_id": event.user_id,
            "event_name": event.event_name,
            "event_kind": KINDS[event.event_name],
            "device_class": event.device_class,
            "entry_channel": event.entry_channel,
            "unmatched_reason": self.unmatched_reason,
            "tracker_event_number": self.tracker_event_number,
            "rating": event.rating,
            "amplitude_session_id": event.amplitude,
            "is_clock_suspect": event.is_clock_suspect,
            "occurred_at": event.occurred_at,
        }


@dataclass(frozen=True)
class TrackerSession:
    """One session, with the user that it names itself."""

    tracker_session_id: str
    entity_key: str
    browser_key: str
    anonymous_id: str | None
    user_id: str | None
    order_id: str | None
    device_class: str | None
    entry_channel: str | None
    amplitude_session_id: int | None
    event_count: int
    order_count: int
    open_count: int
    faq_count: int
    support_click_count: int
    unlock_click_count: int
    banner_view_count: int
    banner_click_count: int
    banner_dismiss_count: int
    error_count: int
    optout_error_count: int
    rating_submit_count: int
    rating: int | None
    is_clock_suspect: bool
    user_seen_at: datetime | None
    started_at: datetime
    ended_at: datetime

    @property
    def session_kind(self) -> Literal["amplitude", "gap"]:
        """Who told the session from others."""
        return "gap" if self.amplitude_session_id is None else "amplitude"

    @property
    def seconds_to_end(self) -> int | None:
        """The boundaries of seconds crossed, null if a clock is suspect."""
        if self.is_clock_suspect:
            return None
        elapsed = self.ended_at.replace(microsecond=0) - self.started_at.replace(microsecond=0)
        return elapsed.days * 86_400 + elapsed.seconds

    @property
    def start_date(self) -> date:
        """The day of its beginning."""
        return local_date(self.started_at)

    def row(self, user_id: str | None) -> dict[str, object]:
        """Give the session as a flat row, column name to value, of a browser that is tied to a user."""
        own = asdict(self)
        del own["browser_key"], own["user_seen_at"]
        return own | {
            "entity_key": self.browser_key,
            "user_id": user_id,
            "session_kind": self.session_kind,
            "device_class": self.device_class or "unknown",
            "entry_channel": self.entry_channel or "unknown",
            "seconds_to_end": self.seconds_to_end,
            "is_signed_in": self.user_id is not None,
            "has_support_contact": self.support_click_count > 0,
            "start_hour": local_hour(self.started_at),
            "start_weekday": local_weekday(self.started_at),
            "start_date": self.start_date,
        }


def first_told(values: Iterable[T | None]) -> T | None:
    """Give the first value that is not null; null when there is none."""
    return next((value for value in values if value is not None), None)


def place_events(events: Iterable[TrackerEvent], rules: TrackerRules | None = None) -> list[PlacedEvent]:
    """Place each event, exactly once, in a session of its browser, or say why it fits none."""
    rules = rules or TrackerRules()
    placed: list[PlacedEvent] = []
    browsers: dict[str, list[tuple[datetime, TrackerEvent]]] = defaultdict(list)
    for said in events:
        event = replace(said, rating=_valid(said, rules))
        reason = _reason_against(event)
        if reason is None and event.occurred_at is not None:
            browsers[event.browser_key].append((event.occurred_at, event))
        else:
            placed.append(PlacedEvent(event, None, reason, None))
    for history in browsers.values():
        walk = _Walk(rules)
        placed.extend(walk.place(time, event) for time, event in sorted(history, key=_position))
    return placed


def describe_sessions(placed: Iterable[PlacedEvent]) -> list[TrackerSession]:
    """Describe each session that placed events form."""
    members: dict[str, list[PlacedEvent]] = defaultdict(list)
    for item in sorted(placed, key=lambda item: item.tracker_event_number or 0):
        if item.tracker_session_id is not None:
            members[item.tracker_session_id].append(item)
    return [_describe(session_id, items) for session_id, items in members.items()]


def tie_browsers(sessions: Sequence[TrackerSession]) -> list[Mapping[str, object]]:
    """Give each session as a row with the user whom its browser is tied to, the last one seen with it."""
    signed_in = [session for session in sessions if session.user_seen_at is not None]
    in_order = sorted(signed_in, key=lambda session: (session.user_seen_at, (session.user_id or "").encode()))
    users = {session.browser_key: session.user_id for session in in_order}
    return [session.row(users.get(session.browser_key)) for session in sessions]


def _reason_against(event: TrackerEvent) -> UnmatchedReason | None:
    if event.app != "tracker_web":
        return "other_app"
    if event.anonymous_id is None:
        return "no_entity"
    return "no_time" if event.occurred_at is None else None


def _valid(event: TrackerEvent, rules: TrackerRules) -> int | None:
    return event.rating if rules.is_valid(event.rating) else None


def _position(timed: tuple[datetime, TrackerEvent]) -> tuple[datetime, int, str, Position]:
    time, event = timed
    is_outcome = event.event_name in (RATING, *UNLOCK_RESULTS)
    role_rank = 0 if event.event_name == OPEN else 2 if is_outcome else 1
    values = by_values(event, "order_id", "user_id", "device_class", "entry_channel", "rating")
    return time, role_rank, event.event_name, values


@dataclass
class _Walk:
    """The state kept while walking along one browser's events in order."""

    rules: TrackerRules
    event_counts: Counter[str] = field(default_factory=Counter)
    """How many events there were, by their tracker_key."""
    marked: dict[int, str] = field(default_factory=dict)
    """The ids of sessions that Amplitude has marked, by its own."""
    going_on: str | None = None
    last_at: datetime | None = None

    def place(self, time: datetime, event: TrackerEvent) -> PlacedEvent:
        """Place the next event."""
        self.event_counts[event.tracker_key] += 1
        number = self.event_counts[event.tracker_key]
        return PlacedEvent(event, self._session(time, event), None, number)

    def _session(self, time: datetime, event: TrackerEvent) -> str:
        if event.amplitude is not None:
            return self.marked.setdefault(event.amplitude, event.key)
        if self.going_on is None or self.last_at is None or time - self.last_at > self.rules.gap:
            self.going_on = event.key
        self.last_at = time
        return self.going_on


def _describe(session_id: str, items: Sequence[PlacedEvent]) -> TrackerSession:
    events = [item.event for item in items]
    names = [event.event_name for event in events]
    times = [event.occurred_at for event in events if event.occurred_at is not None]
    orders = {event.order_id for event in events} - {None}
    named = sorted(
        (event for event in events if event.user_id is not None),
        key=lambda event: (event.occurred_at, (event.user_id or "").encode()),
    )
    return TrackerSession(
        tracker_session_id=session_id,
        entity_key=events[0].tracker_key,
        browser_key=events[0].browser_key,
        anonymous_id=events[0].anonymous_id,
        user_id=named[-1].user_id if named else None,
        order_id=first_told(event.order_id for event in events),
        device_class=first_told(event.device_class for event in events),
        entry_channel=next(
            (event.entry_channel for event in events if event.entry_channel is not None), None
        ),
        amplitude_session_id=events[0].amplitude,
        event_count=len(events),
        order_count=len(orders),
        open_count=names.count(OPEN),
        faq_count=names.count(FAQ),
        support_click_count=names.count(SUPPORT),
        unlock_click_count=names.count(UNLOCK_CLICK),
        banner_view_count=names.count(VIEW),
        banner_click_count=names.count(CLICK),
        banner_dismiss_count=names.count(DISMISS),
        error_count=sum(name in ERRORS for name in names),
        optout_error_count=names.count(OPTOUT_ERROR),
        rating_submit_count=names.count(RATING),
        rating=first_told(event.rating for event in reversed(events)),
        is_clock_suspect=any(event.is_clock_suspect for event in events),
        user_seen_at=named[-1].occurred_at if named else None,
        started_at=times[0],
        ended_at=times[-1],
    )
