"""Views over all domains against the reference, row for row, on events of all families at once."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from dataclasses import asdict

import pytest
from hypothesis import given, settings

from all_domains.strategies import Batch, platform_batches
from all_domains.views import VIEWS, assert_views, event_tables
from builds.differences import Row
from compiled_models import compiled_models, horizon_rows
from project import Project
from properties.built import Manifest
from reference.entities import key_of
from reference.horizon import newest_receipt
from reference.platform import PlatformEvent

FILLED = (
    *("int_load_attempt_events", "fct_load_attempts", "int_unlock_attempt_events", "fct_unlock_attempts"),
    *("int_troubleshooting_events", "fct_troubleshooting_sessions", "int_tracker_session_events"),
    *("int_rating_events", "int_banner_events", "int_reassignment_events", "int_node_launch_events"),
)
OF_CUSTOMERS_AND_SERVERS = ("order_id", "robot_id")
OF_PILOTS = ("robot_id", "trip_id", "pilot_id")


def keys(event: PlatformEvent) -> dict[str, str]:
    """What the event is about, by the kinds of keys that streams have."""
    is_pilots = event.family.startswith("pilot_")
    browser = event.anonymous_id if event.app == "tracker_web" else None

    def key(*ids: str) -> str:
        named = ((name.removesuffix("_id"), getattr(event, name)) for name in ids)
        return next((f"{kind}:{said}" for kind, said in named if said is not None), f"none:{key_of(event)}")

    return {
        "entity_key": key(*(OF_PILOTS if is_pilots else OF_CUSTOMERS_AND_SERVERS)),
        "order_key": key("order_id", "robot_id"),
        "robot_key": key("robot_id"),
        "trip_key": key("trip_id", "robot_id"),
        "tracker_key": key() if browser is None else f"anonymous:{browser}",
    }


def stream_row(event: PlatformEvent, columns: Collection[str]) -> Row:
    """An event as its stream has it, as far as the reference knows the columns."""
    told = asdict(event) | keys(event)
    return {column: told[column] for column in columns if column in told}


@pytest.mark.filterwarnings("ignore:Generating overly large repr")  # it shrinks before anyone has to read it
def test_views_over_all_domains_are_those_of_the_reference(project: Project) -> None:
    with compiled_models(project, *VIEWS) as models:

        @settings(deadline=None)
        @given(batch=platform_batches(event_tables(Manifest.of(project))))
        def agree(batch: Batch) -> None:
            streams: dict[str, list[Row]] = defaultdict(list)
            for event in batch.events:
                stream = f"int_{event.family}_events"
                streams[stream].append(stream_row(event, models.models[stream].columns))
            horizon = horizon_rows(batch.received_through)
            built = models.build({**streams, "int_data_horizon": horizon}, filled=FILLED, read=VIEWS)
            assert_views(built, batch.events, newest_receipt(batch.received_through))

        agree()
