{{ config(
    incremental_strategy='replace_entities',
    unique_key=['event_name', 'event_id'],
    dist='entity_key',
    sort=['occurred_at'],
    indexes=[
        {'columns': ["hashtextextended(entity_key, 0)"]},
        {'columns': ["hashtextextended(event_id, 0)"]},
        {'columns': ['staged_at']},
    ],
    pre_hook="{{ note_touched(
        {
            'int_pilot_field_ops_events':
                'case when event_name in (\\'pilot_initiated_reassignment\\', \\'pilot_submitted_reassignment\\') then order_key end',
        },
        happened_at='occurred_at'
    ) }}",
) }}

-- events without a time come last, so that none with a time looks back at them
{% set in_order = 'partition by entity_key order by occurred_at nulls last, role_rank, event_id, event_name' %}

with

events as (

    select
        event_id,
        order_key as entity_key,
        order_id,
        robot_id,
        trip_id,
        pilot_id,
        from_robot_id,
        to_robot_id,
        new_trip_id,
        reported_reassignment_id,
        event_name,
        reassignment_reason,
        is_clock_suspect,
        occurred_at
    from {{ ref('int_pilot_field_ops_events') }}
    where
        event_name in ('pilot_initiated_reassignment', 'pilot_submitted_reassignment')
        and {{ is_news('order_key') }}
    {{ union_known([
        'event_id', 'entity_key', 'order_id', 'robot_id', 'trip_id', 'pilot_id', 'from_robot_id', 'to_robot_id', 'new_trip_id',
        'reported_reassignment_id', 'event_name', 'reassignment_reason', 'is_clock_suspect', 'occurred_at',
    ]) }}

),

described as (

    select
        events.*,
        cast(split_part(entity_key, ':', 1) as varchar(16)) as entity_type,
        case when event_name = 'pilot_initiated_reassignment' then 0 else 1 end as role_rank
    from events

),

looking_back as (

    select
        described.*,
        lag(event_name) over ({{ in_order }}) as last_event_name,
        lag({{ event_key() }}) over ({{ in_order }}) as last_event_key,
        lag(occurred_at) over ({{ in_order }}) as last_occurred_at
    from described

),

-- a submission answers the initiation right before it; every other event begins a reassignment of its own
matched as (

    select
        looking_back.*,
        cast(case
            when entity_type = 'none' then 'no_entity'
            when occurred_at is null then 'no_time'
        end as varchar(16)) as unmatched_reason,
        event_name = 'pilot_submitted_reassignment'
        and coalesce(
            last_event_name = 'pilot_initiated_reassignment'
            and occurred_at <= {{ dbt.dateadd('minute', var('reassignment_window_minutes'), 'last_occurred_at') | trim }},
            false
        ) as is_answer
    from looking_back

),

final as (

    select
        {{ written_at() }} as staged_at,
        event_id,
        entity_key,
        cast(case
            when unmatched_reason is not null then null
            when is_answer then last_event_key
            else {{ event_key() }}
        end as varchar(32)) as reassignment_id,
        order_id,
        robot_id,
        trip_id,
        pilot_id,
        from_robot_id,
        to_robot_id,
        new_trip_id,
        reported_reassignment_id,
        event_name,
        entity_type,
        unmatched_reason,
        reassignment_reason,
        is_clock_suspect,
        occurred_at
    from matched

)

select * from final
