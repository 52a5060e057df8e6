{{ config(incremental_strategy='delete+insert', unique_key='stream_name', indexes=[]) }}

{% set streams = [
    'int_order_tracker_events',
    'int_unlock_events',
    'int_app_banner_events',
    'int_pilot_trip_events',
    'int_pilot_troubleshooting_events',
    'int_pilot_field_ops_events',
    'int_pilot_acknowledgment_events',
    'int_pilot_system_events',
    'int_server_load_events',
    'int_server_unlock_events',
    'int_ui_navigation_events',
    'int_error_events',
] %}

with

received as (

    {% for stream in streams %}
    select
        cast('{{ stream }}' as varchar(63)) as stream_name,
        max(
            case
                when
                    received_at <= {{ dbt.dateadd('minute', var('clock_skew_tolerance_minutes'), 'loaded_at') | trim }}
                    and received_at <= {{ run_time() }}
                    then received_at
            end
        ) as received_through,
        max(staged_at) as staged_through
    from {{ ref(stream) }}
    {%- if is_incremental() and not is_reconciling() %}
    where
        staged_at > (
            select coalesce(max(stored.staged_through), cast('0001-01-01' as timestamp))
            from {{ this }} as stored
            where stored.stream_name = '{{ stream }}'
        )
    {%- endif %}
    {% if not loop.last %}
    union all
    {% endif %}
    {% endfor %}

)

{% if is_incremental() and not is_reconciling() %}

select
    received.stream_name,
    greatest(received.received_through, stored.received_through) as received_through,
    received.staged_through
from received
left join {{ this }} as stored on received.stream_name = stored.stream_name
where received.staged_through is not null

{% else %}

select *
from received

{% endif %}
