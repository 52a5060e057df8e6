-- Conservation: the events of the two unlock streams and the rows of int_unlock_attempt_events are the same, one to one.

with

streamed as (

    select
        event_name,
        event_id
    from {{ ref('int_unlock_events') }}
    union all
    select
        event_name,
        event_id
    from {{ ref('int_server_unlock_events') }}

)

select
    coalesce(streamed.event_name, placed.event_name) as event_name,
    coalesce(streamed.event_id, placed.event_id) as event_id
from streamed
full outer join {{ ref('int_unlock_attempt_events') }} as placed
    on
        streamed.event_name = placed.event_name
        and streamed.event_id = placed.event_id
where
    streamed.event_id is null
    or placed.event_id is null
