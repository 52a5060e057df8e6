{{ config(
    materialized='incremental',
    incremental_strategy='replace_entities',
    unique_key='troubleshooting_session_id',
    on_schema_change='fail',
    meta={'recomputed_since': 'started_at'},
    dist='entity_key',
    sort=['started_at'],
    indexes=[
        {'columns': ["hashtextextended(entity_key, 0)", "coalesce(started_at, cast('9999-12-31' as timestamp))"]},
        {'columns': ["hashtextextended(troubleshooting_session_id, 0)"]},
        {'columns': ['outcome', 'ended_at']},
        {'columns': ['staged_at']},
    ],
    pre_hook="{{ note_touched(
        ['int_troubleshooting_events'],
        happened_at='started_at',
        begun_by='troubleshooting_session_id',
        pending={'minutes': var('recovery_window_minutes'), 'since': 'ended_at', 'overdue': ['unresolved']}
    ) }}",
) }}

{% set number = "lpad(cast(session_event_number as varchar(10)), 10, '0')" %}
{% set told_actions = 20 %}

with

-- A session is made of its events and of what comes after them. What can change it, later evidence included, has its first event
-- restaged: int_troubleshooting_events begins where the sessions within reach began.
events as (

    select
        events.*,
        {{ event_key() }} as event_key
    from {{ ref('int_troubleshooting_events') }} as events
    {{ join_touched('events') }}
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

-- First values are found by the number of their event, ten digits wide, in front of them. An increment may read the end of
-- a session that began before: without its first event it is none, and stays as it is.
sessions as (

    select
        troubleshooting_session_id,
        entity_key,
        max(entity_type) as entity_type,
        min(case order_matched_by when 'event' then '0' else '1' end || {{ number }} || matched_order_id) as first_order,
        min({{ number }} || robot_id) as first_robot,
        min({{ number }} || trip_id) as first_trip,
        min(case when event_role = 'session' then {{ number }} || pilot_id end) as first_pilot,
        min(case when event_kind = 'step' then {{ number }} || stated_reason end) as first_problem,
        max(cast(rung_number as varchar(1)) || coalesce(action, 'step')) as highest_action,
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
        -- of the last session event, if there is any after it; else of one before it, and then earlier than it
        max(case when event_role = 'session' then evidence_at end) as evidence_at
    from looking_ahead
    where troubleshooting_session_id is not null
    group by troubleshooting_session_id, entity_key
    having min(session_event_number) = 1

),

with_recovery as (

    select
        sessions.*,
        {{ dbt.dateadd('minute', var('recovery_window_minutes'), 'ended_at') | trim }} as recoverable_until,
        case
            when
                evidence_at >= ended_at
                and evidence_at <= {{ dbt.dateadd('minute', var('recovery_window_minutes'), 'ended_at') | trim }}
                then evidence_at
        end as recovered_at
    from sessions

),

final as (

    select
        cast(with_recovery.troubleshooting_session_id as varchar(32)) as troubleshooting_session_id,
        cast(with_recovery.entity_key as varchar(600)) as entity_key,
        cast(substring(with_recovery.first_order, 12, 512) as varchar(512)) as order_id,
        cast(substring(with_recovery.first_robot, 11, 512) as varchar(512)) as robot_id,
        cast(substring(with_recovery.first_trip, 11, 512) as varchar(512)) as trip_id,
        cast(substring(with_recovery.first_pilot, 11, 512) as varchar(512)) as pilot_id,
        cast(with_recovery.entity_type as varchar(16)) as entity_type,
        cast(case substring(with_recovery.first_order, 1, 1)
            when '0' then 'event'
            when '1' then 'robot_and_time'
        end as varchar(16)) as order_matched_by,
        cast(case
            when with_recovery.cancellation_count > 0 then 'trip_cancelled'
            when with_recovery.reassignment_count > 0 then 'reassigned'
            when with_recovery.field_op_request_count > 0 then 'field_op'
            when mod(paths.last_action_number, 10) = 1 then 'reset_failed'
            when with_recovery.recovered_at is not null then 'recovered'
            when with_recovery.recoverable_until <= {{ data_horizon() }} then 'unresolved'
            else 'pending'
        end as varchar(32)) as outcome,
        cast(substring(with_recovery.first_problem, 11, 512) as varchar(512)) as problem_category,
        cast(substring(with_recovery.highest_action, 2, 16) as varchar(16)) as highest_action,
        cast(paths.action_path as varchar(512)) as action_path,
        cast(with_recovery.pilot_count as bigint) as pilot_count,
        cast(with_recovery.step_count as bigint) as step_count,
        cast(coalesce(paths.action_count, 0) as bigint) as action_count,
        cast(coalesce(paths.failed_action_count, 0) as bigint) as failed_action_count,
        cast(with_recovery.escalation_count as bigint) as escalation_count,
        cast(with_recovery.report_count as bigint) as report_count,
        cast({{ dbt.datediff('with_recovery.started_at', 'with_recovery.ended_at', 'second') | trim }} as bigint)
            as seconds_to_last_step,
        cast({{ dbt.datediff('with_recovery.started_at', 'with_recovery.recovered_at', 'second') | trim }} as bigint)
            as seconds_to_recovery,
        with_recovery.suspect_count > 0 as is_clock_suspect,
        cast(with_recovery.started_at as date) as start_date,
        with_recovery.started_at,
        with_recovery.ended_at,
        with_recovery.escalated_at,
        with_recovery.recovered_at,
        {{ written_at() }} as staged_at
    from with_recovery
    left join paths on with_recovery.troubleshooting_session_id = paths.troubleshooting_session_id

)

select * from final
