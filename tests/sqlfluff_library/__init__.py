"""What sqlfluff's jinja templater needs to render our models.

That is the few names that dbt puts into a model's context, and plain bodies for those of our macros that ask
dbt's graph. The SQL is that of Redshift. A name that a model uses and that is missing here is a finding, so
the linter never reads less than the whole model. Nothing else loads this package.
"""

from __future__ import annotations

from datetime import datetime, timezone

run_started_at = datetime(2026, 9, 1, 12, 0, tzinfo=timezone.utc)


class dbt:
    """The cross-database macros of dbt that our models use."""

    @staticmethod
    def dateadd(datepart: str, interval: object, from_date_or_timestamp: str) -> str:
        """SQL of a time moved by an interval."""
        return f"dateadd({datepart}, {interval}, {from_date_or_timestamp})"

    @staticmethod
    def datediff(first_date: str, second_date: str, datepart: str) -> str:
        """SQL of the boundaries of a date part between two times."""
        return f"datediff({datepart}, {first_date}, {second_date})"


def var(name: str, default: object = 1) -> object:
    """A project variable. Ours are numbers wherever a model puts one into SQL."""
    return default


def conform(relation: object) -> str:
    """A raw table in its declared shape."""
    return f"select * from {relation}"


def event_stream(staging_models: list[str]) -> str:
    """The events of some staging models."""
    return "\nunion all\n".join(f"select * from {name}" for name in staging_models)


def landed_rows(staging_models: list[str]) -> str:
    """All rows of some staging models."""
    return "\nunion all\n".join(f"select event_id, event_name from {name}" for name in staging_models)


def landed_tracks() -> str:
    """Segment's table of all events."""
    return "select event_id, event_name, received_at from tracks"


def event_tables() -> str:
    """The event tables of the contract."""
    return "select event_name, family, app, is_landed from event_tables"


def contract_drift() -> str:
    """How what has landed differs from the contract."""
    return "select event_name, column_name, finding, detail from findings"


class target:
    """The warehouse that the SQL is for."""

    type = "redshift"


def written_at() -> str:
    """The time at which rows are written."""
    return "getdate()"


def events_to_recompute(relation: str, lookback: object = 0) -> str:
    """The events of a view of inputs."""
    return f"(select *, getdate() as recompute_from from {relation}) as inputs"


def is_affected(key: str = "entity_key") -> str:
    """A condition on the rows of affected entities."""
    return "1 = 1"


def join_affected(rows: str, lookback: object = 0) -> str:
    """A join with the affected entities."""
    return ""


def data_horizon() -> str:
    """The data horizon."""
    return "(select max(received_through) from int_data_horizon)"


def text_literal(text: str) -> str:
    """A text as SQL."""
    return f"'{text}'"


def is_timed_out(minutes: object, time: str) -> str:
    """A condition: the window that began at a time is over."""
    return f"coalesce(dateadd(minute, {minutes}, {time}) <= {data_horizon()}, false)"


def funnel(steps: list[object], **arguments: object) -> str:
    """The steps of a funnel."""
    return "select step_number, path_count from steps"
