"""Somebody who reads marts again and again while dbt builds them."""

from __future__ import annotations

import threading
import time
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field

from conformance.warehouse import Warehouse

QUERIES = {
    "a table, fct_orders": "select count(*), max(ended_at) from {fct_orders}",
    "a view, rpt_unlock_funnel_daily": "select sum(attempt_count) from {rpt_unlock_funnel_daily}",
    "a join, fct_orders with fct_unlock_attempts": (
        "select count(*) from {fct_orders} as orders inner join {fct_unlock_attempts} as attempts"
        " on orders.order_id = attempts.order_id"
    ),
}
"""What is read, and the query; the names of models in it stand for their relations.

The join has the child first. On Redshift a build locks a child before its parents, so a query that reads them
the other way round and the build may wait for each other.
"""

PAUSE = 0.05
"""Seconds between one round of queries and the next."""


@dataclass
class Reading:
    """What became of a query.

    count: how often it was run.  errors: how often each error came.  longest_wait: seconds, at worst, from
    sending it to its last row or its error.
    """

    about: str
    count: int = 0
    errors: Counter[str] = field(default_factory=Counter)
    longest_wait: float = 0.0


class Reader:
    """Runs queries, one after the other, over a connection that nobody else uses meanwhile."""

    def __init__(self, warehouse: Warehouse, queries: Mapping[str, str]) -> None:
        """`queries` has the SQL by what it reads."""
        self._warehouse = warehouse
        self._queries = queries
        self.readings = {about: Reading(about) for about in queries}

    @contextmanager
    def reading(self) -> Iterator[None]:
        """Read until the end of the `with`, each query at least once. Errors are counted and end nothing."""
        done = threading.Event()
        thread = threading.Thread(target=self._read_until, args=(done,), name="reader")
        thread.start()
        try:
            yield
        finally:
            done.set()
            thread.join()

    def _read_until(self, done: threading.Event) -> None:
        while True:
            for about, sql in self._queries.items():
                self._read(sql, self.readings[about])
            if done.wait(PAUSE):
                return

    def _read(self, sql: str, reading: Reading) -> None:
        began = time.perf_counter()
        try:
            self._warehouse.query(sql)
        except Exception as error:  # whatever the driver raises is the outcome
            reading.errors[f"{type(error).__name__}: {error}".strip()] += 1
        reading.count += 1
        reading.longest_wait = max(reading.longest_wait, time.perf_counter() - began)
