"""Check that runs of some models notice changed SQL of the macros.

A history lands in two parts. All models are built on the first part. Then some models run again, and the
statements that dbt sends are recorded. A mutant is one recorded statement with one change. All statements of
the run are sent with it, in a transaction that is rolled back. The mutant is killed if a query, the table or
its watermarks have other rows.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timezone
from functools import cached_property
from typing import Any

import psycopg2
from psycopg2.extensions import connection as Connection

from mutants.cases import FROM, ORDER, RETAINED_SINCE, ROBOT, TO
from mutants.changes import Change, changes
from mutants.history import land_history
from mutants.verdicts import NOTICED, SECONDS, Mutant, Verdict
from mutants.warehouse import Warehouse
from sandbox.errors import SandboxError

ENGINE = "engine"
"""The name under which the macros are checked, beside the names of models."""
MODELS = (
    "int_unlock_events",
    "int_data_horizon",
    "int_unlock_attempt_events",
    "int_troubleshooting_events",
    "fct_unlock_attempts",
    "fct_recovery_actions",
    "fct_orders",
)
"""A stream, the data horizon, models of events with and without a session gap, and facts."""
_NOT_OURS = re.compile(r"\bpg_|information_schema|\bcreate view\b|\bcomment on\b", re.IGNORECASE)
"""Queries of the catalog, views that a full refresh creates again, and descriptions."""
_LITERAL = re.compile(r"(?<=[=,(] )'[^']*'|(?<=\()'[^']*'")
"""A literal that depends on the model or on the time of the run."""
_COMMIT = re.compile(r"^\s*(begin|commit|rollback)\s*;?\s*$", re.IGNORECASE)


@dataclass(frozen=True)
class Recording:
    """The statements of one command for one model, and how they end."""

    model: str
    relation: str
    statements: list[str]
    known_lines: frozenset[str] = field(repr=False)
    """Lines of the model's own query, if it has unit tests. These judge the mutants of the lines."""

    @cached_property
    def changes(self) -> list[tuple[int, Change]]:
        """The changes of the engine's SQL, each with the number of its statement."""
        return [
            (number, change)
            for number, sql in enumerate(self.statements)
            if not _NOT_OURS.search(sql)
            for change in changes(sql, 0, len(sql))
            if change.line not in self.known_lines
        ]

    def outcome(self, connection: Connection, number: int = -1, change: Change | None = None) -> Any:
        """Rows of all queries, and of the table and its watermarks at the end.

        The transaction is rolled back. Raises psycopg2.Error.
        """
        given: list[Any] = []
        try:
            with connection.cursor() as cursor:
                for each, sql in enumerate(self.statements):
                    cursor.execute(change.apply(sql) if change and each == number else sql)
                    if cursor.description and not _NOT_OURS.search(sql):
                        given.append(sorted(map(str, cursor.fetchall())))
                for query in self._contents:
                    cursor.execute(query)
                    given.append(Counter(map(str, cursor.fetchall())))
        finally:
            connection.rollback()
        return given

    @property
    def _contents(self) -> list[str]:
        name = self.relation.split(".")[1]
        watermarks = f"analytics_intermediate.{name}__watermarks"
        return [
            f"select to_jsonb(stored) from {self.relation} as stored",
            f"select input_name, watermark from {watermarks} where input_name not like 'rule %'",
        ]


class _Verdicts:
    """The verdicts of each mutant, over all recordings in which it occurs."""

    def __init__(self) -> None:
        self.changes: dict[str, Change] = {}
        self.verdicts: dict[str, set[Verdict]] = defaultdict(set)

    def judge(self, warehouse: Warehouse, recording: Recording) -> None:
        """Judge those of the recorded statements that no other recording has killed. Raises SandboxError."""
        with closing(warehouse.connect()) as connection:
            connection.cursor().execute(f"set statement_timeout = '{SECONDS}s'")
            connection.commit()
            expected = recording.outcome(connection)
            if recording.outcome(connection) != expected:
                raise SandboxError(f"The statements of {recording.model} do not give the same twice.")
            for number, change in recording.changes:
                named = replace(change, line=_LITERAL.sub("…", change.line.replace(recording.model, "model")))
                self.changes.setdefault(str(named), named)
                verdicts = self.verdicts[str(named)]
                if Verdict.KILLED not in verdicts:
                    verdicts.add(_verdict(recording, connection, number, change, expected))

    def mutants(self) -> list[Mutant]:
        """All mutants: killed if one recording kills it."""
        order = (Verdict.KILLED, Verdict.SURVIVED, Verdict.INVALID)
        return [
            Mutant(ENGINE, change, next(verdict for verdict in order if verdict in self.verdicts[text]))
            for text, change in self.changes.items()
        ]


def _verdict(
    recording: Recording, connection: Connection, number: int, change: Change, expected: Any
) -> Verdict:
    try:
        given = recording.outcome(connection, number, change)
    except NOTICED:
        return Verdict.KILLED
    except psycopg2.Error:
        return Verdict.INVALID
    return Verdict.SURVIVED if given == expected else Verdict.KILLED


def _commands() -> list[tuple[Sequence[str], Mapping[str, Any]]]:
    """Arguments and vars of the recorded runs. The last is an increment, recorded with nothing new, too."""
    retention = (datetime.now(tz=timezone.utc).date() - date.fromisoformat(RETAINED_SINCE)).days
    return [
        ((), {"reconcile": True, "allow_lost_events": True}),
        ((), {"reconcile": {"order_id": ORDER}, "allow_lost_events": True}),
        ((), {"reconcile": {"robot_id": ROBOT}, "allow_lost_events": True}),
        ((), {"reconcile": {"from": FROM, "to": TO}, "allow_lost_events": True}),
        (("--full-refresh",), {"raw_retention_days": retention}),
        ((), {}),
    ]


def engine_mutants(warehouse: Warehouse) -> list[Mutant]:
    """All mutants of the engine. Raises SandboxError."""
    land_history(warehouse)
    commands, verdicts = _commands(), _Verdicts()
    for model in _in_order(warehouse):
        if model in MODELS:
            warehouse.save()
            full_refresh = ("run", "--select", model, "--full-refresh")
            query = warehouse.dbt(*full_refresh, variables={"allow_lost_events": True}).results[model].node
            warehouse.restore()
            for arguments, variables in commands:
                recording = _record(warehouse, query, arguments, variables)
                warehouse.restore()
                verdicts.judge(warehouse, recording)
        warehouse.dbt("run", "--select", model)
        if model in MODELS:
            verdicts.judge(warehouse, _record(warehouse, query, *commands[-1]))
    return verdicts.mutants()


def _in_order(warehouse: Warehouse) -> list[str]:
    """The incremental models, each after those that it reads."""
    listed = warehouse.dbt("run", "--select", "config.materialized:incremental", "--threads", "1").results
    warehouse.restore()
    return [name for name, result in listed.items() if str(result.node.resource_type) == "model"]


def _record(
    warehouse: Warehouse, node: Any, arguments: Sequence[str], variables: Mapping[str, Any]
) -> Recording:
    """What a run of the model sends. The next save or restore takes back what it does."""
    statements: list[str] = []

    def note(event: Any) -> None:
        if event.info.name == "SQLQuery" and event.data.node_info.node_name == node.name:
            statements.append(event.data.sql)

    warehouse.dbt("run", "--select", node.name, *arguments, variables=variables, listen=note)
    tested = {test.model for test in warehouse.manifest.unit_tests.values()}
    lines = node.compiled_code.splitlines() if node.name in tested else []
    return Recording(
        model=node.name,
        relation=f"{node.schema}.{node.alias}",
        statements=[sql for sql in statements if not _COMMIT.match(sql)],
        known_lines=frozenset(" ".join(line.split()) for line in lines),
    )
