{{ config(
    materialized='incremental',
    unique_key=['troubleshooting_session_id'],
    sort=['started_at'],
    meta={
        'recompute_since': true,
        'timeout': {'minutes': var('recovery_window_minutes'), 'since': 'ended_at', 'outcomes': ['unresolved']},
    },
) }}

{% set told_actions = 20 %}

with

troubleshooting_events as (

    select *
    from {{ ref('int_troubleshooting_events') }}

),

-- A session depends on its events and on later ones. Whatever changes it, later evidence included, also rewrites its first event:
-- int_troubleshooting_events recomputes from the start of all sessions within the lookback.
events as (

    select
        events.*,
        {{ event_key() }} as event_key
    from troubleshooting_events as events
    {{ join_affected('events') }}
    where events.occurred_at is not null

),

looking_ahead as (

    select
        events.*,
        {{ next_evidence_at() | indent(8) }} as evidence_at
    from events

),

failed as (

    select recovery_action_id
    from events
    where event_kind = 'action_fail'
    group by recovery_action_id

),

actions as (

    select
        events.troubleshooting_session_id,
        events.action,
        case when failed.recovery_action_id is not null then 1 else 0 end as failed_number,
        row_number() over (partition by events.troubleshooting_session_id order by events.session_event_number) as action_number
    from events
    left join failed on events.recovery_action_id = failed.recovery_action_id
    where events.recovery_action_id = events.event_key

),

paths as (

    select
        troubleshooting_session_id,
        count(*) as action_count,
        sum(failed_number) as failed_action_count,
        max(action_number * 10 + failed_number) as last_action_number,
        max(case when action_number = 1 then action end)
        {% for told in range(2, told_actions + 1) %}
        || coalesce(' > ' || max(case when action_number = {{ told }} then action end), '')
        {% endfor %}
        || case when count(*) > {{ told_actions }} then ' > ...' else '' end as action_path
    from actions
    group by troubleshooting_session_id

),

-- First values are packed with the number of their event. An increment may read the end of a session that began before:
-- without its first event it gives no row, and the existing one stays.
sessions as (

    select
        troubleshooting_session_id,
        entity_key,
        max(entity_type) as entity_type,
        min(case when order_matched_by = 'event' then {{ pack('session_event_number', 'matched_order_id') }} end)
            as first_stated_order,
        min(case when order_matched_by != 'event' then {{ pack('session_event_number', 'matched_order_id') }} end)
            as first_met_order,
        min({{ pack('session_event_number', 'robot_id') }}) as first_robot,
        min({{ pack('session_event_number', 'trip_id') }}) as first_trip,
        min(case when event_role = 'session' then {{ pack('session_event_number', 'pilot_id') }} end) as first_pilot,
        min(case when event_kind = 'step' then {{ pack('session_event_number', 'stated_reason') }} end) as first_problem,
        max({{ pack('rung_number', "coalesce(action, 'step')") }}) as highest_action,
        count(distinct case when event_role = 'session' then pilot_id end) as pilot_count,
        sum(case when event_kind = 'step' then 1 else 0 end) as step_count,
        sum(case when event_role = 'escalation' and event_kind != 'cancellation_block' then 1 else 0 end) as escalation_count,
        sum(case when event_role = 'report' then 1 else 0 end) as report_count,
        sum(case when event_kind = 'cancellation' then 1 else 0 end) as cancellation_count,
        sum(case when event_kind = 'reassignment' then 1 else 0 end) as reassignment_count,
        sum(case when event_kind = 'field_op_request' then 1 else 0 end) as field_op_request_count,
        sum(case when is_clock_suspect then 1 else 0 end) as suspect_count,
        min(occurred_at) as started_at,
        max(case when event_role = 'session' then occurred_at end) as ended_at,
        min(case when event_role = 'escalation' and event_kind != 'cancellation_block' then occurred_at end) as escalated_at,
        -- the evidence after the last session event if there is any; else the evidence after an earlier one, which is before the
        -- last
        max(case when event_role = 'session' then evidence_at end) as evidence_at
    from looking_ahead
    where troubleshooting_session_id is not null
    group by troubleshooting_session_id, entity_key
    having min(session_event_number) = 1

),

with_recovery as (

    select
        sessions.*,
        case
            when
                evidence_at >= ended_at
                and evidence_at <= {{ timestamp_add('minute', var('recovery_window_minutes'), 'ended_at') }}
                then evidence_at
        end as recovered_at
    from sessions

),

final as (

    select
        cast(with_recovery.troubleshooting_session_id as varchar(32)) as troubleshooting_session_id,
        cast(with_recovery.entity_key as varchar(600)) as entity_key,
        {{ unpack('coalesce(with_recovery.first_stated_order, with_recovery.first_met_order)') }} as order_id,
        {{ unpack('with_recovery.first_robot') }} as robot_id,
        {{ unpack('with_recovery.first_trip') }} as trip_id,
        {{ unpack('with_recovery.first_pilot') }} as pilot_id,
        cast(with_recovery.entity_type as varchar(16)) as entity_type,
        cast(case
            when with_recovery.first_stated_order is not null then 'event'
            when with_recovery.first_met_order is not null then 'robot_and_time'
        end as varchar(16)) as order_matched_by,
        cast(case
            when with_recovery.cancellation_count > 0 then 'trip_cancelled'
            when with_recovery.reassignment_count > 0 then 'reassigned'
            when with_recovery.field_op_request_count > 0 then 'field_op'
            when mod(paths.last_action_number, 10) = 1 then 'reset_failed'
            when with_recovery.recovered_at is not null then 'recovered'
            when {{ is_timed_out(var('recovery_window_minutes'), 'with_recovery.ended_at') }} then 'unresolved'
            else 'pending'
        end as varchar(32)) as outcome,
        {{ unpack('with_recovery.first_problem') }} as problem_category,
        {{ unpack('with_recovery.highest_action', 'varchar(16)') }} as highest_action,
        cast(paths.action_path as varchar(512)) as action_path,
        cast(with_recovery.pilot_count as bigint) as pilot_count,
        cast(with_recovery.step_count as bigint) as step_count,
        cast(coalesce(paths.action_count, 0) as bigint) as action_count,
        cast(coalesce(paths.failed_action_count, 0) as bigint) as failed_action_count,
        cast(with_recovery.escalation_count as bigint) as escalation_count,
        cast(with_recovery.report_count as bigint) as report_count,
        case
            when with_recovery.suspect_count = 0
                then {{ seconds_between('with_recovery.started_at', 'with_recovery.ended_at') }}
        end as seconds_to_last_step,
        case
            when with_recovery.suspect_count = 0
                then {{ seconds_between('with_recovery.started_at', 'with_recovery.recovered_at') }}
        end as seconds_to_recovery,
        {{ local_hour('with_recovery.started_at', var('reporting_time_zone')) }} as start_hour,
        {{ local_weekday('with_recovery.started_at', var('reporting_time_zone')) }} as start_weekday,
        with_recovery.suspect_count > 0 as is_clock_suspect,
        {{ local_date('with_recovery.started_at', var('reporting_time_zone')) }} as start_date,
        with_recovery.started_at,
        with_recovery.ended_at,
        with_recovery.escalated_at,
        with_recovery.recovered_at,
        {{ written_at() }} as written_at
    from with_recovery
    left join paths on with_recovery.troubleshooting_session_id = paths.troubleshooting_session_id

)

select * from final
