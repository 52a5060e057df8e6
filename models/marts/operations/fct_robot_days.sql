with

loads as (

    select
        robot_id,
        start_date,
        count(*) as load_attempt_count,
        sum(case when outcome = 'loaded' then 1 else 0 end) as loaded_count,
        sum(case when outcome in ('failed', 'failed_inferred', 'no_result') then 1 else 0 end) as load_failure_count
    from {{ ref('fct_load_attempts') }}
    where robot_id is not null
    group by robot_id, start_date

),

unlocks as (

    select
        robot_id,
        start_date,
        count(*) as unlock_attempt_count,
        sum(case when outcome in ('opened', 'opened_unverified') then 1 else 0 end) as unlocked_count,
        sum(case when outcome in ('failed', 'abandoned') then 1 else 0 end) as unlock_failure_count
    from {{ ref('fct_unlock_attempts') }}
    where robot_id is not null
    group by robot_id, start_date

),

sessions as (

    select
        robot_id,
        start_date,
        count(*) as troubleshooting_session_count
    from {{ ref('fct_troubleshooting_sessions') }}
    where robot_id is not null
    group by robot_id, start_date

),

escalations as (

    select
        robot_id,
        {{ local_date('occurred_at', var('reporting_time_zone')) }} as start_date,
        count(*) as escalation_count
    from {{ ref('int_troubleshooting_events') }}
    where
        event_role = 'escalation'
        and event_name != 'pilot_unable_to_cancel_trip'
        and robot_id is not null
        and occurred_at is not null
    group by robot_id, {{ local_date('occurred_at', var('reporting_time_zone')) }}

),

days as (

    {% for measures in ['loads', 'unlocks', 'sessions', 'escalations'] %}
    select
        robot_id,
        start_date
    from {{ measures }}
    {{ 'union' if not loop.last }}
    {% endfor %}

),

final as (

    select
        cast(days.robot_id as varchar(512)) as robot_id,
        cast(coalesce(loads.load_attempt_count, 0) as bigint) as load_attempt_count,
        cast(coalesce(loads.loaded_count, 0) as bigint) as loaded_count,
        cast(coalesce(loads.load_failure_count, 0) as bigint) as load_failure_count,
        cast(coalesce(unlocks.unlock_attempt_count, 0) as bigint) as unlock_attempt_count,
        cast(coalesce(unlocks.unlocked_count, 0) as bigint) as unlocked_count,
        cast(coalesce(unlocks.unlock_failure_count, 0) as bigint) as unlock_failure_count,
        cast(coalesce(sessions.troubleshooting_session_count, 0) as bigint) as troubleshooting_session_count,
        cast(coalesce(escalations.escalation_count, 0) as bigint) as escalation_count,
        days.start_date
    from days
    left join loads
        on
            days.robot_id = loads.robot_id
            and days.start_date = loads.start_date
    left join unlocks
        on
            days.robot_id = unlocks.robot_id
            and days.start_date = unlocks.start_date
    left join sessions
        on
            days.robot_id = sessions.robot_id
            and days.start_date = sessions.start_date
    left join escalations
        on
            days.robot_id = escalations.robot_id
            and days.start_date = escalations.start_date
    where {{ is_possible_date('days.start_date') }}

)

select * from final
