{{ config(sort=['occurred_at']) }}

-- ordered by time, so that the events of an order are stored together: fct_orders groups them in half the time
select
    {{ written_at() }} as written_at,
    event_id,
    entity_key,
    troubleshooting_session_id,
    order_id,
    robot_id,
    pilot_id,
    event_name,
    merchant_name,
    order_matched_by,
    is_clock_suspect,
    occurred_at
from {{ events_to_recompute(ref('int_order_inputs')) }}
order by occurred_at
