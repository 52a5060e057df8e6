-- Conservation: the streams' events that matter to troubleshooting and the rows of int_troubleshooting_events are the same.

with

streamed as (

    select
        event_name,
        event_id
    from {{ ref('int_pilot_troubleshooting_events') }}
    union all
    select
        event_name,
        event_id
    from {{ ref('int_pilot_field_ops_events') }}
    union all
    select
        event_name,
        event_id
    from {{ ref('int_pilot_trip_events') }}
    where event_name in ('pilot_cancel_trip', 'pilot_unable_to_cancel_trip')
    union all
    select
        event_name,
        event_id
    from {{ ref('int_pilot_acknowledgment_events') }}
    where event_name = 'pilot_confirm_bot_parked_success'
    union all
    select
        event_name,
        event_id
    from {{ ref('int_server_load_events') }}
    where event_name = 'server_load_order_success'
    union all
    select
        event_name,
        event_id
    from {{ ref('int_server_unlock_events') }}
    where event_name = 'server_unlock_bot_open_lid_success'

)

select
    coalesce(streamed.event_name, placed.event_name) as event_name,
    coalesce(streamed.event_id, placed.event_id) as event_id
from streamed
full outer join {{ ref('int_troubleshooting_events') }} as placed
    on
        streamed.event_name = placed.event_name
        and streamed.event_id = placed.event_id
where
    streamed.event_id is null
    or placed.event_id is null
