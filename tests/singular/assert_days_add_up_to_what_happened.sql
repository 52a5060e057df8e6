-- Conservation: over all days on which events can have happened, each pilot has all of the pilot's events, and each robot all of
-- its attempts and sessions.

with

happened as (

    {%- for stream in [
        'int_pilot_troubleshooting_events', 'int_pilot_field_ops_events', 'int_pilot_trip_events', 'int_pilot_acknowledgment_events',
        'int_pilot_system_events',
    ] %}
    select
        'pilot:' || pilot_id as counted_for,
        1 as event_count
    from {{ ref(stream) }}
    where
        pilot_id is not null
        and {{ is_possible_date(local_date('occurred_at', var('reporting_time_zone'))) }}
    union all
    {%- endfor %}
    {%- for fact in ['fct_load_attempts', 'fct_unlock_attempts', 'fct_troubleshooting_sessions'] %}
    select
        'robot:' || robot_id as counted_for,
        1 as event_count
    from {{ ref(fact) }}
    where
        robot_id is not null
        and {{ is_possible_date('start_date') }}
    {{ 'union all' if not loop.last }}
    {%- endfor %}

),

counted as (

    select
        'pilot:' || pilot_id as counted_for,
        event_count
    from {{ ref('fct_pilot_days') }}
    union all
    select
        'robot:' || robot_id as counted_for,
        load_attempt_count + unlock_attempt_count + troubleshooting_session_count as event_count
    from {{ ref('fct_robot_days') }}

),

compared as (

    select
        counted_for,
        event_count
    from happened
    union all
    select
        counted_for,
        -event_count as event_count
    from counted

)

select
    counted_for,
    sum(event_count) as missing_count
from compared
group by counted_for
having sum(event_count) != 0
