{% macro union_of_staging(watermarks=none) %}
    {%- set is_window = watermarks is not none and not is_reconciling() %}
    {%- if is_window %}
-- what only the raw tables have is new, what only the stream has is gone, and what is newer than the watermark (-1) moves it
select
    greatest(min(is_gone), 0) as is_gone,
    {{ event_columns() }}
from (
    {%- endif %}
    {%- set windows = [] %}
    {%- for input in increment_inputs() %}
        {%- set watermark = (watermarks or {}).get(input.event_table) -%}
        {%- set since = timestamp_literal(watermark - modules.datetime.timedelta(hours=var('load_overlap_hours')) if watermark) %}
        {%- for condition in ['loaded_at >= ' ~ since, 'loaded_at is null'] %}
            {%- do windows.append(index_hash('event_name') ~ ' = ' ~ index_hash("'" ~ input.event_table ~ "'") ~ ' and ' ~ condition) %}
        {%- endfor %}
    select
        {{- ' case when loaded_at > ' ~ timestamp_literal(watermark) ~ ' then -1 else 0 end as is_gone,' if is_window
            else ' 0 as is_gone,' if watermarks is not none }}
        {%- for column in model.columns.values() if watermarks is none or column.name != 'written_at' %}
        {{ stream_value(column, input.node.columns) }} as {{ column.name }}
            {{- ',' if not loop.last }}
        {%- endfor %}
    from {{ input.relation }}
    where
        event_id is not null {{- and_not_forgotten(input.node.columns, watermarks) }}
        {%- if is_window %}
        and (loaded_at is null or loaded_at >= {{ since }})
        {%- elif watermarks is not none and var('reconcile') is mapping %}
        and event_id in (
            select event_id
            from {{ input.relation }}
            where
                loaded_at is null
                or loaded_at >= {{ since }}
                or {{ is_in_scope('', input.node) }}
            union all
            select existing.event_id
            from {{ this }} as existing
            where
                existing.event_name = '{{ input.event_table }}'
                and {{ is_in_scope('existing.', model) }}
        )
        {%- endif %}
        {{ 'union all' if not loop.last }}
    {%- endfor %}
    {%- if is_window %}
    union all
    select
        1 as is_gone,
        {{ event_columns() }}
    from {{ this }}
    where
        ({{ windows | join(')\n        or (') }})
) as copies
group by {{ event_columns() }}
having min(is_gone) = max(is_gone) or min(is_gone) < 0
    {%- endif %}
{% endmacro %}
