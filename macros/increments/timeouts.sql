{% macro data_horizon() -%}
    (
        select {{ timestamp_add('minute', '-' ~ var('horizon_margin_minutes'), 'max(received_through)') }}
        from {{ ref('int_data_horizon') }}
    )
{%- endmacro %}


{% macro is_timed_out(minutes, time) -%}
    coalesce({{ timestamp_add('minute', minutes, time) }} <= {{ data_horizon() }}, false)
{%- endmacro %}


{# A query for each outcome: PostgreSQL uses the index on outcome and time for one, and not for all joined by `or`. #}
{% macro entities_with_timeouts() -%}
    {%- set timeout = model.config.meta.timeout -%}
    {%- set latest = timestamp_add('minute', -timeout.minutes, data_horizon()) -%}
    {%- for outcome in ['pending'] + timeout.outcomes %}
select
    entity_key,
    {{ event_time() }} as occurred_at
from {{ this }}
where
    outcome = '{{ outcome }}'
    and {{ timeout.get('since', event_time()) }} {{ '<=' if outcome == 'pending' else '>' }} {{ latest }}
        {{ 'union all' if not loop.last }}
    {%- endfor %}
{%- endmacro %}
