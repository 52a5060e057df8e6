"""On Redshift, too, an event table that lands late is read from its beginning."""

from __future__ import annotations

from builds.differences import assert_same_contents
from properties.built import Manifest, outputs
from redshift.conftest import OnRedshift


def test_a_late_table_is_read_from_its_beginning(built: OnRedshift) -> None:
    """Of each stream one table has not landed yet, as far as the stream knows."""
    project = built.project
    before = outputs(project)
    streams = sorted({*Manifest.of(project).event_tables.values()})
    for stream in streams:
        late = f"= (select max(event_name) from {stream})"
        project.execute(
            f"delete from {stream}__watermarks where input_name {late};"
            f" delete from {stream} where event_name {late}"
        )
    after = project.contents(streams)
    assert [stream for stream in streams if len(after[stream]) == len(before[stream])] == []
    project.dbt("run", "--select", *(stream.split(".")[1] for stream in streams))
    assert_same_contents(before, outputs(project))
