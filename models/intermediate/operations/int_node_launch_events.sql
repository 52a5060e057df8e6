{{ config(sort=['occurred_at']) }}

-- events without a time come last, so that windows of other events do not include them
-- simultaneous events are ordered by kind, then by values; the id decides only between events that are equal in all of these
{% set values = 'order_id, robot_id, node_name, software_version, initialization_status, error_code, is_clock_suspect' %}
{% set in_order = 'partition by entity_key order by occurred_at nulls last, role_rank, ' ~ values ~ ', event_id' %}

with

events as (

    select *
    from {{ events_to_recompute(ref('int_node_launch_inputs')) }}

),

described as (

    select
        events.*,
        cast(split_part(entity_key, ':', 1) as varchar(16)) as entity_type,
        case when event_name = 'node_auto_launch' then 0 else 1 end as role_rank
    from events

),

looking_back as (

    select
        described.*,
        row_number() over ({{ in_order }}) as event_position,
        lag(occurred_at) over ({{ in_order }}) as last_occurred_at
    from described

),

-- a launch begins a row, and so does an initialization after a gap
beginnings as (

    select
        looking_back.*,
        entity_type != 'none'
        and occurred_at is not null
        and (
            event_name = 'node_auto_launch'
            or coalesce(
                occurred_at > {{ timestamp_add('minute', var('node_launch_gap_minutes'), 'last_occurred_at') }},
                true
            )
        ) as begins_launch
    from looking_back

),

-- last start up to each event: its position and its key
placed as (

    select
        beginnings.*,
        max(case when begins_launch then {{ pack('event_position', event_key()) }} end)
            over ({{ in_order }} rows between unbounded preceding and current row) as beginning,
        cast(case
            when entity_type = 'none' then 'no_entity'
            when occurred_at is null then 'no_time'
        end as varchar(16)) as unmatched_reason
    from beginnings

),

final as (

    select
        {{ written_at() }} as written_at,
        event_id,
        entity_key,
        {{ unpack('case when unmatched_reason is null then beginning end', 'varchar(32)') }} as node_launch_id,
        order_id,
        robot_id,
        trip_id,
        event_name,
        entity_type,
        unmatched_reason,
        node_name,
        software_version,
        initialization_status,
        error_code,
        case
            when unmatched_reason is null then event_position - {{ unpack_position('beginning') }} + 1
        end as launch_event_number,
        is_clock_suspect,
        occurred_at
    from placed

)

select * from final
