"""Runs the unlock models on given events: as dbt compiled them, but without dbt, which is slow to start."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import datetime

from dbt.contracts.graph.nodes import ModelNode
from dbt.contracts.results import RunResult
from psycopg2.extensions import connection as Connection
from psycopg2.extras import RealDictCursor, execute_values

from project import BOOKKEEPING, Project
from reference.streams import Event
from reference.unlock import CUSTOMER_EVENTS, entity_of
from unlock.strategies import UnlockBatch

Row = Mapping[str, object]

TABLES = {
    "int_unlock_attempt_events": "analytics_intermediate.int_unlock_attempt_events",
    "fct_unlock_attempts": "analytics_marts.fct_unlock_attempts",
}
FUNNEL = "analytics_marts.rpt_unlock_funnel_daily"

_EVENT_COLUMNS = (
    *("event_name", "event_id", "order_id", "robot_id"),
    *("error_code", "is_clock_suspect", "occurred_at"),
)
_STAGED_AT = datetime(2026, 10, 1)


@dataclass(frozen=True)
class BuiltUnlocks:
    """The rows of the unlock models, without bookkeeping columns."""

    placed_events: list[Row]
    attempts: list[Row]
    funnel_days: list[Row]


@dataclass(frozen=True)
class CompiledUnlocks:
    """A database in which all models stand empty, and the SQL that dbt compiled for a full refresh."""

    connection: Connection
    sql: Mapping[str, str]

    def build(self, batch: UnlockBatch) -> BuiltUnlocks:
        """Build the unlock models on a batch of events and read them. The database stays as it was."""
        customer = [event for event in batch.events if event.event_name in CUSTOMER_EVENTS]
        server = [event for event in batch.events if event.event_name not in CUSTOMER_EVENTS]
        try:
            self._insert_events("int_unlock_events", (*_EVENT_COLUMNS, "failure_reason"), customer)
            self._insert_events("int_server_unlock_events", _EVENT_COLUMNS, server)
            self._insert_horizon(batch.received_through)
            for model, table in TABLES.items():
                self._fill(table, self.sql[model])
            return BuiltUnlocks(
                placed_events=self._read(TABLES["int_unlock_attempt_events"]),
                attempts=self._read(TABLES["fct_unlock_attempts"]),
                funnel_days=self._read(FUNNEL),
            )
        finally:
            self.connection.rollback()

    def _insert_events(self, stream: str, columns: Sequence[str], events: Sequence[Event]) -> None:
        rows = [
            (*(getattr(event, column) for column in columns), entity_of(event).entity_key, _STAGED_AT)
            for event in events
        ]
        self._insert(stream, (*columns, "entity_key", "staged_at"), rows)

    def _insert_horizon(self, received_through: Sequence[datetime | None]) -> None:
        rows = [(f"stream_{number}", received) for number, received in enumerate(received_through)]
        self._insert("int_data_horizon", ("stream_name", "received_through"), rows)

    def _insert(self, model: str, columns: Sequence[str], rows: Sequence[tuple[object, ...]]) -> None:
        statement = f"insert into analytics_intermediate.{model} ({', '.join(columns)}) values %s"
        with self.connection.cursor() as cursor:
            execute_values(cursor, statement, rows, page_size=1000)

    def _fill(self, table: str, select: str) -> None:
        with self.connection.cursor() as cursor:
            cursor.execute(f"select * from ({select}) as built limit 0")
            columns = ", ".join(column.name for column in cursor.description or ())
            cursor.execute(f"insert into {table} ({columns}) {select}")

    def _read(self, relation: str) -> list[Row]:
        with self.connection.cursor(cursor_factory=RealDictCursor) as cursor:
            cursor.execute(f"select * from {relation}")
            rows = cursor.fetchall()
        return [{name: value for name, value in row.items() if name not in BOOKKEEPING} for row in rows]


@contextmanager
def compiled_unlocks(project: Project) -> Iterator[CompiledUnlocks]:
    """Build the unlock models and all that they rest on from an empty raw schema; keep their SQL at hand."""
    results = project.dbt("run", "--full-refresh", "--select", "+rpt_unlock_funnel_daily")
    with closing(project.database.connect(user="transformer")) as connection:
        yield CompiledUnlocks(connection, {model: _sql(results[model]) for model in TABLES})


def _sql(result: RunResult) -> str:
    assert isinstance(result.node, ModelNode)
    assert result.node.compiled_code
    return result.node.compiled_code
