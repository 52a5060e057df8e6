with

placed as (

    select *
    from {{ ref('int_troubleshooting_events') }}
    where event_kind = 'step'

),

events as (

    select *
    from {{ ref('int_pilot_troubleshooting_events') }}
    where event_name = 'pilot_troubleshooting_step'

),

sessions as (

    select *
    from {{ ref('fct_troubleshooting_sessions') }}

),

steps as (

    select
        placed.event_name,
        placed.event_id,
        placed.troubleshooting_session_id,
        placed.matched_order_id as order_id,
        placed.robot_id,
        placed.trip_id,
        placed.pilot_id,
        placed.order_matched_by,
        events.flow_name,
        events.step_name,
        events.step_answer,
        events.problem_category,
        sessions.outcome as session_outcome,
        events.step_index,
        -- the place among the session's events follows the id if they are equal in what troubleshooting reads of them
        row_number() over (
            partition by placed.troubleshooting_session_id
            order by
                placed.occurred_at, events.step_index, events.flow_name, events.step_name, events.step_answer,
                placed.session_event_number
        ) as step_number,
        count(*) over (partition by placed.troubleshooting_session_id) as step_count,
        placed.is_clock_suspect,
        sessions.is_clock_suspect as is_session_suspect,
        placed.occurred_at,
        case when sessions.escalated_at >= placed.occurred_at then sessions.escalated_at end as escalated_at
    from placed
    inner join events
        on
            placed.event_id = events.event_id
            and placed.event_name = events.event_name
    inner join sessions on placed.troubleshooting_session_id = sessions.troubleshooting_session_id

),

final as (

    select
        {{ event_key() }} as troubleshooting_step_id,
        troubleshooting_session_id,
        order_id,
        robot_id,
        trip_id,
        pilot_id,
        order_matched_by,
        flow_name,
        step_name,
        step_answer,
        problem_category,
        session_outcome,
        step_index,
        step_number,
        case when is_session_suspect then null else {{ seconds_between('occurred_at', 'escalated_at') }} end
            as seconds_to_escalation,
        {{ local_hour('occurred_at', var('reporting_time_zone')) }} as start_hour,
        {{ local_weekday('occurred_at', var('reporting_time_zone')) }} as start_weekday,
        step_number = step_count as is_last_step,
        is_clock_suspect,
        {{ local_date('occurred_at', var('reporting_time_zone')) }} as start_date,
        occurred_at,
        escalated_at
    from steps

)

select * from final
