{{ config(sort=['occurred_at']) }}

-- events without a time come last, so that windows of other events do not include them
-- simultaneous events are ordered by kind, then by values; the id decides only between events that are equal in all of these
{% set values = [
    'robot_id', 'trip_id', 'pilot_id', 'from_robot_id', 'to_robot_id', 'new_trip_id', 'reported_reassignment_id',
    'reassignment_reason', 'is_clock_suspect',
] | join(', ') %}
{% set in_order = 'partition by entity_key order by occurred_at nulls last, role_rank, ' ~ values ~ ', event_id' %}

with

events as (

    select *
    from {{ events_to_recompute(ref('int_reassignment_inputs')) }}

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

-- a submission joins the initiation directly before it; every other event begins a reassignment
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
            and occurred_at <= {{ timestamp_add('minute', var('reassignment_window_minutes'), 'last_occurred_at') }},
            false
        ) as is_answer
    from looking_back

),

final as (

    select
        {{ written_at() }} as written_at,
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
