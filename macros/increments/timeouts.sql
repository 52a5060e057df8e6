{% macro data_horizon(minutes=0) -%}
    (
        select {{ timestamp_add('minute', minutes | int - var('horizon_margin_minutes') | int, 'max(received_through)') }}
        from {{ ref('int_data_horizon') }}
    )
{%- endmacro %}


{% macro is_timed_out(minutes, time) -%}
    {%- set newest = data_horizon(var('horizon_margin_minutes') | int + var('clock_skew_tolerance_minutes') | int) -%}
    not ({{ time }} > {{ data_horizon(-(minutes | int)) }} and {{ time }} <= {{ newest }})
{%- endmacro %}


{# A query for each outcome: PostgreSQL uses the index on outcome and time for one, and not for all joined by `or`. #}
{% macro entities_with_timeouts() -%}
    {%- set timeout = model.config.meta.timeout -%}
    {%- set is_over = is_timed_out(timeout.minutes, timeout.get('since', event_time())) -%}
    {%- for outcome in ['pending'] + timeout.outcomes %}
select
    entity_key,
    {{ event_time() }} as occurred_at
from {{ this }}
where
    outcome = '{{ outcome }}'
    and {{ is_over if outcome == 'pending' else 'not (' ~ is_over ~ ')' }}
        {{ 'union all' if not loop.last }}
    {%- endfor %}
{%- endmacro %}
