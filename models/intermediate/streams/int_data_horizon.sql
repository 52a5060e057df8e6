{{ config(
    incremental_strategy='replace_differences',
    unique_key=['stream_name'],
    dist='all',
    sort=['stream_name'],
) }}

{#- The inputs are read twice, and not from a CTE, which PostgreSQL would write down whole. #}
{% set tolerance = var('clock_skew_tolerance_minutes') %}
{% set is_received %}
received.received_at <= {{ timestamp_add('minute', tolerance, 'received.loaded_at') }}
        and received.received_at <= {{ timestamp_literal(run_started_at) }}
{%- endset %}

with

{% if is_incremental() %}
-- The newest receipt is not older than the existing one, unless that event is gone. Its load is not older, either.
since_last_run as (

    select
        received.stream_name,
        max(received.received_at) as received_through
    from (select * from {{ ref('int_data_horizon_inputs') }}) as received
    inner join {{ this }} as existing
        on
            received.stream_name = existing.stream_name
            and received.received_at >= existing.received_through
            and received.loaded_at >= {{ timestamp_add('minute', -tolerance, 'existing.received_through') }}
    where
        {{ is_received }}
    group by received.stream_name

),

{% endif %}
final as (

    {% if is_incremental() %}
    select
        stream_name,
        received_through
    from since_last_run
    union all
    {% endif %}
    select
        received.stream_name,
        max(received.received_at) as received_through
    from (select * from {{ ref('int_data_horizon_inputs') }}) as received
    where
        {{ is_received }}
        {%- if is_incremental() %}
        and received.stream_name not in (select since_last_run.stream_name from since_last_run)
        {%- endif %}
    group by received.stream_name

)

select * from final
