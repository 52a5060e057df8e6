{{ config(
    incremental_strategy='replace_differences',
    unique_key=['stream_name'],
    dist='all',
    sort=['stream_name'],
) }}

{#- The inputs are read twice, and not from a CTE, which PostgreSQL would write down whole. #}
{% set tolerance = var('clock_skew_tolerance_minutes') %}
{% set is_received %}
received_at <= {{ timestamp_add('minute', tolerance, 'loaded_at') }}
        and received_at <= {{ timestamp_literal(run_started_at) }}
{%- endset %}
{% set existing = existing_horizon() %}

with

{% if existing %}
-- The newest receipt is not older than the existing one, unless that event is gone. Its load is not older, either.
since_last_run as (

    select
        stream_name,
        max(received_at) as received_through
    from {{ ref('int_data_horizon_inputs') }}
    where
        {{ is_received }}
        and (
            {%- for row in existing %}
            {{ 'or ' if not loop.first }}(
                stream_name = '{{ row['stream_name'] }}'
                and received_at >= {{ timestamp_literal(row['received_through']) }}
                and loaded_at >= {{ timestamp_add('minute', -tolerance, timestamp_literal(row['received_through'])) }}
            )
            {%- endfor %}
        )
    group by stream_name

),

{% endif %}
final as (

    {% if existing %}
    select
        stream_name,
        received_through
    from since_last_run
    union all
    {% endif %}
    select
        stream_name,
        max(received_at) as received_through
    from {{ ref('int_data_horizon_inputs') }}
    where
        {{ is_received }}
        {%- if existing %}
        and stream_name not in (select since_last_run.stream_name from since_last_run)
        {%- endif %}
    group by stream_name

)

select * from final
