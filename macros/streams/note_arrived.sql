{#
  Pre-hook of an event stream's increment, before `note_arrived`: notes the newest load time that the stream has of each event table, not in
  the future, in the temporary table `newest_loads()`.
  staging_models: names of staging models.
#}
{% macro note_newest_loads(staging_models) %}
    {% if execute and is_incremental() %}
{{ lock_first() }}
{{ prefer_indexes() }}
create temporary table {{ newest_loads() }} as
{{ newest_loads_of(staging_models | map('replace', 'stg_', '', 1)) }};
    {% endif %}
{% endmacro %}


{#
  Pre-hook of an event stream's increment: notes the rows that arrived in the temporary table `arrived()`, what the stream has of the same
  events in `stored()`, and counts both, so that the warehouse plans for a few rows and not for a share of history.

  Arrived is, per event table, what was loaded since the newest row that the stream has of that table, less
  `load_overlap_hours`, and is not in the stream just as it is. So a table may lag. Load times in the future are no mark, and rows
  without a load time are read in every run: a lying clock hides nothing. The marks are literals, by which Redshift skips blocks; should it
  note in a new session (see `lock_first`) it locks again, and marks that are older by then only let it read more.

  With the var `reconcile`, all rows of the scope are noted, also those behind the mark, those that the stream has, and those that it
  has alone.

  staging_models: names of staging models.
#}
{% macro note_arrived(staging_models) %}
    {% if execute and is_incremental() %}
        {% do refuse_other_columns() %}
{{ lock_first() }}
create temporary table {{ arrived() }} as
{{ union_of_staging(staging_models, model.columns, load_marks()) }};
analyze {{ arrived() }};
create temporary table {{ stored() }} as
select {{ event_columns(model.columns, 'stored.') }}
from {{ this }} as stored
where
    exists (
        select 1
        from {{ arrived() }} as arrived
        where {{ is_same_event('stored', 'arrived') | indent(12) }}
    )
        {%- if is_reconciling() %}
union
select {{ event_columns(model.columns, 'stored.') }}
from {{ this }} as stored
where {{ reconciled_scope('stored.', model.columns, 'occurred_at') }}
        {%- endif %};
analyze {{ stored() }};
    {% endif %}
{% endmacro %}


{#
  The temporary table of the rows that arrived for the stream at hand.
#}
{% macro arrived() -%}
    {{ this.identifier }}__arrived
{%- endmacro %}


{#
  The SQL of the load times from which on rows are new to the stream at hand, by the name of their event table; of tables that the stream has
  nothing of there is none.
#}
{% macro load_marks() %}
    {% set marks = {} %}
    {% set query %}
select
    event_name,
    {{ dbt.dateadd('hour', '-' ~ var('load_overlap_hours'), 'loaded_at') | trim }} as mark
from {{ newest_loads() }}
-- what is older has no day before it that Python knows
where loaded_at >= cast('0002-01-01' as timestamp)
    {% endset %}
    {% for event_name, mark in run_query(query).rows %}
        {% do marks.update({event_name: timestamp_literal(mark)}) %}
    {% endfor %}
    {{ return(marks) }}
{% endmacro %}


{#
  The temporary table of the newest load time, not in the future, that the stream at hand has of each event table.
#}
{% macro newest_loads() -%}
    {{ this.identifier }}__newest_loads
{%- endmacro %}


{#
  SQL of the rows of `newest_loads()`. PostgreSQL looks into its index once per event table, Redshift reads two columns once.
  event_names: names of the event tables.
#}
{% macro newest_loads_of(event_names) %}
    {{ return(adapter.dispatch('newest_loads_of')(event_names)) }}
{% endmacro %}


{% macro default__newest_loads_of(event_names) %}
    {%- for event_name in event_names %}
select
    cast('{{ event_name }}' as varchar(512)) as event_name,
    max(loaded_at) as loaded_at
from {{ this }}
where
    {{ hashed('event_name') }} = {{ hashed("'" ~ event_name ~ "'") }}
    and event_name = '{{ event_name }}'
    and loaded_at <= {{ run_time() }}
        {% if not loop.last %}union all{% endif %}
    {%- endfor %}
{% endmacro %}


{% macro redshift__newest_loads_of(event_names) %}
select
    event_name,
    max(loaded_at) as loaded_at
from {{ this }}
where loaded_at <= {{ run_time() }}
group by event_name
{% endmacro %}
