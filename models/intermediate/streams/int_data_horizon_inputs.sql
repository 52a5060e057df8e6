{{ config(materialized='view') }}

{% for stream in [
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
select
    cast('{{ stream }}' as varchar(63)) as stream_name,
    received_at,
    loaded_at
from {{ ref(stream) }}
{{ 'union all' if not loop.last }}
{% endfor %}
