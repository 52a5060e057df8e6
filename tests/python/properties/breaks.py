"""Changes of the project's code, each of which takes one property away."""

from __future__ import annotations

from dataclasses import dataclass

from dbt.contracts.graph.manifest import Manifest

RETENTION = "{{ copy_events_past_retention(existing, new_table) }}"
WRITING = "insert into {{ target_table }} ({{ get_quoted_csv(columns) }})"
COMMITTING = (
    "{{ record_watermarks(['select input_name, written_at as watermark from ' ~ temporary_table('changes')],"
    " computed) }} commit; begin;"
)


@dataclass(frozen=True)
class Break:
    """A change of a macro or model.

    change: what is wrong then, as docs/increments.md says it.  name: of the macro or model.  old, new: a text
    in it, and what replaces it wherever it occurs.
    """

    change: str
    name: str
    old: str
    new: str

    def apply(self, manifest: Manifest) -> None:
        """Make the change in a parsed project that no command has used yet."""
        macro = manifest.macros.get(f"macro.delivery_platform.{self.name}")
        node = manifest.nodes.get(f"model.delivery_platform.{self.name}")
        if macro:
            macro.macro_sql = self._changed(macro.macro_sql)
        elif node:
            node.raw_code = self._changed(node.raw_code)
        else:
            raise ValueError(f"no macro or model {self.name}")
        manifest.build_flat_graph()  # type: ignore[no-untyped-call]

    def _changed(self, sql: str) -> str:
        if self.old not in sql:
            raise ValueError(f"{self.name} has no text {self.old}")
        return sql.replace(self.old, self.new)


BREAKS = {
    "Arrival invariance": Break(
        "an event that leaves an entity does not affect it",
        "affected_entities_query",
        "increment_inputs() | selectattr('node.columns.event_id', 'defined') | list",
        "[]",
    ),
    "Idempotence": Break(
        "a row at the watermark counts as changed", "is_changed", "written_at > {{", "written_at >= {{"
    ),
    "Duplicate insensitivity": Break(
        "a full refresh of a stream keeps all copies",
        "build_table",
        "{{ remove_repeated_events(new_table) }}",
        "",
    ),
    "Determinism": Break(
        "copies with the same times are in no order",
        "latest_copies",
        "for name in model.columns if name not in (",
        "for name in [] if name not in (",
    ),
    "Conservation": Break(
        "a stream leaves out events without a load time",
        "union_of_staging",
        "event_id is not null {{-",
        "event_id is not null and loaded_at is not null {{-",
    ),
    "No phantoms": Break(
        "an entity that has lost all its events keeps its rows",
        "prepare_existing_rows",
        "where is_existing = 1;",
        "where is_existing = 1 and entity_key in (select entity_key from {{ computed }});",
    ),
    "Clock safety": Break(
        "a load time in the future is a watermark",
        "newest_loads",
        "where loaded_at <= {{ timestamp_literal(run_started_at) }}",
        "where loaded_at is not null",
    ),
    "Table independence": Break(
        "a table without a watermark has that of another table of its stream",
        "union_of_staging",
        "(watermarks or {}).get(input.event_table)",
        "((watermarks or {}).get(input.event_table) or (watermarks or {}).values() | select | list | max)",
    ),
    "Schema safety": Break(
        "an absent column is not reported",
        "column_findings",
        "if not present %}",
        "if not present and false %}",
    ),
    "Metric laws": Break(
        "a rate has pending attempts in its numerator alone",
        "rpt_unlock_funnel_daily",
        "cast(funnel.opened_count as double precision)",
        "cast(outcomes.attempt_count as double precision)",
    ),
    "Crash convergence": Break(
        "watermarks are committed before the rows",
        "get_incremental_replace_entities_sql",
        WRITING,
        f"{COMMITTING}\n{WRITING}",
    ),
    "Dialect parity": Break(
        "days on Redshift are those of UTC",
        "local_time",
        "convert_timezone('UTC', '\" ~ time_zone",
        "convert_timezone('UTC', '\" ~ 'UTC'",
    ),
    "Cost law": Break(
        "inputs are read by an expression of `written_at`",
        "is_changed",
        "written_at > {{ since | min }}",
        "coalesce(written_at, written_at) > {{ since | min }}",
    ),
    "Clock steps": Break(
        "`written_at` is the time of the clock",
        "written_at",
        "select greatest({{ warehouse_clock() }}, {{ timestamp_add('microsecond', 1, 'max(watermark)') }})",
        "select max({{ warehouse_clock() }})",
    ),
    "Changed raw rows": Break(
        "an existing row always counts as a copy of its event",
        "union_of_staging",
        "1 as is_gone,",
        "0 as is_gone,",
    ),
    "Retention": Break("a full refresh copies no event past retention", "build_table", RETENTION, ""),
    "Changed rules": Break(
        "the accepted names of raw columns are not compared",
        "warn_of_changed_rules",
        "if recorded.get(name) != value and",
        "if recorded.get(name) != value and name != 'raw_names' and",
    ),
    "New columns": Break(
        "a column that the table lacks is ignored",
        "add_declared_columns",
        "{%- do missing.append(column) -%}",
        "",
    ),
}
"""By property, as docs/increments.md names it."""
