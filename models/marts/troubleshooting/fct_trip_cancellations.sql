{{ config(
    materialized='incremental',
    incremental_strategy='replace_entities',
    unique_key='cancellation_id',
    on_schema_change='fail',
    meta={
        'recomputed_since': 'occurred_at',
        'quiet': {'minutes': var('cancel_after_block_minutes'), 'began_at': 'occurred_at'},
    },
    dist='entity_key',
    sort=['occurred_at'],
    indexes=[
        {'columns': ["hashtextextended(entity_key, 0)", "coalesce(occurred_at, cast('9999-12-31' as timestamp))"]},
        {'columns': ["hashtextextended(cancellation_id, 0)"]},
        {'columns': ['staged_at']},
    ],
    pre_hook="{{ note_touched(['int_troubleshooting_events'], happened_at='occurred_at', begun_by='cancellation_id') }}",
) }}

with

-- A block looks ahead for a cancellation, also where no session holds the two together: hence a quiet time of its own.
events as (

    select
        events.*,
        {{ event_key() }} as event_key
    from {{ ref('int_troubleshooting_events') }} as events
    {{ join_touched('events') }}
    where events.event_kind in ('cancellation', 'cancellation_block')

),

-- At the same instant the cancellation comes last. Backwards, for a minimum over a frame that shrinks is found anew for each row.
looking_ahead as (

    select
        events.*,
        min(case when event_kind = 'cancellation' then occurred_at end) over (
            partition by entity_key
            order by occurred_at desc, case when event_kind = 'cancellation' then 1 else 0 end desc, event_id desc
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
                <= {{ dbt.dateadd('minute', var('cancel_after_block_minutes'), 'occurred_at') | trim }}
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
        cast({{ dbt.datediff('occurred_at', 'cancelled_after_block_at', 'second') | trim }} as bigint)
            as seconds_to_cancellation,
        is_clock_suspect,
        cast(occurred_at as date) as cancellation_date,
        occurred_at,
        cancelled_after_block_at,
        {{ written_at() }} as staged_at
    from with_cancellations

)

select * from final
