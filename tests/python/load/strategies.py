"""Hypothesis strategy for load histories that sit on the edges of the rules."""

from __future__ import annotations

from datetime import timedelta
from itertools import product

from hypothesis import strategies as st

from edge_histories import Batch, Domain, batches, moments
from reference.load import ERROR, ERRORS, LID_CLOSED, LID_ERROR, STARTED, SUCCESS

# `unknown` is what the report calls merchants without a name; a blank name never comes out of staging.
_MERCHANTS = ["Taqueria", "Bakery", "unknown", None]
_CODES = ["lid_blocked", "overweight", None]

LOAD = Domain(
    moments=[
        *moments(STARTED, STARTED, edges=[0, 60, 60, 900]),
        *moments(LID_CLOSED, LID_ERROR, LID_ERROR, SUCCESS, SUCCESS, ERROR, edges=[0, 0, 900]),
    ],
    told=[
        {"merchant_id": merchant and merchant[:1], "merchant_name": merchant, "load_method": method}
        | {"error_code": code}
        for merchant, code, method in product(_MERCHANTS, _CODES, (None, "PIN", "qr"))
    ],
    only_of={"error_code": ERRORS},
    starts=[STARTED],
    restart=STARTED,
    restart_after=timedelta(seconds=60),
    window=timedelta(minutes=15),
)


def load_batches() -> st.SearchStrategy[Batch]:
    """Draw a batch of load histories."""
    return batches(LOAD)
