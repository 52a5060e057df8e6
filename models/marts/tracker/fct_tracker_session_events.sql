select
    event_id,
    {{ event_key() }} as event_key,
    tracker_session_id,
    order_id,
    event_name,
    event_kind,
    tracker_event_number,
    {{ local_hour('occurred_at', var('reporting_time_zone')) }} as start_hour,
    {{ local_weekday('occurred_at', var('reporting_time_zone')) }} as start_weekday,
    is_clock_suspect,
    {{ local_date('occurred_at', var('reporting_time_zone')) }} as start_date,
    occurred_at
from {{ ref('int_tracker_session_events') }}
where tracker_session_id is not null
