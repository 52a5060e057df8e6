"""The macros against the reference, path for path, on small histories with much at once."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from psycopg2.extensions import connection as Connection
from psycopg2.extras import RealDictCursor, execute_values

from builds.differences import Row, assert_same_rows
from funnels.cases import COLUMNS, CREATE, INSERT, SCHEMA, TABLE, CaseEvent, cases, compiled
from funnels.examples import examples
from funnels.strategies import histories
from funnels.window_funnel import window_funnel
from project import Project, open_project
from sandbox.server import Server

CASES = cases()
EXAMPLES = examples()


@dataclass(frozen=True)
class Funnels:
    """A table of events, which stays empty, and statements over it by macro and arguments."""

    project: Project
    connection: Connection
    queries: Mapping[tuple[str, str], str]

    def rows(self, history: Sequence[CaseEvent], *queries: str) -> list[list[Row]]:
        """What queries give on a history."""
        try:
            with self.connection.cursor(cursor_factory=RealDictCursor) as cursor:
                execute_values(cursor, INSERT, [event.row() for event in history])
                found: list[list[Row]] = []
                for query in queries:
                    cursor.execute(query)
                    found.append([dict(row) for row in cursor.fetchall()])
                return found
        finally:
            self.connection.rollback()


@pytest.fixture(scope="module")
def funnels(server: Server, worker_id: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Funnels]:
    """All cases and examples, compiled in one command."""
    calls = [(macro, case.arguments) for macro in ("funnel_paths", "funnel") for case in CASES]
    calls += [("funnel", example.arguments) for example in EXAMPLES]
    with open_project(server, worker_id, tmp_path_factory) as project:
        project.execute(CREATE, user="postgres")
        texts = compiled(project, [f"{macro}({arguments})" for macro, arguments in calls])
        with closing(project.database.connect(user="transformer")) as connection:
            yield Funnels(project, connection, dict(zip(calls, texts, strict=True)))


def test_macros_and_reference_agree(funnels: Funnels) -> None:
    # One statement follows the paths of all orders, so each example is several; the cases take turns.
    @settings(deadline=None, max_examples=5 * settings().max_examples)
    @given(history=histories(), number=st.integers(0, len(CASES) - 1))
    def agree(history: list[CaseEvent], number: int) -> None:
        case = CASES[number]
        queries = [funnels.queries[macro, case.arguments] for macro in ("funnel_paths", "funnel")]
        paths, summary = funnels.rows(history, *queries)
        assert_same_rows(case.paths(history), paths, lambda _: case.arguments)
        assert_same_rows(case.summary(history), summary, lambda _: case.arguments)

    agree()


def test_examples_of_the_documentation(funnels: Funnels) -> None:
    wrong = []
    for example in EXAMPLES:
        [steps] = funnels.rows(example.history, funnels.queries["funnel", example.arguments])
        if [step["path_count"] for step in steps] != example.path_counts:
            wrong.append(f"{example.shown}: {[step['path_count'] for step in steps]}")
    assert len(EXAMPLES) > 20
    assert wrong == []


def test_a_funnel_sorts_once_and_joins_nothing(funnels: Funnels) -> None:
    for case in CASES:
        query = funnels.queries["funnel_paths", case.arguments]
        [plan] = funnels.rows([], f"explain (costs off) {query}")
        lines = [str(line["QUERY PLAN"]).strip(" ->") for line in plan]
        assert [line for line in lines if line.endswith("Sort")] == ["Sort"], "\n".join(lines)
        assert [line for line in lines if "Join" in line or "Loop" in line] == []


def test_wrong_arguments_are_named(funnels: Funnels) -> None:
    condition = "{'event': 'page_viewed', 'where': ' '}"
    arguments = f"""
        [{{'event': 'order_unlok_coco'}}, {{'event': 'page_viewed', 'when': 'true'}}, {condition}, 7],
        by='tram_id', window_minutes=0.5, order='some', counting='all', reentry='yes', ties='hour', where='',
        hold=['order_id', 'order_id'], group_by=['colour'], events=cases
    """
    table = f'"{funnels.project.database.name}"."{SCHEMA}"."{TABLE}", which has {", ".join(COLUMNS)}'
    assert errors(funnels, arguments) == [
        "step 1: order_unlok_coco is no event, seeds/event_catalogue.csv lists all",
        "step 2: when is none of event, where and name",
        "step 3: where must be a text that is not blank",
        "step 4 must be the name of an event, or {'event': …, 'where': …, 'name': …}",
        "order is some and must be any or this or exact",
        "counting is all and must be uniques or totals",
        "ties is hour and must be instant or second or minute",
        "reentry is yes and must be true or false",
        "window_minutes is 0.5 and must be a whole number of minutes from 1 to 5256000 (ten years)",
        "where must be SQL of a condition",
        f"tram_id is no column of {table}",
        f"colour is no column of {table}",
        "order_id is named twice",
    ]
    steps = "'page_viewed', {'event': 'page_viewed', 'name': 'again'}"
    assert errors(funnels, f"[{steps}], order='any', counting='totals', events='cases'") == [
        "events must be a relation, such as ref('fct_events')",
        "counting='totals' needs order='this', or order='exact' with reentry=true: otherwise nothing says"
        " which path an event belongs to",
        "order='any' needs steps that differ: one event would count for several of them",
    ]


def test_the_furthest_step_is_that_of_window_funnel() -> None:
    case = next(case for case in CASES if len(set(case.steps)) == 3 and case.funnel.order == "this")

    @given(history=histories())
    def agree(history: list[CaseEvent]) -> None:
        for order_id in ("o1", "o2", "o3"):
            own = [event for event in history if event.order_id == order_id]
            chain = [(event.occurred_at, event.event + 1) for event in own if event.event < 3]
            furthest = window_funnel(chain, case.funnel.window, 3)
            paths = replace(case, hold=False, known=False).paths(own)
            assert [path["reached_step"] for path in paths] == ([furthest] if furthest else [])

    agree()


def errors(funnels: Funnels, arguments: str) -> list[str]:
    """What the compilation error of a funnel says is wrong."""
    with pytest.raises(AssertionError) as raised:
        compiled(funnels.project, [f"funnel({arguments})"])
    return (
        str(raised.value).partition("This funnel is wrong: ")[2].partition(". docs/funnels.md")[0].split("; ")
    )
