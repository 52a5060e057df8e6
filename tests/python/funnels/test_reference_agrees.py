"""The macros against the reference, path for path, on small histories with much at once."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, replace

from hypothesis import given, settings
from hypothesis import strategies as st
from psycopg2.extensions import connection as Connection
from psycopg2.extras import RealDictCursor, execute_values

from builds.differences import Row, assert_same_rows
from funnels.cases import COLUMNS, CREATE, TABLE, Case, CaseEvent, cases, compiled
from funnels.strategies import histories
from funnels.window_funnel import window_funnel
from project import Project


@dataclass(frozen=True)
class CompiledFunnels:
    """The statements of funnels over a table of events, which stays empty."""

    connection: Connection
    paths: Sequence[str]
    summaries: Sequence[str]

    def rows(self, history: Sequence[CaseEvent], *queries: str) -> list[list[Row]]:
        """What queries give on a history."""
        try:
            with self.connection.cursor(cursor_factory=RealDictCursor) as cursor:
                insert = f"insert into public.{TABLE} ({', '.join(COLUMNS)}) values %s"
                execute_values(cursor, insert, [event.row() for event in history])
                found: list[list[Row]] = []
                for query in queries:
                    cursor.execute(query)
                    found.append([dict(row) for row in cursor.fetchall()])
                return found
        finally:
            self.connection.rollback()


CASES = cases()


@contextmanager
def compiled_funnels(project: Project) -> Iterator[CompiledFunnels]:
    """Compile all cases in one command."""
    project.execute(f"{CREATE}; grant all on public.{TABLE} to public", user="postgres")
    calls = [f"{macro}({case.arguments})" for macro in ("funnel_paths", "funnel") for case in CASES]
    queries = compiled(project, calls)
    with closing(project.database.connect(user="transformer")) as connection:
        yield CompiledFunnels(connection, queries[: len(CASES)], queries[len(CASES) :])


def test_macros_and_reference_agree(project: Project) -> None:
    # One statement follows the paths of all orders, so each example has several, for all cases in turn.
    @settings(deadline=None, max_examples=5 * settings().max_examples)
    @given(history=histories(), number=st.integers(0, len(CASES) - 1))
    def agree(history: list[CaseEvent], number: int) -> None:
        case = CASES[number]
        paths, summary = funnels.rows(history, funnels.paths[number], funnels.summaries[number])
        assert_same_rows(case.paths(history), paths, lambda _: case.arguments)
        assert_same_rows(case.summary(history), summary, lambda _: case.arguments)

    with compiled_funnels(project) as funnels:
        agree()
        assert_one_sort_and_no_join(funnels)


def assert_one_sort_and_no_join(funnels: CompiledFunnels) -> None:
    """No statement sorts twice or joins."""
    for query in funnels.paths:
        [plan] = funnels.rows([], f"explain (costs off) {query}")
        lines = [str(line["QUERY PLAN"]) for line in plan]
        assert sum("Sort" in line and "Sort Key" not in line for line in lines) == 1, "\n".join(lines)
        assert not any("Join" in line or "Loop" in line for line in lines), "\n".join(lines)


@given(history=histories())
def test_the_furthest_step_is_that_of_window_funnel(history: list[CaseEvent]) -> None:
    case = next(case for case in CASES if len(set(case.steps)) == 3 and case.funnel.order == "this")
    for order_id in ("o1", "o2", "o3"):
        own = [replace(event, robot_id=None) for event in history if event.order_id == order_id]
        chain = [(event.occurred_at, event.event + 1) for event in own if event.event < 3]
        furthest = window_funnel(chain, case.funnel.window, 3)
        paths = replace(case, hold=False).paths(own)
        assert [path["reached_step"] for path in paths] == ([furthest] if furthest else [])
