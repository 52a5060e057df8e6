with

events as (

    select
        pilot_id,
        case when event_role = 'session' then troubleshooting_session_id end as troubleshooting_session_id,
        coalesce(matched_order_id, order_id) as order_id,
        robot_id,
        cast(null as varchar(32)) as workstation_id,
        event_name,
        occurred_at
    from {{ ref('int_troubleshooting_events') }}
    union all
    {% for stream in ['int_pilot_trip_events', 'int_pilot_acknowledgment_events'] %}
    select
        pilot_id,
        cast(null as varchar(32)) as troubleshooting_session_id,
        order_id,
        robot_id,
        cast(null as varchar(32)) as workstation_id,
        event_name,
        occurred_at
    from {{ ref(stream) }}
    where event_name not in ('pilot_cancel_trip', 'pilot_unable_to_cancel_trip', 'pilot_confirm_bot_parked_success')
    union all
    {% endfor %}
    select
        pilot_id,
        cast(null as varchar(32)) as troubleshooting_session_id,
        cast(null as varchar(512)) as order_id,
        cast(null as varchar(512)) as robot_id,
        workstation_id,
        event_name,
        occurred_at
    from {{ ref('int_pilot_system_events') }}

),

final as (

    select
        cast(pilot_id as varchar(512)) as pilot_id,
        cast(count(*) as bigint) as event_count,
        cast(count(distinct troubleshooting_session_id) as bigint) as troubleshooting_session_count,
        cast(sum(case when event_name = 'pilot_troubleshooting_step' then 1 else 0 end) as bigint) as step_count,
        cast(sum(case when event_name in (
            'pilot_hard_reset', 'pilot_soft_reset', 'pilot_modem_reset', 'pilot_switch_sim_backup',
            'pilot_reset_gps_hot', 'pilot_reset_gps_cold'
        ) then 1 else 0 end) as bigint) as action_count,
        cast(sum(case when event_name in ('pilot_hard_reset', 'pilot_soft_reset') then 1 else 0 end) as bigint) as reset_count,
        cast(
            sum(case when event_name in ('pilot_hard_reset_fail', 'pilot_soft_reset_fail') then 1 else 0 end) as bigint
        ) as reset_failure_count,
        cast(sum(case when event_name in (
            'pilot_requested_field_op', 'pilot_initiated_reassignment', 'pilot_submitted_reassignment',
            'pilot_cancel_trip', 'pilot_incident_report'
        ) then 1 else 0 end) as bigint) as escalation_count,
        cast(
            sum(case when event_name = 'pilot_failed_to_acknowledge_delivery_in_progress' then 1 else 0 end) as bigint
        ) as missed_acknowledgment_count,
        cast(
            sum(case when event_name = 'pilot_confirm_bot_parked_success' then 1 else 0 end) as bigint
        ) as parked_confirmation_count,
        cast(sum(case when event_name = 'pilot_start_break' then 1 else 0 end) as bigint) as break_count,
        cast(count(distinct order_id) as bigint) as order_count,
        cast(count(distinct robot_id) as bigint) as robot_count,
        cast(count(distinct workstation_id) as bigint) as workstation_count,
        {{ local_date('occurred_at', var('reporting_time_zone')) }} as start_date,
        min(occurred_at) as first_activity_at,
        max(occurred_at) as last_activity_at
    from events
    where
        pilot_id is not null
        and {{ is_possible_date(local_date('occurred_at', var('reporting_time_zone'))) }}
    group by pilot_id, {{ local_date('occurred_at', var('reporting_time_zone')) }}

)

select * from final
