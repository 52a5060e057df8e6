{{ config(
    incremental_strategy='delete+insert',
    unique_key='stream_name',
    indexes=[],
    dist='all',
    sort=['stream_name'],
    pre_hook="{{ note_stored() }}",
) }}

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
    {% set last = "(select last.received_through from " ~ stored() ~ " as last where last.stream_name = '" ~ stream ~ "')" %}
    {% set is_received %}
                    received_at <= {{ dbt.dateadd('minute', var('clock_skew_tolerance_minutes'), 'loaded_at') | trim }}
                    and received_at <= {{ run_time() }}
    {% endset %}
    {% if is_incremental() %}
    select
        cast('{{ stream }}' as varchar(63)) as stream_name,
        coalesce(
            -- not older than the newest of the last run, unless that is gone; and what was received then was not loaded before
            (
                select max(received_at)
                from {{ ref(stream) }}
                where
                    {{ is_received | trim }}
                    and received_at >= {{ last }}
                    and loaded_at >= {{ dbt.dateadd('minute', '-' ~ var('clock_skew_tolerance_minutes'), last) | trim }}
            ),
            (
                select max(received_at)
                from {{ ref(stream) }}
                where
                    {{ is_received | trim }}
            )
        ) as received_through
    {% else %}
    select
        cast('{{ stream }}' as varchar(63)) as stream_name,
        max(received_at) as received_through
    from {{ ref(stream) }}
    where
        {{ is_received | trim }}
    {% endif %}
    {% if not loop.last %}
    union all
    {% endif %}
    {% endfor %}

)

select
    stream_name,
    received_through
from received
{% if is_incremental() %}
except
select
    stream_name,
    received_through
from {{ stored() }}
{% endif %}
