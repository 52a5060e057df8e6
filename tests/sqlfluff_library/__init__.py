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


def run_time() -> str:
    """SQL of the time of the run."""
    return f"cast('{run_started_at:%Y-%m-%d %H:%M:%S}' as timestamp)"


def is_reconciling() -> bool:
    """Whether the run reconciles: as if, for then models of events read streams as in a full refresh."""
    return True


def event_key() -> str:
    """SQL of the key of an event."""
    return "cast(md5(event_name || '|' || event_id) as varchar(32))"


def hashed(expression: str) -> str:
    """SQL of what an index on a long text holds."""
    return expression


def written_at() -> str:
    """SQL of the time at which rows are written."""
    return "getdate()"
