"""The queries of the unit tests, as dbt sends them."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from psycopg2.extensions import connection as Connection

from mutants.changes import Change, changes
from mutants.warehouse import Warehouse

_ACTUAL = "with dbt_internal_unit_test_actual as ("
_MODEL_ENDS = ") _dbt_internal_unit_test_actual"


@dataclass(frozen=True)
class UnitTest:
    """A unit test and its query, which gives the rows of the model and the expected ones."""

    name: str
    model: str
    sql: str

    @property
    def changes(self) -> list[Change]:
        """The changes of the model's SQL in the query."""
        return list(changes(self.sql, self.sql.index("from (") + 6, self.sql.index(_MODEL_ENDS)))

    def passes(self, connection: Connection, change: Change | None = None) -> bool:
        """Whether the model gives the expected rows, with a change or as it is. Raises psycopg2.Error."""
        with connection.cursor() as cursor:
            cursor.execute(change.apply(self.sql) if change else self.sql)
            rows: dict[str, Counter[tuple[str, ...]]] = {"actual": Counter(), "expected": Counter()}
            for *values, side in cursor.fetchall():
                rows[side][tuple(map(str, values))] += 1
        return rows["actual"] == rows["expected"]


def unit_tests(warehouse: Warehouse, models: Sequence[str]) -> dict[str, list[UnitTest]]:
    """The unit tests of these models, by model. Raises SandboxError if one fails."""
    queries: dict[str, str] = {}

    def note(event: Any) -> None:
        if event.info.name == "SQLQuery" and _ACTUAL in event.data.sql:
            queries[event.data.node_info.unique_id] = event.data.sql

    warehouse.dbt("run", "--empty")
    warehouse.dbt("test", "--select", *(f"{model},test_type:unit" for model in models), listen=note)
    found: dict[str, list[UnitTest]] = defaultdict(list)
    for name, sql in sorted(queries.items()):
        _, _, model, test = name.split(".")
        found[model].append(UnitTest(test, model, sql))
    return dict(sorted(found.items()))
