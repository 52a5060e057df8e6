"""Staged values of landed values on PostgreSQL, and counts of refused and cut values."""

from __future__ import annotations

from contract.values import LANDINGS, OF_POSTGRESQL, assert_staged
from project import Project


def test_values_are_taken_or_refused_and_counted(project: Project) -> None:
    assert_staged(project, [*LANDINGS, *OF_POSTGRESQL])
    staged = project.query(
        "select distinct collname::text from pg_attribute inner join pg_class on attrelid = pg_class.oid"
        " inner join pg_collation on attcollation = pg_collation.oid"
        " where relnamespace = 'analytics_staging'::regnamespace"
    )
    assert staged == [("default",)]
