{{ config(materialized='view') }}

select
    cast('int_pilot_field_ops_events' as varchar(128)) as input_name,
    event_id,
    order_key as entity_key,
    order_id,
    robot_id,
    trip_id,
    pilot_id,
    from_robot_id,
    to_robot_id,
    new_trip_id,
    reported_reassignment_id,
    event_name,
    reassignment_reason,
    is_clock_suspect,
    occurred_at,
    written_at
from {{ ref('int_pilot_field_ops_events') }}
where event_name in ('pilot_initiated_reassignment', 'pilot_submitted_reassignment')
