{#
  The body of an event stream: the events of some staging models, each exactly once, in the columns that the stream's YAML declares.

  The key is (event_name, event_id). Of the copies of an event the one loaded last counts; then the one received last; then the
  greater in the other columns, so that it is the same one whatever the order in which copies arrive. Rows without an id
  cannot be told apart and are left out.

  A full refresh writes all copies, see `keep_latest_copies` for what becomes of them. An increment ranks what arrived (see
  `note_arrived`) together with the stored copies of the same events, and gives only rows that differ from what is stored.

  A row with `staged_at` null deletes the stored event: it is no longer in the raw tables. Only a run with the var
  `reconcile` looks for those, and only in tables that it may read: one that is gone as a whole takes nothing away, for a lost
  grant looks the same. A full refresh does.

  staging_models: names of staging models. A column that one of them does not have is a typed null.
#}
{% macro event_stream(staging_models) %}
    {{ config(
        pre_hook=[
            "{{ note_newest_loads(" ~ staging_models | tojson ~ ") }}",
            "{{ note_arrived(" ~ staging_models | tojson ~ ") }}",
        ],
        post_hook="{{ keep_latest_copies() }}",
    ) }}
    {%- if not execute -%}
        {%- for name in staging_models %}
            {%- do ref(name) -%}
        {%- endfor -%}
    {%- elif is_incremental() -%}
        {{ stream_increment(staging_models, model.columns) }}
    {%- else -%}
        {{ union_of_staging(staging_models, model.columns) }}
    {%- endif -%}
{% endmacro %}


{#
  SQL: the rows by which the stored stream must change, from what `note_arrived` noted.
  staging_models: names of staging models.  columns: the stream's columns, from its YAML.
#}
{% macro stream_increment(staging_models, columns) %}
with

copies as (

    select {{ event_columns(columns) }}
    from {{ arrived() }}
    {%- if not is_reconciling() %}
    union all
    select {{ event_columns(columns) }}
    from {{ stored() }}
    {%- endif %}

),

ranked as (

    select
        copies.*,
        {{ copy_number(columns) | indent(8) }} as copy_number
    from copies

),

changed as (

    select {{ event_columns(columns) }}
    from ranked
    where copy_number = 1
    except
    select {{ event_columns(columns) }}
    from {{ stored() }}

)

select
    {{ event_columns(columns) }},
    {{ written_at() }} as staged_at
from changed
    {%- if is_reconciling() %}
union all
select
    {{ event_columns(columns, 'stored.') }},
    cast(null as timestamp) as staged_at
from {{ stored() }} as stored
where
    stored.event_name in ({{ readable_events(staging_models) }})
    and not exists (
        select 1
        from {{ arrived() }} as arrived
        where {{ is_same_event('stored', 'arrived') | indent(12) }}
    )
    {%- endif %}
{% endmacro %}


{#
  SQL of a list of the names of those events whose tables are there and may be read.
  staging_models: names of staging models.
#}
{% macro readable_events(staging_models) -%}
    ''
    {%- for name in staging_models if name.removeprefix('stg_') in landed_columns(var('raw_schema')) -%}
    , '{{ name.removeprefix('stg_') }}'
    {%- endfor -%}
{%- endmacro %}


{#
  The columns of a stream that come from its events, as a list for `select`: all but `staged_at`.
  columns: the stream's columns, from its YAML.  prefix: `<relation>.` or nothing.
#}
{% macro event_columns(columns, prefix='') -%}
    {%- for name in columns if name != 'staged_at' -%}
    {{ prefix }}{{ name }}{{ ', ' if not loop.last }}
    {%- endfor -%}
{%- endmacro %}


{#
  SQL of a condition: two rows are copies of one event.
  stored, other: aliases of their relations. The first has an index on the hashed id.
#}
{% macro is_same_event(stored, other) -%}
    {{ hashed(stored ~ '.event_id') }} = {{ hashed(other ~ '.event_id') }}
and {{ stored }}.event_id = {{ other }}.event_id
and {{ stored }}.event_name = {{ other }}.event_name
{%- endmacro %}


{#
  SQL that ranks the copies of an event in the relation `copies`, 1 for the one that counts.
  columns: the stream's columns, from its YAML.
#}
{% macro copy_number(columns) -%}
    row_number() over (
    partition by copies.event_name, copies.event_id
    order by
        copies.loaded_at desc nulls last,
        copies.received_at desc nulls last
        {%- for name in columns if name not in ('event_name', 'event_id', 'loaded_at', 'received_at', 'staged_at') %},
        copies.{{ name }} desc nulls last
        {%- endfor %}
)
{%- endmacro %}
