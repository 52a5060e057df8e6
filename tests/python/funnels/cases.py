"""Small histories of events, funnels over them, and what both come to."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from itertools import product
from typing import Any

from dbt.contracts.graph.nodes import CompiledNode

from builds.differences import Row
from project import Project
from reference.funnels import Counting, Funnel, FunnelEvent, Order, Ties, funnel_paths, funnel_steps

SCHEMA, TABLE = "funnels", "cases"
COLUMNS = ("event_name", "occurred_at", "order_id", "robot_id", "app")
CREATE = f"""
    create schema {SCHEMA};
    grant usage on schema {SCHEMA} to public;
    create table {SCHEMA}.{TABLE} (
        event_name varchar(512), occurred_at timestamp, order_id varchar(512), robot_id varchar(512),
        app varchar(16)
    );
    grant all on {SCHEMA}.{TABLE} to public
"""
INSERT = f"insert into {SCHEMA}.{TABLE} ({', '.join(COLUMNS)}) values %s"
EVENTS = ("order_tracker_open", "order_unlock_coco", "order_unlock_coco_confirm", "page_viewed")
START = datetime(2026, 9, 1, 8)
WINDOW = timedelta(minutes=1)


@dataclass(frozen=True)
class CaseEvent:
    """A row of the table: `event` is the place of its name in `EVENTS`, `after` the seconds since `START`."""

    event: int
    after: float
    order_id: str | None
    robot_id: str | None
    app: str | None

    @property
    def occurred_at(self) -> datetime:
        """The time of the event."""
        return START + timedelta(seconds=self.after)

    def row(self) -> tuple[Any, ...]:
        """The values of `COLUMNS`."""
        return EVENTS[self.event], self.occurred_at, self.order_id, self.robot_id, self.app


@dataclass(frozen=True)
class Step:
    """A step: an event, with or without the condition that a robot is named."""

    event: int
    with_robot: bool = False

    def matches(self, event: CaseEvent) -> bool:
        """Whether an event is this step."""
        return event.event == self.event and (not self.with_robot or event.robot_id is not None)

    def __str__(self) -> str:
        """The step as an argument of the macro."""
        if not self.with_robot:
            return f"'{EVENTS[self.event]}'"
        return (
            f"{{'event': '{EVENTS[self.event]}', 'where': 'robot_id is not null', 'name': \"{self.name}\"}}"
        )

    @property
    def name(self) -> str:
        """What the step is called."""
        return "robot's" if self.with_robot else EVENTS[self.event]


@dataclass(frozen=True)
class Case:
    """A funnel by order in groups of apps; with `hold` of one robot, with `known` without unknown apps."""

    steps: tuple[Step, ...]
    funnel: Funnel
    hold: bool = False
    known: bool = False

    @property
    def arguments(self) -> str:
        """The arguments of the macros, for `compiled`."""
        funnel = self.funnel
        return (
            f"[{', '.join(map(str, self.steps))}], by='order_id', window_minutes=1, order='{funnel.order}',"
            f" counting='{funnel.counting}', reentry={funnel.reentry}, ties='{funnel.ties}',"
            f" hold={['robot_id'] if self.hold else []}, group_by=['app'], events=cases"
            f"{', where=' + repr('app is not null') if self.known else ''}"
        )

    def paths(self, history: Iterable[CaseEvent]) -> list[Row]:
        """The rows that `funnel_paths` is to give."""
        numbers = range(1, len(self.steps) + 1)
        found: list[Row] = []
        for path in funnel_paths(self._events(history), self.funnel):
            assert isinstance(path.key, tuple)
            times = dict(enumerate(path.times, start=1))
            found.append(
                {
                    **dict(zip(("order_id", "robot_id"), path.key, strict=False)),
                    "app": path.group,
                    "began_at": path.began_at,
                    "reached_step": len(times),
                    **{f"step_{number}_at": times.get(number) for number in numbers},
                }
            )
        return found

    def summary(self, history: Iterable[CaseEvent]) -> list[Row]:
        """The rows that `funnel` is to give."""
        groups = defaultdict(list)
        for path in funnel_paths(self._events(history), self.funnel):
            groups[path.group].append(path)
        return [
            {"app": group, **asdict(step), "step_name": self.steps[step.step_number - 1].name}
            for group, paths in groups.items()
            for step in funnel_steps(paths, len(self.steps))
        ]

    def _events(self, history: Iterable[CaseEvent]) -> list[FunnelEvent]:
        return [
            FunnelEvent(
                key=(event.order_id, event.robot_id) if self.hold else (event.order_id,),
                occurred_at=event.occurred_at,
                steps=frozenset(
                    number for number, step in enumerate(self.steps, start=1) if step.matches(event)
                ),
                group=event.app,
            )
            for event in history
            if event.order_id is not None
            and not (self.hold and event.robot_id is None)
            and not (self.known and event.app is None)
        ]


STEPS = (
    (Step(0), Step(1)),
    (Step(0), Step(1), Step(2)),
    (Step(0), Step(0, with_robot=True), Step(1)),
    (Step(0), Step(1), Step(0), Step(2)),
)
MODES: tuple[tuple[Order, Counting, bool], ...] = (
    ("this", "uniques", True),
    ("this", "uniques", False),
    ("this", "totals", True),
    ("this", "totals", False),
    ("exact", "uniques", True),
    ("exact", "uniques", False),
    ("exact", "totals", True),
    ("any", "uniques", True),
    ("any", "uniques", False),
)
TIES: tuple[Ties, ...] = ("instant", "second", "minute")


def cases() -> list[Case]:
    """All modes with all steps that they allow; ties and held robots in turn."""
    found: list[Case] = []
    for (order, counting, reentry), steps in product(MODES, STEPS):
        if order == "any" and len(set(steps)) < len(steps):
            continue
        number = len(found)
        funnel = Funnel(len(steps), WINDOW, order, counting, reentry, TIES[number % 3])
        found.append(Case(steps, funnel, hold=number % 2 == 1, known=number % 5 == 4))
    return found


def compiled(project: Project, calls: Sequence[str]) -> list[str]:
    """What calls of macros compile to, all in one command. `cases` in them is the table, which must exist."""
    relation = f"api.Relation.create(database=target.dbname, schema='{SCHEMA}', identifier='{TABLE}')"
    jinja = f"{{% set cases = {relation} %}}" + _MARK.join(f"{{{{ {call} }}}}" for call in calls)
    try:
        [result] = project.dbt("compile", "--inline", jinja).values()
    finally:  # dbt leaves the query in the parsed project if it fails
        project.parsed.nodes.pop("sql_operation.delivery_platform.inline_query", None)
    assert isinstance(result.node, CompiledNode)
    return str(result.node.compiled_code).split(_MARK)


_MARK = "\n-- the next call\n"
