{% macro event_stream(staging_models) %}
    {%- for name in staging_models -%}
        {%- do ref(name) -%}
    {%- endfor -%}
    {%- if execute and not is_incremental() -%}
{{ union_of_staging() }}
    {%- elif execute -%}
select
    {{ event_columns() }},
    {{ written_at() }} as written_at
from (
    {{ changed_events(temporary_table('incoming'), temporary_table('existing')) | indent(4) }}
) as changed
        {%- if is_reconciling() %}
            {%- set landed = increment_inputs() | map(attribute='event_table') | select('in', landed_columns(var('raw_schema'))) %}
union all
select
    {{ event_columns('existing.') }},
    cast(null as timestamp) as written_at
from {{ temporary_table('existing') }} as existing
where
    existing.event_name in ('{{ landed | join("', '") }}')
    and not {{ is_past_retention('existing') | indent(4) }}
    and not exists (
        select 1
        from {{ temporary_table('incoming') }} as incoming
        where {{ is_same_event('existing', 'incoming') | indent(12) }}
    )
        {%- endif %}
    {%- endif -%}
{% endmacro %}


{% macro changed_events(incoming, existing) -%}
{{ latest_copies([incoming] if is_reconciling() else [incoming ~ ' where is_gone = 0', existing ~ ' where is_gone = 0']) }}
except
select {{ event_columns() }}
from {{ existing }} as existing
    {%- if is_reconciling() %}
-- neither row of an event with two rows counts as existing, so that one row replaces both
where not exists (
    select 1
    from (select event_name, event_id from {{ existing }} group by event_name, event_id having count(*) > 1) as repeated
    where {{ is_same_event('existing', 'repeated') | indent(8) }}
)
    {%- endif %}
{%- endmacro %}


{% macro latest_copies(tables, columns=none) -%}
{%- set columns = columns or event_columns() -%}
select {{ columns }}
from (
    select
        copies.*,
        row_number() over (
            partition by event_name, event_id
            order by
                loaded_at desc nulls last,
                received_at desc nulls last
                {%- for name in model.columns if name not in ('event_name', 'event_id', 'loaded_at', 'received_at', 'written_at') %},
                {{ name }} desc nulls last
                {%- endfor %}
        ) as copy_number
    from (
        {%- for rows in tables %}
        select {{ columns }}
        from {{ rows }}
        {{ 'union all' if not loop.last }}
        {%- endfor %}
    ) as copies
) as ranked
where copy_number = 1
{%- endmacro %}


{% macro event_columns(prefix='') -%}
    {%- for name in model.columns if name != 'written_at' -%}
    {{ prefix }}{{ name }}{{ ', ' if not loop.last }}
    {%- endfor -%}
{%- endmacro %}
