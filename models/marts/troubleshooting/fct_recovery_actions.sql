{{ config(
    materialized='incremental',
    incremental_strategy='replace_entities',
    unique_key='recovery_action_id',
    on_schema_change='fail',
    meta={'recomputed_since': 'occurred_at'},
    dist='entity_key',
    sort=['occurred_at'],
    indexes=[
        {'columns': ["hashtextextended(entity_key, 0)", "coalesce(occurred_at, cast('9999-12-31' as timestamp))"]},
        {'columns': ["hashtextextended(recovery_action_id, 0)"]},
        {'columns': ['outcome', 'occurred_at']},
        {'columns': ['staged_at']},
    ],
    pre_hook="{{ note_touched(
        ['int_troubleshooting_events'],
        happened_at='occurred_at',
        begun_by='recovery_action_id',
        pending={'minutes': var('recovery_window_minutes'), 'overdue': ['no_evidence']}
    ) }}",
) }}

with

-- An action is made of what comes after it: its failure, the next action of the session, evidence. What can change it has all of
-- its session restaged.
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
                actions.evidence_at <= {{ dbt.dateadd('minute', var('recovery_window_minutes'), 'actions.occurred_at') | trim }}
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
            when {{ dbt.dateadd('minute', var('recovery_window_minutes'), 'occurred_at') | trim }} <= {{ data_horizon() }}
                then 'no_evidence'
            else 'pending'
        end as varchar(32)) as outcome,
        stated_reason,
        cast(fail_count as bigint) as fail_count,
        cast({{ dbt.datediff('occurred_at', 'failed_at', 'second') | trim }} as bigint) as seconds_to_failure,
        cast({{ dbt.datediff('occurred_at', 'recovered_at', 'second') | trim }} as bigint) as seconds_to_recovery,
        event_kind = 'action_fail' as is_orphan_failure,
        is_clock_suspect,
        occurred_at,
        failed_at,
        next_action_at,
        recovered_at,
        {{ written_at() }} as staged_at
    from with_recovery

)

select * from final
