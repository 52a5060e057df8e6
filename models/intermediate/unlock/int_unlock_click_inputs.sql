{{ config(materialized='view') }}

-- keyed by the order as the events of unlocking are, so that a click that changes its session affects its attempt
select
    event_id,
    cast('order:' || order_id as varchar(600)) as entity_key,
    tracker_session_id,
    event_name,
    occurred_at,
    written_at
from {{ ref('int_tracker_session_events') }}
where
    event_name = 'order_unlock_coco'
    and order_id is not null
