"""Privileges of dbt's config `grants` on Redshift's look-alike."""

from __future__ import annotations

from grants import assert_grants_are_followed
from redshift.conftest import OnRedshift


def test_grants_follow_the_config_of_tables_and_views(built: OnRedshift) -> None:
    assert_grants_are_followed(built.project)
