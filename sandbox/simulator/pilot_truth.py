"""What really happened between pilots and robots: sessions, actions, escalations, launches.

Which session an event is of, the process knows: it wrote it down as the event's case. Two things only a look
at the same robot can tell, and `settle` takes it: whether a robot that was worked on was heard of again
(parked, loaded or opened, whoever caused that), and to which session a report or cancellation belongs that
none brought about.
"""

from datetime import datetime, timedelta

import numpy as np
import polars as pl

from sandbox.simulator.actors import App
from sandbox.simulator.clock import NEVER
from sandbox.simulator.draws import Ints
from sandbox.simulator.orders import OrderBook
from sandbox.simulator.trail import Rows, Trail
from sandbox.simulator.troubleshooting import ACTION_WORDS, ACTIONS, CATEGORIES, RESOLUTIONS, Sessions
from sandbox.simulator.truth_columns import Origin, ids, names
from sandbox.simulator.values import moments

RECOVERY_WINDOW = timedelta(minutes=60)
ESCALATION_WINDOW = timedelta(minutes=30)
REASSIGNMENT_WINDOW = timedelta(minutes=60)

_ESCALATIONS = {
    "pilot_requested_field_op": "field_op",
    "pilot_initiated_reassignment": "initiated",
    "pilot_submitted_reassignment": "reassigned",
    "pilot_cancel_trip": "trip_cancelled",
    "pilot_incident_report": "incident",
}
_REPORTS = {
    "pilot_requested_field_op": "field_op_request",
    "pilot_incident_report": "incident",
    "pilot_route_issue": "route_issue",
    "pilot_no_route_found": "no_route_found",
}
_EVIDENCE = (
    "pilot_confirm_bot_parked_success",
    "server_load_order_success",
    "server_unlock_bot_open_lid_success",
)
_STATUSES = (None, "started", "succeeded", "failed")
_WEB: App = "pilot_web"


def sessions_of(origin: Origin, book: OrderBook, sessions: Sessions) -> pl.DataFrame:
    """Sessions of one kind, for `pilot_facts`."""
    trouble, fleet = sessions.trouble, book.fleet
    return pl.DataFrame(
        {
            **origin.anchors(
                "troubleshooting_session", ("pilot_troubleshooting_step", _WEB, sessions.anchor_row)
            ),
            "entity_type": names(("pilot", "robot"), trouble.robot > 0),
            "robot_id": ids(fleet.robot_ids, trouble.robot),
            "trip_id": ids(book.trip_ids, trouble.trip),
            "order_id": ids(book.order_ids, trouble.order),
            "pilot_id": ids(fleet.pilot_ids, trouble.pilot),
            "last_pilot_id": ids(fleet.pilot_ids, sessions.last_pilot),
            "pilot_count": sessions.pilot_count,
            "problem_category": names(CATEGORIES, trouble.category),
            "started_at": moments(trouble.at),
            "ended_at": moments(sessions.ended_at),
            "step_count": sessions.step_count,
            "action_count": sessions.action_count,
            "highest_action": names(("step", *ACTION_WORDS), sessions.highest_action),
            "resolution": names(RESOLUTIONS, sessions.resolution),
            "case": sessions.case,
            "ends_with_failure": sessions.ends_with_failure,
        }
    )


def pilot_facts(
    origin: Origin, book: OrderBook, trail: Trail, sessions: list[pl.DataFrame]
) -> dict[str, pl.DataFrame]:
    """The facts of a trail in which these sessions were held, before `settle`."""
    held = pl.concat(sessions)
    session_ids = held.select("case", "troubleshooting_session_id")

    def facts(told: dict[str, Ints], columns: dict[str, pl.Series]) -> pl.DataFrame:
        subjects = {
            "robot_id": ids(book.fleet.robot_ids, told["robot"]),
            "trip_id": ids(book.trip_ids, told["trip"]),
            "order_id": ids(book.order_ids, told["order"]),
            "pilot_id": ids(book.fleet.pilot_ids, told["pilot"]),
            "case": pl.Series(told["case"]),
        }
        frame = pl.DataFrame({**columns, **subjects})
        return frame.join(session_ids, on="case", how="left", maintain_order="left")

    found: dict[str, pl.DataFrame] = {}
    if told := trail.told("actions"):
        found["recovery_actions"] = facts(told, _action_columns(origin, told)).sort("case", "number")
    if told := trail.told("reassignments"):
        columns = {
            **origin.anchors(
                "reassignment",
                ("pilot_initiated_reassignment", _WEB, told["initiated_row"]),
                ("pilot_submitted_reassignment", _WEB, told["submitted_row"]),
            ),
            "initiated_at": moments(told["initiated_at"]),
            "submitted_at": moments(told["submitted_at"]),
        }
        found["reassignments"] = facts(told, columns).drop("case", "troubleshooting_session_id")
    cancellations = [
        facts(told, _cancellation_columns(origin, event, outcome, told))
        for name, event, outcome in (
            ("cancellations", "pilot_cancel_trip", "cancelled"),
            ("refusals", "pilot_unable_to_cancel_trip", "blocked"),
        )
        if (told := trail.told(name))
    ]
    if cancellations:
        found["trip_cancellations"] = pl.concat(cancellations).drop("case", "troubleshooting_session_id")
    events = [
        facts(_subjects(rows), {
            **origin.anchors("report", (event, _WEB, np.arange(len(rows)))),
            "event_name": pl.Series([event]).new_from_index(0, len(rows)),
            "occurred_at": moments(rows.at),
        })
        for event, rows in trail.events()
        if event in {**_ESCALATIONS, **_REPORTS}
    ]  # fmt: skip
    if events:
        found["escalations"] = pl.concat(events).drop("case")
    found["troubleshooting_sessions"] = held.join(_paths(trail), on="case", how="left").drop("case")
    return found


def _subjects(rows: Rows) -> dict[str, Ints]:
    return {name: getattr(rows, name) for name in ("robot", "trip", "order", "pilot", "case")}


def _action_columns(origin: Origin, told: dict[str, Ints]) -> dict[str, pl.Series]:
    is_orphan = told["is_orphan"] > 0
    candidates = [
        (name, _WEB, np.where((told["action"] == position) & (is_orphan == is_failure), told["row"], -1))
        for position, action in enumerate(ACTIONS)
        for name, is_failure in ((action, False), (f"{action}_fail", True))
    ]
    return {
        **origin.anchors("recovery_action", *candidates),
        "action": names(ACTION_WORDS, told["action"]),
        "number": pl.Series(told["number"]),
        "occurred_at": moments(told["at"]),
        "failed_at": moments(told["failed_at"]),
        "is_orphan_failure": pl.Series(is_orphan),
    }


def _cancellation_columns(
    origin: Origin, event: str, outcome: str, told: dict[str, Ints]
) -> dict[str, pl.Series]:
    count = len(told["at"])
    return {
        **origin.anchors("cancellation", (event, _WEB, told["row"])),
        "occurred_at": moments(told["at"]),
        "outcome": pl.Series([outcome]).new_from_index(0, count),
        "cancelled_after_block_at": moments(told.get("cancelled_at", np.full(count, NEVER))),
    }


def _paths(trail: Trail) -> pl.DataFrame:
    """The actions of each session in their order."""
    told = trail.told("actions")
    if not told:
        return pl.DataFrame(schema={"case": pl.Int64, "action_path": pl.String})
    columns = {"case": told["case"], "number": told["number"], "action": names(ACTION_WORDS, told["action"])}
    path = pl.col("action").sort_by("number").str.join(" > ").alias("action_path")
    return pl.DataFrame(columns).group_by("case").agg(path)


def evidence(book: OrderBook, *trails: Trail) -> pl.DataFrame:
    """When which robot was heard of as robots are that work."""
    heard = [rows for trail in trails for event, rows in trail.events() if event in _EVIDENCE]
    robot = np.concatenate([rows.robot for rows in heard])
    at = np.concatenate([rows.at for rows in heard])
    return pl.DataFrame({"robot_id": ids(book.fleet.robot_ids, robot), "recovered_at": moments(at)})


def launches(origin: Origin, book: OrderBook, trail: Trail) -> pl.DataFrame:
    """Launches of robots' software; `initialized_at` and `status` are the last word about it."""
    told = trail.told("launches")
    return pl.DataFrame(
        {
            **origin.anchors(
                "node_launch",
                ("node_auto_launch", "server", told["launch_row"]),
                ("node_initialization", "server", told["first_row"]),
            ),
            "trip_id": ids(book.trip_ids, told["trip"]),
            "order_id": ids(book.order_ids, told["order"]),
            "robot_id": ids(book.fleet.robot_ids, told["robot"]),
            "launched_at": moments(told["launched_at"]),
            "first_initialization_at": moments(told["first_at"]),
            "initialized_at": moments(told["last_at"]),
            "initialization_count": told["count"],
            "status": names(_STATUSES, told["status"]),
        }
    )


def settle(parts: dict[str, pl.DataFrame], horizon: datetime) -> dict[str, pl.DataFrame]:
    """The facts of all chunks, with what only the whole story tells. Rows are in order of time."""
    sessions = parts["troubleshooting_sessions"].sort("started_at", "troubleshooting_session_id")
    heard = parts["evidence"].sort("recovered_at")
    escalations = _attached(parts["escalations"].sort("occurred_at"), sessions)
    reports = escalations.filter(pl.col("event_name").is_in(list(_REPORTS)))
    return {
        "troubleshooting_sessions": _settled_sessions(sessions, escalations, heard, horizon),
        "recovery_actions": _settled_actions(parts["recovery_actions"], heard, horizon),
        "reassignments": _settled_reassignments(parts["reassignments"], horizon),
        "pilot_reports": reports.with_columns(
            report_type=pl.col("event_name").replace_strict(_REPORTS, return_dtype=pl.String)
        ).drop("event_name"),
        "trip_cancellations": parts["trip_cancellations"].sort("occurred_at", "cancellation_id"),
        "node_launches": parts["node_launches"].sort(
            pl.coalesce("launched_at", "initialized_at"), "node_launch_id"
        ),
    }


def escalated_orders(escalations: pl.DataFrame) -> pl.DataFrame:
    """How often an order had an escalation: order_id, escalation_count."""
    counted = escalations.filter(
        pl.col("event_name").is_in(list(_ESCALATIONS)), pl.col("order_id").is_not_null()
    )
    return counted.group_by("order_id").agg(pl.len().cast(pl.Int64).alias("escalation_count"))


def _attached(escalations: pl.DataFrame, sessions: pl.DataFrame) -> pl.DataFrame:
    """Escalations and reports with their session: the one behind them, else the robot's open or last one."""
    last = sessions.filter(pl.col("robot_id").is_not_null()).select(
        "robot_id", "started_at", "ended_at", last_session_id="troubleshooting_session_id"
    )
    near = escalations.join_asof(
        last, left_on="occurred_at", right_on="started_at", by="robot_id", check_sortedness=False
    )
    is_near = pl.col("occurred_at") <= pl.col("ended_at") + ESCALATION_WINDOW
    found = pl.coalesce("troubleshooting_session_id", pl.when(is_near).then("last_session_id"))
    return near.with_columns(troubleshooting_session_id=found).drop(
        "started_at", "ended_at", "last_session_id"
    )


def _settled_sessions(
    sessions: pl.DataFrame, escalations: pl.DataFrame, heard: pl.DataFrame, horizon: datetime
) -> pl.DataFrame:
    kind = pl.col("event_name").replace_strict(_ESCALATIONS, default=None, return_dtype=pl.String)
    by_session = (
        escalations.with_columns(kind=kind)
        .filter(pl.col("kind").is_not_null())
        .group_by("troubleshooting_session_id")
        .agg(pl.col("occurred_at").min().alias("escalated_at"), pl.col("kind").unique().alias("kinds"))
    )
    sessions = sessions.join(by_session, on="troubleshooting_session_id", how="left")
    kinds = pl.col("kinds")
    outcome = (
        pl.when(kinds.list.contains("trip_cancelled")).then(pl.lit("trip_cancelled"))
        .when(kinds.list.contains("reassigned")).then(pl.lit("reassigned"))
        .when(kinds.list.contains("field_op")).then(pl.lit("field_op"))
        .when("ends_with_failure").then(pl.lit("reset_failed"))
        .when(pl.col("recovered_at").is_not_null()).then(pl.lit("recovered"))
        .when(pl.col("ended_at") + RECOVERY_WINDOW > horizon).then(pl.lit("pending"))
        .otherwise(pl.lit("unresolved"))
    )  # fmt: skip
    return (
        _recovered(sessions, heard, "ended_at")
        .with_columns(outcome=outcome)
        .drop("kinds", "ends_with_failure")
        .sort("started_at", "troubleshooting_session_id")
    )


def _settled_actions(actions: pl.DataFrame, heard: pl.DataFrame, horizon: datetime) -> pl.DataFrame:
    following = pl.col("action", "occurred_at").shift(-1)
    following = following.over("troubleshooting_session_id", order_by="number").name.prefix("next_")
    actions = actions.with_columns(following)
    next_at = pl.coalesce("next_occurred_at", pl.lit(datetime.max))
    outcome = (
        pl.when(pl.col("failed_at").is_not_null()).then(pl.lit("failed"))
        .when(pl.col("recovered_at") < next_at).then(pl.lit("recovered"))
        .when(pl.col("next_action").is_not_null()).then(pl.lit("superseded"))
        .when(pl.col("occurred_at") + RECOVERY_WINDOW > horizon).then(pl.lit("pending"))
        .otherwise(pl.lit("no_evidence"))
    )  # fmt: skip
    return (
        _recovered(actions, heard, "occurred_at")
        .with_columns(outcome=outcome)
        .drop("case", "number", "next_occurred_at", "recovered_at")
        .sort("occurred_at", "recovery_action_id")
    )


def _settled_reassignments(reassignments: pl.DataFrame, horizon: datetime) -> pl.DataFrame:
    outcome = (
        pl.when(pl.col("submitted_at").is_not_null()).then(pl.lit("submitted"))
        .when(pl.col("initiated_at") + REASSIGNMENT_WINDOW > horizon).then(pl.lit("pending"))
        .otherwise(pl.lit("not_submitted"))
    )  # fmt: skip
    begun_at = pl.coalesce("initiated_at", "submitted_at")
    return reassignments.with_columns(outcome=outcome).sort(begun_at, "reassignment_id")


def _recovered(facts: pl.DataFrame, heard: pl.DataFrame, after: str) -> pl.DataFrame:
    """Facts with `recovered_at`: when the robot was first heard of after the fact, within the window."""
    return (
        facts.sort(after)
        .join_asof(
            heard.with_columns(pl.col("recovered_at").alias("heard_at")),
            left_on=after,
            right_on="heard_at",
            by="robot_id",
            strategy="forward",
            tolerance=RECOVERY_WINDOW,
            allow_exact_matches=False,
            check_sortedness=False,
        )
        .drop("heard_at")
    )
