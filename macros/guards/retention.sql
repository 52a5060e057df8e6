{% macro is_past_retention(rows) -%}
    {%- if var('raw_retention_days') is none -%}
(1 = 0)
    {%- else -%}
coalesce(
    least({{ rows }}.loaded_at, {{ rows }}.received_at, {{ rows }}.occurred_at)
    < {{ timestamp_literal(run_started_at - modules.datetime.timedelta(days=var('raw_retention_days'))) }},
    false
)
    {%- endif -%}
{%- endmacro %}


{% macro copy_events_past_retention(existing, new_table) %}
    {%- set present = adapter.get_columns_in_relation(existing) | map(attribute='name') | list %}
insert into {{ new_table }} ({{ event_columns() }}, written_at)
select
    {%- for column in model.columns.values() if column.name != 'written_at' %}
    cast({{ 'existing.' ~ column.name if column.name in present else 'null' }} as {{ column.data_type }}),
    {%- endfor %}
    {{ written_at() }}
from {{ existing }} as existing
where
    {{ is_past_retention('existing') | indent(4) }}
    and not exists (
        select 1
        from {{ new_table }} as present
        where {{ is_same_event('present', 'existing') | indent(12) }}
    );
{% endmacro %}


{#
  PostgreSQL finds the oldest load of a table by the index on event and load time. Rows with a load time before their receipt are ignored,
  because their load time is wrong.
#}
{% macro stop_if_events_are_lost(stored, new_table=none) %}
    {%- set query -%}
        {%- for input in increment_inputs() %}
select
    '{{ input.event_table }}' as event_name,
            {%- for rows in [stored, new_table or input.relation] %}
    (
        select min(loaded_at)
        from {{ rows }} as copies
        where {{ is_credible_copy('copies', input.event_table) | indent(12) }}
    ) as {{ 'oldest_stored,' if loop.first else 'oldest_raw' }}
            {%- endfor %}
{{ 'union all' if not loop.last }}
        {%- endfor %}
    {%- endset -%}
    {%- set oldest_loads = run_query(query).rows if not var('allow_lost_events') else [] -%}
    {%- set now = run_started_at.replace(tzinfo=none) -%}
    {%- set oldest_of_stream = oldest_loads | map(attribute=2) | reject('none') | list | min | default(now) -%}
    {%- set counts = [] -%}
    {%- for event_table, oldest_stored, oldest_raw in oldest_loads if oldest_stored -%}
        {%- set is_landed = event_table in landed_columns(var('raw_schema')) -%}
        {%- set since = (oldest_raw or oldest_of_stream) if is_landed else now -%}
        {%- if oldest_stored < since - modules.datetime.timedelta(days=1) -%}
            {%- set count %}
select
    '{{ event_table }}' as event_name,
    count(*) as events,
    min(loaded_at) as oldest_load
from {{ stored }} as existing
where
    {{ is_credible_copy('existing', event_table) | indent(4) }}
    and loaded_at < {{ timestamp_literal(since) }}
                {%- if new_table %}
    and not exists (
        select 1
        from {{ new_table }} as present
        where {{ is_same_event('present', 'existing') | indent(12) }}
    )
                {%- endif %}
having count(*) > 0
            {%- endset -%}
            {%- do counts.append(count) -%}
        {%- endif -%}
    {%- endfor -%}
    {%- set lost = [] -%}
    {%- for event_table, events, oldest_load in (run_query(counts | join('\nunion all')).rows if counts else []) -%}
        {%- do lost.append(events ~ ' of ' ~ event_table ~ ', loaded since ' ~ oldest_load) -%}
    {%- endfor -%}
    {%- if lost -%}
        {%- do exceptions.raise_compiler_error(
            this.identifier ~ ' would lose events that the raw tables no longer have: ' ~ lost | join('; ')
            ~ '. The table is unchanged. If the raw tables are pruned, set the var raw_retention_days to the number of days that they keep.'
            ~ ' If these events may be deleted, repeat the command with allow_lost_events: true added to its --vars.'
        ) -%}
    {%- endif -%}
{% endmacro %}


{% macro is_credible_copy(rows, event_table) -%}
{{ index_hash(rows ~ '.event_name') }} = {{ index_hash("'" ~ event_table ~ "'") }}
and {{ rows }}.event_name = '{{ event_table }}'
and {{ rows }}.loaded_at >= {{ rows }}.received_at
and not {{ is_past_retention(rows) }}
{%- endmacro %}
