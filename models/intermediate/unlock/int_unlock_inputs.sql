{{ config(materialized='view') }}

select
    cast('int_unlock_events' as varchar(128)) as input_name,
    event_id,
    entity_key,
    order_id,
    robot_id,
    merchant_id,
    event_name,
    merchant_name,
    device_class,
    app_version,
    cast(null as varchar(512)) as requested_by,
    cast(coalesce(failure_reason, error_code) as varchar(512)) as failure_reason,
    distance_meters,
    is_clock_suspect,
    occurred_at,
    written_at
from {{ ref('int_unlock_events') }}
union all
select
    cast('int_server_unlock_events' as varchar(128)) as input_name,
    event_id,
    entity_key,
    order_id,
    robot_id,
    merchant_id,
    event_name,
    merchant_name,
    cast(null as varchar(16)) as device_class,
    cast(null as varchar(512)) as app_version,
    requested_by,
    error_code as failure_reason,
    cast(null as double precision) as distance_meters,
    is_clock_suspect,
    occurred_at,
    written_at
from {{ ref('int_server_unlock_events') }}
