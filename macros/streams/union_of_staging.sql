{% macro union_of_staging(watermarks=none) %}
    {%- for input in increment_inputs() %}
        {%- set watermark = (watermarks or {}).get(input.event_table) -%}
        {%- set since = timestamp_literal(watermark - modules.datetime.timedelta(hours=var('load_overlap_hours')) if watermark) %}
(
    select
        {%- for column in model.columns.values() if watermarks is none or column.name != 'written_at' %}
        {{ stream_value(column, input.node.columns) }} as {{ column.name }}
            {{- ',' if not loop.last }}
        {%- endfor %}
    from {{ input.relation }}
    where
        event_id is not null
        {%- if watermarks is not none and not is_reconciling() %}
        and (loaded_at is null or loaded_at >= {{ since }})
    except
    select {{ event_columns() }}
    from {{ this }}
    where
        {{ index_hash('event_name') }} = {{ index_hash("'" ~ input.event_table ~ "'") }}
        and event_name = '{{ input.event_table }}'
        and loaded_at >= {{ since }}
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
)
        {{ 'union all' if not loop.last }}
    {%- endfor %}
{% endmacro %}
