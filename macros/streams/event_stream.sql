{#
  The body of an event stream: the events of some staging models, each exactly once, in the columns that the stream's YAML declares.

  The key is (event_name, event_id). Of the copies of an event the one loaded last counts; then the one received last; then the
  greater in the other columns, so that it is the same one whatever the order in which copies arrive. Rows without an id
  cannot be told apart and are left out.

  A full refresh looks for the few events that have copies and ranks only those. An increment reads, per event table, what was
  loaded after the newest row that the stream has of that table, less `load_overlap_hours`; compares it with the copies that
  the stream has; and gives only the rows that must be written. So a table may lag, and a lying clock hides nothing:
  load times in the future are no mark, and rows without a load time are always read.

  staging_models: names of staging models. A column that one of them does not have is a typed null.
#}
{% macro event_stream(staging_models) %}
    {%- if not execute -%}
        {%- for name in staging_models %}
            {%- do ref(name) -%}
        {%- endfor -%}
    {%- else -%}
        {%- set columns = model.columns -%}
        {%- set written = written_columns(columns) -%}
        {%- set keys = {'event_name': columns['event_name'], 'event_id': columns['event_id']} -%}
with

        {%- if not is_incremental() %}

repeated as (

    select
        event_name,
        event_id
    from (
        {{ union_of_staging(staging_models, keys) | indent(8) }}
    ) as landed
    group by event_name, event_id
    having count(*) > 1

),

single as (

    {{ union_of_staging(staging_models, columns, 'single') | indent }}

),

copies as (

    {{ union_of_staging(staging_models, columns, 'repeated') | indent }}

),

ranked as (

    select
        copies.*,
        {{ copy_number(written, 'copies.') | indent(8) }} as copy_number
    from copies

),

latest as (

    select {{ written | join(', ') }}
    from single
    union all
    select {{ written | join(', ') }}
    from ranked
    where copy_number = 1

)
        {%- else %}

arrived as (

    {{ union_of_staging(staging_models, columns, 'new') | indent }}

),

copies as (

    select
        {{ written | join(',\n        ') }},
        1 as is_arrived
    from arrived
    union all
    select
        {{ written | join(',\n        ') }},
        0 as is_arrived
    from {{ this }} as stored
    where
        exists (
            select 1
            from arrived
            where
                stored.event_name = arrived.event_name
                and stored.event_id = arrived.event_id
        )

),

ranked as (

    select
        copies.*,
        {{ copy_number(written + ['is_arrived'], 'copies.') | indent(8) }} as copy_number
    from copies

),

latest as (

    select *
    from ranked
    where
        copy_number = 1
        and is_arrived = 1

)
        {%- endif %}

select
    {%- for name in columns %}
    {%- if name == 'staged_at' %}
    {{ run_time() }} as staged_at
    {%- else %}
    {{ name }}
    {%- endif %}
    {{- ',' if not loop.last }}
    {%- endfor %}
from latest
    {%- endif -%}
{% endmacro %}


{#
  The time of this run, one for all its models: SQL of a timestamp in UTC.
#}
{% macro run_time() %}
    {{- return("cast('" ~ run_started_at.strftime('%Y-%m-%d %H:%M:%S.%f') ~ "' as timestamp)") -}}
{% endmacro %}


{#
  The names of a stream's columns that come from its events, that is all but `staged_at`.
#}
{% macro written_columns(columns) %}
    {{ return(columns.keys() | reject('equalto', 'staged_at') | list) }}
{% endmacro %}


{#
  SQL that ranks the copies of an event, 1 for the one that counts.
  columns: all columns that may tell copies apart.  prefix: `<relation>.`
#}
{% macro copy_number(columns, prefix) -%}
    row_number() over (
    partition by {{ prefix }}event_name, {{ prefix }}event_id
    order by
        {{ prefix }}loaded_at desc nulls last,
        {{ prefix }}received_at desc nulls last
        {%- for name in columns if name not in ('event_name', 'event_id', 'loaded_at', 'received_at') and not is_derived(name) %},
        {{ prefix }}{{ name }}{{ ' desc' if name != 'is_arrived' }} nulls last
        {%- endfor %}
)
{%- endmacro %}


{#
  Whether a stream's column follows from its others, so that copies need not be compared by it.
#}
{% macro is_derived(name) %}
    {{ return(name == 'is_clock_suspect') }}
{% endmacro %}


{#
  SQL: the rows of staging models with an event id, in a stream's columns, one `select` per model.
  staging_models: their names.  columns: the stream's columns, from its YAML.
  rows: which of them. `all`; `repeated` or `single`, those whose event is or is not in the CTE `repeated`; `new`, those that the
  stream may not have yet.
#}
{% macro union_of_staging(staging_models, columns, rows='all') %}
    {%- for name in staging_models -%}
        {%- set event_name = name.removeprefix('stg_') -%}
        {%- set staging_columns = (graph.nodes.values() | selectattr('name', 'equalto', name) | first).columns %}
select
        {%- for column in columns.values() if column.name != 'staged_at' %}
    {{ stream_value(column, staging_columns) }} as {{ column.name }}
            {{- ',' if not loop.last }}
        {%- endfor %}
from {{ ref(name) }} as landed
where
    event_id is not null
        {%- if rows in ('repeated', 'single') %}
    and {{ 'not ' if rows == 'single' }}exists (
        select 1
        from repeated
        where
            repeated.event_name = '{{ event_name }}'
            and repeated.event_id = landed.event_id
    )
        {%- elif rows == 'new' %}
    and (loaded_at is null or loaded_at > {{ load_mark(event_name) }})
        {%- endif %}
        {%- if not loop.last %}
union all
        {%- endif %}
    {%- endfor %}
{% endmacro %}


{#
  SQL of one column of a stream, from a staging model.
  column: the stream's column; its meta `keyed_hash_of` names a personal column that it is the keyed hash of (md5, 32 hex digits).
  staging_columns: the columns of the staging model.
#}
{% macro stream_value(column, staging_columns) %}
    {% set hashed = column.config.meta.get('keyed_hash_of') %}
    {% if column.name == 'is_clock_suspect' %}
        {{ return('coalesce(occurred_at > '
            ~ dbt.dateadd('minute', var('clock_skew_tolerance_minutes'), 'received_at') | trim ~ ', false)') }}
    {% elif hashed in staging_columns %}
        {{ return("cast(md5('" ~ var('hash_key') ~ "' || " ~ hashed ~ ') as ' ~ column.data_type ~ ')') }}
    {% elif column.name in staging_columns %}
        {{ return(column.name) }}
    {% endif %}
    {{ return('cast(null as ' ~ column.data_type ~ ')') }}
{% endmacro %}


{#
  SQL of the load time after which an event table's rows are new to this stream.
#}
{% macro load_mark(event_name) %}
    {%- set newest -%}
        (
            select max(stored.loaded_at)
            from {{ this }} as stored
            where
                stored.event_name = '{{ event_name }}'
                and stored.loaded_at <= {{ run_time() }}
        )
    {%- endset -%}
    coalesce({{ dbt.dateadd('hour', '-' ~ var('load_overlap_hours'), newest) | trim }}, cast('0001-01-01' as timestamp))
{%- endmacro %}
