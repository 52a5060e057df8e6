"""Funnels on Redshift's look-alike, through the real adapter."""

from __future__ import annotations

import random
from contextlib import closing

from psycopg2.extras import execute_values

from builds.differences import Row, assert_same_rows
from funnels.cases import CREATE, EVENTS, INSERT, CaseEvent, cases, compiled
from funnels.strategies import AFTER
from project import Project
from redshift_lookalike.conftest import connect
from redshift_lookalike.gate import findings
from redshift_lookalike.lookalike import Lookalike


def test_macros_and_reference_agree(opened: Project, lookalike: Lookalike, rng: random.Random) -> None:
    history = [
        CaseEvent(
            event=rng.randrange(len(EVENTS)),
            after=rng.choice(AFTER),
            order_id=f"order {number % 60}",
            robot_id=rng.choice(["r1", "r2", None]),
            app=rng.choice(["server", "tracker_web", None]),
        )
        for number in range(300)
    ]
    opened.execute(CREATE, user="postgres")
    with closing(opened.database.connect(user="postgres")) as connection, connection.cursor() as cursor:
        execute_values(cursor, INSERT, [event.row() for event in history])
        connection.commit()
    calls = [f"{macro}({case.arguments})" for macro in ("funnel_paths", "funnel") for case in cases()]
    with closing(connect(lookalike)) as on_lookalike:
        for case, paths, summary in zip(cases(), *two_halves(compiled(opened, calls)), strict=True):
            for query, expected in ((paths, case.paths(history)), (summary, case.summary(history))):
                assert [str(finding) for finding in findings(query)] == []
                sent = on_lookalike.cursor()
                sent.execute(query)
                names = [str(column[0]) for column in sent.description or ()]
                found: list[Row] = [dict(zip(names, row, strict=True)) for row in sent.fetchall()]
                assert_same_rows(expected, found)


def two_halves(queries: list[str]) -> tuple[list[str], list[str]]:
    """The first and the second half."""
    half = len(queries) // 2
    return queries[:half], queries[half:]
