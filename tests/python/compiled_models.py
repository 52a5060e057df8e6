"""Runs models on given rows: a full refresh as dbt compiled it, but without dbt, which is slow to start."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import datetime

from dbt.contracts.graph.nodes import ModelNode
from psycopg2.extensions import connection as Connection
from psycopg2.extras import RealDictCursor, execute_values

from builds.differences import Row
from contract.raw import land_empty_table
from project import BOOKKEEPING, Project

WRITTEN_AT = datetime(2026, 10, 1)


@dataclass(frozen=True)
class CompiledModels:
    """A database in which models and all that they rest on stand empty, and what dbt compiled.

    invariants: by model, the expressions of its data tests that are true for each row, by the test's name.
    """

    connection: Connection
    models: Mapping[str, ModelNode]
    invariants: Mapping[str, Mapping[str, str]]

    def build(
        self,
        given: Mapping[str, Sequence[Row]],
        filled: Sequence[str],
        read: Sequence[str] = (),
        unchecked: Collection[str] = (),
    ) -> dict[str, list[Row]]:
        """Build models on given rows; give what is in them, without bookkeeping columns, by model.

        given: rows by model, with some of its columns; all of a model with the same ones.
        filled: tables, in the order in which they are filled.  read: views that are read, too.
        The database stays as it was. A row that breaks an invariant of its model fails the test, except for
        `unchecked` models.
        """
        try:
            for model, rows in given.items():
                self._insert(model, rows)
            for model in filled:
                self._fill(model)
            for model in {*filled, *read} - {*unchecked}:
                self._assert_invariants(model)
            return {model: self._content(model) for model in (*filled, *read)}
        finally:
            self.connection.rollback()

    def _insert(self, model: str, rows: Sequence[Row]) -> None:
        if not rows:
            return
        columns = list(rows[0])
        values = [tuple(row[column] for column in columns) for row in rows]
        if "written_at" in self.models[model].columns:
            columns, values = [*columns, "written_at"], [(*row, WRITTEN_AT) for row in values]
        statement = f"insert into {self._relation(model)} ({', '.join(columns)}) values %s"
        with self.connection.cursor() as cursor:
            execute_values(cursor, statement, values, page_size=1000)

    def _fill(self, model: str) -> None:
        select = self.models[model].compiled_code
        with self.connection.cursor() as cursor:
            cursor.execute(f"select * from ({select}) as built limit 0")
            columns = ", ".join(column.name for column in cursor.description or ())
            cursor.execute(f"insert into {self._relation(model)} ({columns}) {select}")

    def _assert_invariants(self, model: str) -> None:
        expressions = self.invariants.get(model, {})
        if not expressions:
            return
        counts = (f"count(case when ({each}) then null else 1 end)" for each in expressions.values())
        with self.connection.cursor() as cursor:
            cursor.execute(f"select {', '.join(counts)} from {self._relation(model)}")
            broken = dict(zip(expressions, cursor.fetchall()[0], strict=True))
        assert {name: count for name, count in broken.items() if count} == {}

    def _content(self, model: str) -> list[Row]:
        with self.connection.cursor(cursor_factory=RealDictCursor) as cursor:
            cursor.execute(f"select * from {self._relation(model)}")
            rows = cursor.fetchall()
        return [{name: value for name, value in row.items() if name not in BOOKKEEPING} for row in rows]

    def _relation(self, model: str) -> str:
        return f"{self.models[model].schema}.{self.models[model].alias}"


@contextmanager
def compiled_models(project: Project, *models: str) -> Iterator[CompiledModels]:
    """Build models and all that they rest on from raw tables without rows; keep what dbt compiled at hand."""
    land_empty_table(project)
    selected = [f"+{model}" for model in models]
    results = project.dbt("run", "--full-refresh", "--select", *selected)
    nodes = {name: result.node for name, result in results.items() if isinstance(result.node, ModelNode)}
    with closing(project.database.connect(user="transformer")) as connection:
        yield CompiledModels(
            connection, nodes, {name: _invariants(project, node) for name, node in nodes.items()}
        )


def _invariants(project: Project, model: ModelNode) -> dict[str, str]:
    """The expressions that are true for each row of a model, by the data test.

    Those with jinja are left out, and tests of findings, which some rows may fail.
    """
    tests = {
        node["name"]: node["test_metadata"]["kwargs"]["expression"]
        for node in project.manifest["nodes"].values()
        if node.get("attached_node") == model.unique_id
        and node["test_metadata"]["name"] == "expression_is_true"
        and not node["config"]["where"]
        and (node["config"]["severity"].lower(), node["config"]["error_if"]) == ("error", "!= 0")
    }
    return {name: expression for name, expression in tests.items() if "{{" not in expression}


def horizon_rows(received_through: Sequence[datetime | None]) -> list[Row]:
    """The rows of `int_data_horizon` that say how far each of some event streams has been received."""
    return [
        {"stream_name": f"stream_{number}", "received_through": received}
        for number, received in enumerate(received_through)
    ]
