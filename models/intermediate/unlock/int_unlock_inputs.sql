{{ config(materialized='view') }}

select
    cast('int_unlock_events' as varchar(128)) as input_name,
    event_id,
    entity_key,
    order_id,
    robot_id,
    event_name,
    cast(coalesce(failure_reason, error_code) as varchar(512)) as failure_reason,
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
    event_name,
    error_code as failure_reason,
    is_clock_suspect,
    occurred_at,
    written_at
from {{ ref('int_server_unlock_events') }}
