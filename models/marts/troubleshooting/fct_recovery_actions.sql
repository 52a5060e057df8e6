{{ config(
    materialized='incremental',
    unique_key=['recovery_action_id'],
    sort=['occurred_at'],
    meta={'recompute_since': true, 'timeout': {'minutes': var('recovery_window_minutes'), 'outcomes': ['no_evidence']}},
) }}

with

troubleshooting_events as (

    select *
    from {{ ref('int_troubleshooting_events') }}

),

-- An action depends on later events: its failure, the next action of the session, evidence. Whatever changes it also rewrites all
-- events of its session.
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

failures as (

    select
        recovery_action_id,
        count(*) as fail_count,
        min(occurred_at) as failed_at
    from events
    where event_kind = 'action_fail'
    group by recovery_action_id

),

actions as (

    select
        looking_ahead.*,
        lead(action) over (partition by troubleshooting_session_id order by session_event_number) as next_action,
        lead(occurred_at) over (partition by troubleshooting_session_id order by session_event_number) as next_action_at
    from looking_ahead
    where recovery_action_id = event_key

),

with_recovery as (

    select
        actions.*,
        coalesce(failures.fail_count, 0) as fail_count,
        failures.failed_at,
        case
            when
                actions.evidence_at <= {{ timestamp_add('minute', var('recovery_window_minutes'), 'actions.occurred_at') }}
                and coalesce(actions.evidence_at < actions.next_action_at, true)
                then actions.evidence_at
        end as recovered_at
    from actions
    left join failures on actions.recovery_action_id = failures.recovery_action_id

),

final as (

    select
        recovery_action_id,
        entity_key,
        troubleshooting_session_id,
        cast(matched_order_id as varchar(512)) as order_id,
        robot_id,
        trip_id,
        pilot_id,
        entity_type,
        order_matched_by,
        action,
        cast(next_action as varchar(16)) as next_action,
        cast(case
            when failed_at is not null then 'failed'
            when recovered_at is not null then 'recovered'
            when next_action is not null then 'superseded'
            when {{ is_timed_out(var('recovery_window_minutes'), 'occurred_at') }} then 'no_evidence'
            else 'pending'
        end as varchar(32)) as outcome,
        stated_reason,
        mobile_carrier,
        signal_strength,
        cast(fail_count as bigint) as fail_count,
        case when is_clock_suspect then null else {{ seconds_between('occurred_at', 'failed_at') }} end as seconds_to_failure,
        case when is_clock_suspect then null else {{ seconds_between('occurred_at', 'recovered_at') }} end as seconds_to_recovery,
        {{ local_hour('occurred_at', var('reporting_time_zone')) }} as start_hour,
        {{ local_weekday('occurred_at', var('reporting_time_zone')) }} as start_weekday,
        event_kind = 'action_fail' as is_orphan_failure,
        is_clock_suspect,
        {{ local_date('occurred_at', var('reporting_time_zone')) }} as start_date,
        occurred_at,
        failed_at,
        next_action_at,
        recovered_at,
        {{ written_at() }} as written_at
    from with_recovery

)

select * from final
