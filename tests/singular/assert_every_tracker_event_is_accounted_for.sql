-- Conservation: the events of the four streams and the rows of int_tracker_session_events are the same, one to one, and sessions
-- count all that are in one.

with

streamed as (

    {%- for stream in ['int_order_tracker_events', 'int_unlock_events', 'int_app_banner_events', 'int_error_events'] %}
    select
        event_name,
        event_id
    from {{ ref(stream) }}
    {{ 'union all' if not loop.last }}
    {%- endfor %}

),

missing as (

    select
        coalesce(streamed.event_name, placed.event_name) as event_name,
        coalesce(streamed.event_id, placed.event_id) as event_id
    from streamed
    full outer join {{ ref('int_tracker_session_events') }} as placed
        on
            streamed.event_name = placed.event_name
            and streamed.event_id = placed.event_id
    where
        streamed.event_id is null
        or placed.event_id is null

),

placed as (

    select
        tracker_session_id,
        count(*) as event_count
    from {{ ref('int_tracker_session_events') }}
    where tracker_session_id is not null
    group by tracker_session_id

),

miscounted as (

    select coalesce(placed.tracker_session_id, sessions.tracker_session_id) as tracker_session_id
    from placed
    full outer join {{ ref('fct_tracker_sessions') }} as sessions on placed.tracker_session_id = sessions.tracker_session_id
    where coalesce(placed.event_count, 0) != coalesce(sessions.event_count, 0)

)

select
    event_name,
    event_id
from missing
union all
select
    cast('session' as varchar(512)) as event_name,
    tracker_session_id as event_id
from miscounted
