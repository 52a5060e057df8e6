"""Ids of events decide nothing: with the ids of its events exchanged, a history gives the same marts."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from random import Random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from all_domains.test_reference_agrees import keys
from all_domains.views import event_tables
from builds.differences import Row, assert_same_rows
from compiled_models import CompiledModels, compiled_models, horizon_rows
from project import Project
from properties.built import Manifest
from reference.platform import EventTable, PlatformEvent

NOON = datetime(2026, 9, 1, 12)
MOMENTS = [NOON + timedelta(seconds=seconds) for seconds in (0, 0, 0, 1, 11, 600, 4000)]
ID = re.compile("[0-9a-f]{32}")
"""An id that is made of the id of an event."""
VALUES: dict[str, Sequence[object]] = {
    "varchar": ("a", "b", None),
    "bigint": (1, 2, 9, None),
    "boolean": (True, False, None),
    "numeric": (1, 2, None),
    "double": (1.5, 2.5, None),
    "timestamp": (None,),
}
"""What columns may have, by the first word of their type."""
FIXED: dict[str, Sequence[object]] = {
    "app": ("tracker_web", "tracker_web", "pilot_web"),
    "anonymous_id": ("a",),
    "order_id": ("a", "a", "b", None),
    "robot_id": ("a", "a", "b", None),
    "is_clock_suspect": (True, False, False),
    "amplitude_session_id": (None,),
}

_Draft = tuple[str, datetime | None, int]


def write(
    drafts: Sequence[_Draft], ids: Sequence[int], models: CompiledModels, tables: Mapping[str, EventTable]
) -> dict[str, list[Row]]:
    """The rows of all streams: event name, time, and a number that decides about the values of each draft."""
    streams: dict[str, list[Row]] = defaultdict(list)
    for (name, time, number), event_id in zip(drafts, ids, strict=True):
        table = tables[name]
        stream = f"int_{table.family}_events"
        random = Random(number)
        row: dict[str, object] = {}
        for column, declared in models.models[stream].columns.items():
            of_type = VALUES[re.split(r"\W", declared.data_type or "")[0]]
            row[column] = random.choice(FIXED.get(column, of_type))
        row |= {"event_name": name, "event_id": f"e{event_id}", "occurred_at": time}
        row |= {"received_at": NOON, "loaded_at": NOON}
        told: dict[str, Any] = {field: row.get(field) for field in PlatformEvent.__dataclass_fields__}
        row |= {
            key: said
            for key, said in keys(PlatformEvent(**told | {"family": table.family})).items()
            if key in row
        }
        row.pop("written_at")
        streams[stream].append(row)
    return streams


def without_ids(model: str, rows: Sequence[Row]) -> list[Row]:
    """Rows of a model, with a mark in place of each id that is made of the id of an event."""
    return [
        {
            "model": model,
            **{
                column: ID.sub("id", value) if isinstance(value, str) else value
                for column, value in row.items()
                if column != "event_id"
            },
        }
        for row in rows
    ]


@pytest.mark.filterwarnings("ignore:Generating overly large repr")  # it shrinks before anyone has to read it
def test_ids_of_simultaneous_events_decide_nothing(project: Project) -> None:
    tables = event_tables(Manifest.of(project))
    marts = [relation.split(".")[1] for relation in Manifest.of(project).outputs]
    drafts = st.tuples(st.sampled_from(sorted(tables)), st.sampled_from([*MOMENTS, None]), st.integers(0, 30))

    with compiled_models(project, *marts) as models:
        horizon = horizon_rows([NOON + timedelta(hours=4)])
        is_table = {name: node.config.materialized == "incremental" for name, node in models.models.items()}
        streams = {f"int_{table.family}_events" for table in tables.values()}
        filled = [
            name for name in models.models if is_table[name] and name not in {*streams, "int_data_horizon"}
        ]
        read = [name for name in marts if not is_table[name]]

        # Each example builds all marts twice.
        @settings(deadline=None, max_examples=settings().max_examples // 3)
        @given(
            history=st.integers(1, 40).flatmap(lambda least: st.lists(drafts, min_size=least, max_size=80)),
            random=st.randoms(use_true_random=False),
        )
        def agree(history: list[_Draft], random: Random) -> None:
            ids = [*range(len(history))]
            exchanged = random.sample(ids, len(ids))
            one, other = (
                # any event has any value, so rows break invariants
                models.build(
                    {**write(history, each, models, tables), "int_data_horizon": horizon},
                    filled,
                    read,
                    unchecked=(*filled, *read),
                )
                for each in (ids, exchanged)
            )
            for model, rows in one.items():
                assert_same_rows(without_ids(model, rows), without_ids(model, other[model]))

        agree()
