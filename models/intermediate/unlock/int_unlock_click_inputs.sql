{{ config(materialized='view') }}

-- the key is the order, as for events of unlocking, so that an attempt is recomputed when a click changes its session
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
