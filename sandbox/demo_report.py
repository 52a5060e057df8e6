"""What the demonstration shows of the marts: a table for each question that analysts ask first."""

from __future__ import annotations

from dataclasses import dataclass

from psycopg2.extensions import connection as Connection
from rich.box import SIMPLE_HEAD
from rich.table import Table

MARTS = "analytics_marts"


def tables(connection: Connection) -> list[Table]:
    """All tables, read from the marts over `connection`, whose user may read them."""
    return [
        _unlock_funnel(connection),
        _unlock_outcomes(connection),
        _troubleshooting_outcomes(connection),
        _figures(connection),
    ]


def findings(connection: Connection) -> list[str]:
    """A sentence for each event that is silent, and for each that only `tracks` has or lacks."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"select event_name, last_received_at from {MARTS}.rpt_event_silence where is_silent order by 1"
        )
        silent = [
            f"Warning: {name} is silent since {last:%Y-%m-%d %H:%M} UTC (rpt_event_silence)."
            for name, last in cursor
        ]
        cursor.execute(
            "select event_name, tracks_only_count, table_only_count, is_declared"
            f" from {MARTS}.rpt_tracks_reconciliation"
            " where tracks_only_count + table_only_count > 0 order by event_name"
        )
        return silent + [
            f"Warning: {name} has {only_tracks:,} events only in tracks, {only_table:,} only in its table"
            f"{'' if is_declared else ', and is not declared'} (rpt_tracks_reconciliation)."
            for name, only_tracks, only_table, is_declared in cursor
        ]


@dataclass(frozen=True)
class _Share:
    """A share of some rows of a mart. `part` and `whole` are SQL of sums over it."""

    domain: str
    what: str
    mart: str
    part: str
    whole: str


_SHARES = (
    _Share(
        "loading",
        "attempts that loaded the order",
        "fct_load_attempts",
        "case when outcome = 'loaded' then 1 end",
        "case when outcome <> 'pending' then 1 end",
    ),
    _Share(
        "loading",
        "first tries that loaded it",
        "fct_load_attempts",
        "case when is_first_try and outcome = 'loaded' then 1 end",
        "case when is_first_try and outcome <> 'pending' then 1 end",
    ),
    _Share(
        "loading",
        "attempts with a lid error",
        "fct_load_attempts",
        "case when lid_error_count > 0 and outcome <> 'pending' then 1 end",
        "case when outcome <> 'pending' then 1 end",
    ),
    _Share(
        "tracker",
        "orders whose customer asked for support",
        "fct_tracked_orders",
        "case when opened_at is not null and has_support_contact then 1 end",
        "case when opened_at is not null then 1 end",
    ),
    _Share(
        "tracker",
        "ratings of 5",
        "fct_ratings",
        "case when rating = 5 then 1 end",
        "case when is_valid then 1 end",
    ),
    _Share(
        "banner",
        "impressions that were clicked",
        "fct_banner_impressions",
        "case when view_count > 0 and click_count > 0 then 1 end",
        "case when view_count > 0 then 1 end",
    ),
    _Share(
        "orders",
        "orders reassigned to another robot",
        "fct_orders",
        "case when is_reassigned then 1 end",
        "1",
    ),
    _Share(
        "data health",
        "raw rows that repeat an event",
        "rpt_event_quality_daily",
        "duplicate_count",
        "row_count",
    ),
    _Share(
        "data health",
        "events with a suspect clock",
        "rpt_event_quality_daily",
        "clock_suspect_count",
        "row_count",
    ),
    _Share(
        "data health",
        "events that fit no attempt or session",
        "rpt_event_quality_daily",
        "unmatched_count",
        "event_count",
    ),
)


def _figures(connection: Connection) -> Table:
    """Shares over all days, each with what it is a share of."""
    table = _table("And the rest, over all days")
    table.add_column("of")
    table.add_column("how many")
    for heading in ("", "out of", "share"):
        table.add_column(heading, justify="right")
    last = ""
    for share in _SHARES:
        with connection.cursor() as cursor:
            cursor.execute(f"select sum({share.part}), sum({share.whole}) from {MARTS}.{share.mart}")
            part, whole = (int(number or 0) for number in cursor.fetchall()[0])
        rate = f"{part / whole:.1%}" if whole else "-"
        table.add_row(
            "" if share.domain == last else share.domain, share.what, f"{part:,}", f"{whole:,}", rate
        )
        last = share.domain
    return table


def _troubleshooting_outcomes(connection: Connection) -> Table:
    """How pilots' troubleshooting sessions ended."""
    with connection.cursor() as cursor:
        cursor.execute(
            "select outcome, count(*), percentile_cont(0.5) within group (order by seconds_to_last_step)"
            f" from {MARTS}.fct_troubleshooting_sessions group by outcome order by 2 desc, 1"
        )
        rows = cursor.fetchall()
    total = sum(count for _, count, _ in rows)
    table = _table("Outcomes of pilots' troubleshooting sessions")
    for heading in ("outcome", "sessions", "share", "median length"):
        table.add_column(heading, justify="left" if heading == "outcome" else "right")
    for outcome, count, seconds in rows:
        table.add_row(outcome.replace("_", " "), f"{count:,}", f"{count / total:.1%}", f"{seconds:.0f} s")
    return table


def _unlock_funnel(connection: Connection) -> Table:
    """The customer's funnel over all days."""
    names = ("clicked unlock", "confirmed", "request succeeded", "lid opened")
    columns = [f"{prefix}funnel_step >= {step}" for step in range(1, 5) for prefix in ("", "strict_")]
    sums = ", ".join(f"count(case when {reached} then 1 end)" for reached in columns)
    with connection.cursor() as cursor:
        cursor.execute(
            f"select {sums} from {MARTS}.fct_unlock_attempts"
            " where origin = 'customer' and outcome <> 'pending'"
        )
        counts = [int(count) for count in cursor.fetchall()[0]]
    table = _table("Unlock funnel, customers' attempts")
    table.caption = (
        "Each step counts the attempts that took all steps before it as well. An outcome does not need"
        "\nthem, so more lids opened than the last step counts.\n"
    )
    table.caption_justify = "left"
    for heading in ("step", "attempts", "of clicks", "in strict order"):
        table.add_column(heading, justify="left" if heading == "step" else "right")
    for name, reached, strict in zip(names, counts[::2], counts[1::2], strict=True):
        share = f"{reached / counts[0]:.1%}" if counts[0] else "-"
        table.add_row(name, f"{reached:,}", share, f"{strict:,}")
    return table


def _unlock_outcomes(connection: Connection) -> Table:
    """Outcomes of attempts by origin, with the success rate and the median time to open."""
    with connection.cursor() as cursor:
        by_outcome = "select outcome, origin, count(*) from analytics_marts.fct_unlock_attempts group by 1, 2"
        cursor.execute(by_outcome)
        counts = {(outcome, origin): count for outcome, origin, count in cursor}
        cursor.execute(
            "select origin, percentile_cont(0.5) within group (order by seconds_to_open)"
            " from analytics_marts.fct_unlock_attempts group by 1"
        )
        medians = dict(cursor.fetchall())
    origins = {"customer": "customer", "server_only": "server only"}
    table = _table("Outcomes of unlock attempts, by origin")
    table.add_column("outcome")
    for origin in origins.values():
        table.add_column(origin, justify="right")
    for outcome in ("opened", "opened_unverified", "failed", "abandoned", "pending"):
        name = outcome.replace("_", ", ")
        table.add_row(name, *(f"{counts.get((outcome, origin), 0):,}" for origin in origins))
    table.add_section()
    rates, totals = {}, {}
    for origin in origins:
        of_origin = {outcome: count for (outcome, other), count in counts.items() if other == origin}
        totals[origin] = sum(of_origin.values())
        if decided := totals[origin] - of_origin.get("pending", 0):
            opened = of_origin.get("opened", 0) + of_origin.get("opened_unverified", 0)
            rates[origin] = opened / decided
    table.add_row("all attempts", *(f"{totals[origin]:,}" for origin in origins))
    table.add_row("success rate", *(f"{rates[origin]:.1%}" if origin in rates else "-" for origin in origins))
    waits = (medians.get(origin) for origin in origins)
    table.add_row("median time to open", *("-" if wait is None else f"{wait:.0f} s" for wait in waits))
    return table


def _table(title: str) -> Table:
    return Table(title=title, title_justify="left", title_style="bold", box=SIMPLE_HEAD, pad_edge=False)
