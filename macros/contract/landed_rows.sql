{% macro landed_rows(staging_models) %}
    {%- set keys = {'order': 'order_id', 'robot': 'robot_id', 'trip': 'trip_id', 'pilot': 'pilot_id', 'browser': 'anonymous_id'} -%}
    {%- for name in staging_models %}
        {%- set columns = (graph.nodes.values() | selectattr('name', 'equalto', name) | first).columns if execute else {} %}
select
    event_id,
    event_name,
    cast(
        case when loaded_at >= occurred_at then {{ seconds_between('occurred_at', 'loaded_at') }} end as bigint
    ) as seconds_late,
    {{ is_clock_suspect() }} as is_clock_suspect,
    refused_value_count,
    cut_value_count,
        {%- for key, id in keys.items() %}
    {{ id ~ ' is null' if id in columns else 'cast(null as boolean)' }} as is_{{ key }}_missing,
        {%- endfor %}
    received_at,
    loaded_at
from {{ ref(name) }}
        {%- if not loop.last %}
union all
        {%- endif %}
    {%- endfor %}
{% endmacro %}
