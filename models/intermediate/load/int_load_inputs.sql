{{ config(materialized='view') }}

select
    cast('int_server_load_events' as varchar(128)) as input_name,
    event_id,
    entity_key,
    order_id,
    robot_id,
    merchant_id,
    event_name,
    merchant_name,
    load_method,
    error_code as failure_reason,
    is_clock_suspect,
    occurred_at,
    written_at
from {{ ref('int_server_load_events') }}
