"""From events to the paths and steps of a funnel, by the definitions in docs/funnels.md."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Literal

from reference.unlock_funnel import percentile

Order = Literal["any", "this", "exact"]
Counting = Literal["uniques", "totals"]
Ties = Literal["instant", "second", "minute"]


@dataclass(frozen=True)
class FunnelEvent:
    """An event of an entity. key: the values of `by` and `hold`. steps: the steps that it matches, from 1."""

    key: Hashable
    occurred_at: datetime
    steps: frozenset[int]
    group: str | None = None


@dataclass(frozen=True)
class Funnel:
    """A funnel without the conditions of its steps."""

    step_count: int
    window: timedelta
    order: Order = "this"
    counting: Counting = "uniques"
    reentry: bool = True
    ties: Ties = "instant"


@dataclass(frozen=True)
class Path:
    """One way through a funnel. times: of the steps that it reached, in their order."""

    key: Hashable
    group: str | None
    began_at: datetime
    times: tuple[datetime, ...]


@dataclass(frozen=True)
class FunnelStep:
    """A step of a funnel for the paths of one group. Seconds of the clock are whole."""

    step_number: int
    path_count: int
    conversion_rate: float | None
    step_conversion_rate: float | None
    median_seconds: float | None
    p90_seconds: float | None
    median_seconds_from_start: float | None
    p90_seconds_from_start: float | None


def funnel_steps(paths: Sequence[Path], step_count: int) -> list[FunnelStep]:
    """Count the paths of one group that reached each step."""
    steps = []
    previous = len(paths)
    for number in range(1, step_count + 1):
        reached = [path for path in paths if len(path.times) >= number]
        from_start = [_seconds(path.began_at, path.times[number - 1]) for path in reached]
        from_previous = [_seconds(*path.times[number - 2 : number]) for path in reached] if number > 1 else []
        steps.append(
            FunnelStep(
                step_number=number,
                path_count=len(reached),
                conversion_rate=len(reached) / len(paths) if paths else None,
                step_conversion_rate=len(reached) / previous if previous else None,
                median_seconds=percentile(from_previous, 0.5),
                p90_seconds=percentile(from_previous, 0.9),
                median_seconds_from_start=percentile(from_start, 0.5),
                p90_seconds_from_start=percentile(from_start, 0.9),
            )
        )
        previous = len(reached)
    return steps


def funnel_paths(events: Iterable[FunnelEvent], funnel: Funnel) -> list[Path]:
    """Find the paths that a funnel counts."""
    entities: dict[Hashable, list[FunnelEvent]] = defaultdict(list)
    for event in events:
        entities[event.key].append(replace(event, occurred_at=_rounded(event.occurred_at, funnel.ties)))
    found = []
    for own in entities.values():
        begun = _begun_paths(_in_order(own, funnel.step_count), funnel)
        found += _uniques(begun, funnel) if funnel.counting == "uniques" else _totals(begun, funnel)
    return found


def _rounded(time: datetime, ties: Ties) -> datetime:
    if ties == "minute":
        return time.replace(second=0, microsecond=0)
    return time.replace(microsecond=0) if ties == "second" else time


def _in_order(events: Iterable[FunnelEvent], step_count: int) -> list[FunnelEvent]:
    """Order by time. At one instant those of earlier steps come first, then by group."""

    def place(event: FunnelEvent) -> tuple[object, ...]:
        misses = tuple(number not in event.steps for number in range(1, step_count + 1))
        return event.occurred_at, misses, event.group is None, event.group or ""

    return sorted(events, key=place)


def _begun_paths(events: Sequence[FunnelEvent], funnel: Funnel) -> list[Path]:
    """Follow a path from each event that can begin one, as far as its window goes."""
    if funnel.order == "exact":
        taken = {event.occurred_at for event in events if event.steps}
        events = [event for event in events if event.steps or event.occurred_at not in taken]
    follow = {"any": _in_any_order, "this": _in_this_order, "exact": _in_exact_order}[funnel.order]
    paths = []
    for place, event in enumerate(events):
        within = [later for later in events[place:] if later.occurred_at <= event.occurred_at + funnel.window]
        times = follow(within, funnel.step_count)
        if times:
            paths.append(Path(event.key, event.group, event.occurred_at, tuple(times)))
    return paths


def _in_this_order(events: Sequence[FunnelEvent], step_count: int) -> list[datetime]:
    times: list[datetime] = []
    for place, event in enumerate(events):
        if len(times) < step_count and len(times) + 1 in event.steps:
            times.append(event.occurred_at)
        elif place == 0:
            return []
    return times


def _in_exact_order(events: Sequence[FunnelEvent], step_count: int) -> list[datetime]:
    times: list[datetime] = []
    for number, event in enumerate(events[:step_count], start=1):
        if number not in event.steps:
            break
        times.append(event.occurred_at)
    return times


def _in_any_order(events: Sequence[FunnelEvent], step_count: int) -> list[datetime]:
    times: list[datetime] = []
    for number in range(1, step_count + 1):
        matching = [event.occurred_at for event in events if number in event.steps]
        if not matching or not events[0].steps:
            break
        times.append(max([*times[-1:], matching[0]]))
    return times


def _uniques(begun: Sequence[Path], funnel: Funnel) -> list[Path]:
    """The first path of an entity, or with re-entry the first of those that got furthest."""
    furthest = max((len(path.times) for path in begun), default=0)
    candidates = [path for path in begun if len(path.times) == furthest] if funnel.reentry else begun
    return list(candidates[:1])


def _totals(begun: Sequence[Path], funnel: Funnel) -> list[Path]:
    """All paths; without re-entry those that begin after the end of the path that was begun before them."""
    if funnel.order == "exact":
        return list(begun)
    counted = []
    for place, path in enumerate(begun):
        if funnel.reentry:
            newer = begun[place + 1].times if place + 1 < len(begun) else ()
            shared = (mine == other for mine, other in zip(path.times[1:], newer[1:], strict=False))
            own = next((number for number, is_shared in enumerate(shared, start=1) if is_shared), None)
            counted.append(replace(path, times=path.times[:own]))
        elif place == 0 or _end(begun[place - 1], funnel) < path.began_at:
            counted.append(path)
    return counted


def _end(path: Path, funnel: Funnel) -> datetime:
    is_complete = len(path.times) == funnel.step_count
    return path.times[-1] if is_complete else path.began_at + funnel.window


def _seconds(start: datetime, end: datetime) -> int:
    return int((end.replace(microsecond=0) - start.replace(microsecond=0)).total_seconds())
