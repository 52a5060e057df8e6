"""Hypothesis strategy for unlock histories that sit on the edges of the rules."""

from __future__ import annotations

from datetime import timedelta
from itertools import product

from hypothesis import strategies as st

from edge_histories import Batch, Domain, batches, moments
from reference.unlock import (
    CLICK,
    CONFIRM,
    CUSTOMER_EVENTS,
    FAILURES,
    LID_ERROR,
    LID_SUCCESS,
    REQUEST_FAIL,
    REQUEST_SUCCESS,
    SERVER_ERROR,
    SERVER_EVENTS,
    SERVER_START,
    STARTS,
)

_REASONS = [(None, None), ("LID_STUCK", "E7"), ("too_far", None), (None, "E8")]
_PROPERTIES: list[dict[str, str | None]] = [
    {},
    {"merchant_id": "m1", "merchant_name": "Bakery", "device_class": "mobile", "requested_by": "Pilot"},
    {"merchant_id": "m2", "app_version": "3.1", "requested_by": "customer"},
]

UNLOCK = Domain(
    moments=[
        *moments(*[CLICK] * 4, edges=[0, 2, 10]),
        *moments(*[SERVER_START] * 4, edges=[0, 60, 300]),
        *moments(CONFIRM, REQUEST_SUCCESS, CONFIRM, REQUEST_FAIL, edges=[0, 0, 900]),
        *moments(LID_SUCCESS, LID_ERROR, LID_SUCCESS, SERVER_ERROR, edges=[0, 0, 900]),
    ],
    told=[
        {"failure_reason": reason, "error_code": code} | properties
        for (reason, code), properties in product(_REASONS, _PROPERTIES)
    ],
    only_of={
        "failure_reason": [REQUEST_FAIL],
        "error_code": FAILURES,
        "device_class": CUSTOMER_EVENTS,
        "app_version": CUSTOMER_EVENTS,
        "requested_by": SERVER_EVENTS,
    },
    starts=STARTS,
    restart=SERVER_START,
    restart_after=timedelta(seconds=60),
    window=timedelta(minutes=15),
)


def unlock_batches() -> st.SearchStrategy[Batch]:
    """Draw a batch of unlock histories."""
    return batches(UNLOCK)
