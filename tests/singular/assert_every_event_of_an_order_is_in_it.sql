-- Conservation: each event with an order id is in that order, once, and all other events in it were matched by robot and time.

with

streamed as (

    {%- for stream in [
        'int_order_tracker_events', 'int_unlock_events', 'int_app_banner_events', 'int_error_events', 'int_server_load_events',
        'int_server_unlock_events', 'int_ui_navigation_events', 'int_pilot_trip_events', 'int_pilot_acknowledgment_events',
        'int_pilot_troubleshooting_events', 'int_pilot_field_ops_events',
    ] %}
    select
        event_name,
        event_id,
        order_id
    from {{ ref(stream) }}
    where order_id is not null
    {{ 'union all' if not loop.last }}
    {%- endfor %}

),

in_orders as (

    select
        event_name,
        event_id,
        order_id
    from {{ ref('int_order_events') }}
    where order_matched_by = 'event'

)

select
    coalesce(streamed.event_name, in_orders.event_name) as event_name,
    coalesce(streamed.event_id, in_orders.event_id) as event_id,
    streamed.order_id as named_order_id,
    in_orders.order_id
from streamed
full outer join in_orders
    on
        streamed.event_name = in_orders.event_name
        and streamed.event_id = in_orders.event_id
        and streamed.order_id = in_orders.order_id
where
    streamed.event_id is null
    or in_orders.event_id is null
