{{ config(materialized='view') }}

select
    cast('int_pilot_trip_events' as varchar(128)) as input_name,
    event_id,
    trip_key as entity_key,
    order_id,
    robot_id,
    trip_id,
    event_name,
    node_name,
    software_version,
    initialization_status,
    error_code,
    is_clock_suspect,
    occurred_at,
    written_at
from {{ ref('int_pilot_trip_events') }}
where event_name in ('node_auto_launch', 'node_initialization')
