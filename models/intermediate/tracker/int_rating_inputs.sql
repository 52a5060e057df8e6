{{ config(materialized='view') }}

select
    cast('int_order_tracker_events' as varchar(128)) as input_name,
    event_id,
    entity_key,
    order_id,
    event_name,
    merchant_name,
    rating_tags,
    rating,
    has_rating_comment,
    is_clock_suspect,
    occurred_at,
    written_at
from {{ ref('int_order_tracker_events') }}
where event_name = 'order_tracker_rating_submit'
