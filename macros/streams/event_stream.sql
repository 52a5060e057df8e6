{#
  The SQL of an event stream: the events of some staging models, each exactly once, in the columns that the stream's YAML declares.

  The row key is (event_name, event_id). Of the copies of an event the one loaded last counts; then the one received last; then the
  greater in the other columns, so that the order in which copies arrive has no influence. Rows without an id are left out, for they
  cannot be told apart.

  A full refresh gives all copies, and `remove_repeated_events` leaves the one that counts. An increment ranks the incoming rows together with
  the existing copies of the same events, and gives the rows that differ from the existing ones. A row whose `written_at` is null deletes
  the existing event: a reconciliation gives such rows for events that the raw tables no longer have.
#}
{% macro event_stream(staging_models) %}
    {%- for name in staging_models -%}
        {%- do ref(name) -%}
    {%- endfor -%}
    {%- if execute and not is_incremental() -%}
{{ union_of_staging() }}
    {%- elif execute -%}
with

{{ changed_events(temporary_table('incoming'), temporary_table('existing')) }}

select
    {{ event_columns() }},
    {{ written_at() }} as written_at
from changed
        {%- if is_reconciling() %}
union all
select
    {{ event_columns('existing.') }},
    cast(null as timestamp) as written_at
from {{ temporary_table('existing') }} as existing
where
    existing.event_name in (
        ''
            {%- for input in increment_inputs() if input.event_table in landed_columns(var('raw_schema')) %}
        , '{{ input.event_table }}'
            {%- endfor %}
    )
    and not exists (
        select 1
        from {{ temporary_table('incoming') }} as incoming
        where {{ is_same_event('existing', 'incoming') | indent(12) }}
    )
        {%- endif %}
    {%- endif -%}
{% endmacro %}


{% macro changed_events(incoming, existing) %}
    {%- set columns = event_columns() -%}
copies as (

    select {{ columns }}
    from {{ incoming }}
    {%- if not is_reconciling() %}
    union all
    select {{ columns }}
    from {{ existing }}
    {%- endif %}

),

ranked as (

    select
        copies.*,
        {{ copy_number() | indent(8) }} as copy_number
    from copies

),

changed as (

    select {{ columns }}
    from ranked
    where copy_number = 1
    except
    select {{ columns }}
    from {{ existing }}

)
{%- endmacro %}


{% macro event_columns(prefix='') -%}
    {%- for name in model.columns if name != 'written_at' -%}
    {{ prefix }}{{ name }}{{ ', ' if not loop.last }}
    {%- endfor -%}
{%- endmacro %}


{% macro copy_number() -%}
    row_number() over (
    partition by copies.event_name, copies.event_id
    order by
        copies.loaded_at desc nulls last,
        copies.received_at desc nulls last
        {%- for name in model.columns if name not in ('event_name', 'event_id', 'loaded_at', 'received_at', 'written_at') %},
        copies.{{ name }} desc nulls last
        {%- endfor %}
)
{%- endmacro %}
