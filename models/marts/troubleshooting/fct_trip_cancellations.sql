{{ config(
    materialized='incremental',
    unique_key=['cancellation_id'],
    sort=['occurred_at'],
    meta={'recompute_since': true, 'session_gap': {'minutes': var('cancel_after_block_minutes'), 'started_at': 'occurred_at'}},
) }}

with

troubleshooting_events as (

    select *
    from {{ ref('int_troubleshooting_events') }}

),

-- A refusal and the cancellation after it may be in different sessions, or in none: hence a session gap of its own.
events as (

    select
        events.*,
        {{ event_key() }} as event_key
    from troubleshooting_events as events
    {{ join_affected('events') }}
    where events.event_kind in ('cancellation', 'cancellation_block')

),

-- Of simultaneous events the cancellation comes last. Backwards, because a minimum over a shrinking frame is computed again for
-- each row.
looking_ahead as (

    select
        events.*,
        min(case when event_kind = 'cancellation' then occurred_at end) over (
            partition by entity_key
            order by occurred_at desc, case when event_kind = 'cancellation' then 1 else 0 end desc
            rows between unbounded preceding and 1 preceding
        ) as next_cancellation_at
    from events

),

with_cancellations as (

    select
        looking_ahead.*,
        case
            when
                event_kind = 'cancellation_block'
                and next_cancellation_at
                <= {{ timestamp_add('minute', var('cancel_after_block_minutes'), 'occurred_at') }}
                then next_cancellation_at
        end as cancelled_after_block_at
    from looking_ahead

),

final as (

    select
        cast(event_key as varchar(32)) as cancellation_id,
        entity_key,
        troubleshooting_session_id,
        matched_order_id as order_id,
        robot_id,
        trip_id,
        pilot_id,
        entity_type,
        order_matched_by,
        cast(case event_kind when 'cancellation' then 'cancelled' else 'blocked' end as varchar(32)) as outcome,
        stated_reason,
        unmatched_reason,
        case when is_clock_suspect then null else {{ seconds_between('occurred_at', 'cancelled_after_block_at') }} end
            as seconds_to_cancellation,
        {{ local_hour('occurred_at', var('reporting_time_zone')) }} as start_hour,
        {{ local_weekday('occurred_at', var('reporting_time_zone')) }} as start_weekday,
        is_clock_suspect,
        {{ local_date('occurred_at', var('reporting_time_zone')) }} as start_date,
        occurred_at,
        cancelled_after_block_at,
        {{ written_at() }} as written_at
    from with_cancellations

)

select * from final
