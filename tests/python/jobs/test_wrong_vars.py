"""A command with wrong vars ends before it sends a statement, and names each wrong var."""

from __future__ import annotations

import json

from contract.raw import land_rows
from project import Project

SQL = "2026-09-01' as timestamp); create table public.evil (); --"
CLICK = {"id": "a", "received_at": "2026-09-01 12:00:00+00", "order_id": "o1"}
TYPES = {"id": "varchar(1024)", "received_at": "timestamptz", "order_id": "text"}


def test_a_run_with_wrong_vars_sends_none_of_them_and_names_each(project: Project) -> None:
    land_rows(project, "order_unlock_coco", TYPES, CLICK)
    wrong = {
        "lod_window_minutes": 5,
        "load_overlap_hours": "24'; create table public.evil (); --",
        "unlock_window_minutes": "15); create table public.evil (); --",
        "horizon_margin_minutes": [1],
        "silence_weeks": "4",
        "reconcile": {"from": SQL, "to": "2026-09-02"},
        "raw_names": {"robot_id": "robot_id"},
        "placeholder_ids": ["{{ 1/0 }}"],
    }
    for command in ("run", "build", "test", "seed"):
        project.dbt(command, "--vars", json.dumps(wrong), succeeds=False)
        told = project.exception
        assert "These vars are wrong, and nothing was run: lod_window_minutes is not a var of this" in told
        for name in set(wrong) - {"lod_window_minutes"}:
            assert told.count(f"; {name} ") == 1, name
        assert f"load_overlap_hours is {json.dumps(wrong['load_overlap_hours'])} and must be a whole" in told
        assert f"reconcile is {{from: {SQL}, to: 2026-09-02}} and must be true, false, {{order_id" in told
    project.dbt("run", "--vars", "reconcile: {order_id: 0123}", succeeds=False)
    assert 'reconcile is {order_id: 83} and must be true, false, {order_id: "<id>"}' in project.exception
    assert_ids_that_no_event_has_are_refused(project)
    assert project.tables("analytics_staging", "analytics_intermediate", "analytics_marts", "public") == []


def assert_ids_that_no_event_has_are_refused(project: Project) -> None:
    """Assert that a reconciliation of an id is refused if staging gives it another form, or none."""
    for given, advice in (
        (" o1\t", """store it as "o1". Write {order_id: "o1"}."""),
        ("Undefined", "do not store it, because it is a placeholder or too long."),
        ("é" * 255, "do not store it, because it is a placeholder or too long."),
    ):
        variables = json.dumps({"reconcile": {"order_id": given}})
        project.dbt("run", "--select", "stg_order_unlock_coco", "--vars", variables, succeeds=False)
        told = project.exception
        assert f"reconcile: no event has the order_id {json.dumps(given)}" in told
        assert advice in told


def test_a_command_without_hooks_checks_the_vars_before_it_asks_for_tables(project: Project) -> None:
    wrong = '{load_overlap_hours: "24"}'
    project.dbt("compile", "--select", "stg_page_viewed", "--vars", wrong, succeeds=False)
    assert 'load_overlap_hours is "24" and must be' in project.exception
