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
            'int_pilot_trip_events':
                'case when event_name in (\\'node_auto_launch\\', \\'node_initialization\\') then trip_key end',
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
        trip_key as entity_key,
        order_id,
        robot_id,
        trip_id,
        event_name,
        node_name,
        software_version,
        initialization_status,
        error_code,
        is_clock_suspect,
        occurred_at
    from {{ ref('int_pilot_trip_events') }}
    where
        event_name in ('node_auto_launch', 'node_initialization')
        and {{ is_news('trip_key') }}
    {{ union_known([
        'event_id', 'entity_key', 'order_id', 'robot_id', 'trip_id', 'event_name', 'node_name', 'software_version',
        'initialization_status', 'error_code', 'is_clock_suspect', 'occurred_at',
    ]) }}

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

-- a launch begins a row, and so does an initialization that comes too long after the event before it
beginnings as (

    select
        looking_back.*,
        entity_type != 'none'
        and occurred_at is not null
        and (
            event_name = 'node_auto_launch'
            or coalesce(
                occurred_at > {{ dbt.dateadd('minute', var('node_launch_gap_minutes'), 'last_occurred_at') | trim }},
                true
            )
        ) as begins_launch
    from looking_back

),

-- the last beginning up to each event: its position, ten digits wide, and its key, as one text that grows with the position
placed as (

    select
        beginnings.*,
        max(case when begins_launch then lpad(cast(event_position as varchar(10)), 10, '0') || {{ event_key() }} end)
            over ({{ in_order }} rows between unbounded preceding and current row) as beginning,
        cast(case
            when entity_type = 'none' then 'no_entity'
            when occurred_at is null then 'no_time'
        end as varchar(16)) as unmatched_reason
    from beginnings

),

final as (

    select
        {{ written_at() }} as staged_at,
        event_id,
        entity_key,
        cast(case when unmatched_reason is null then substring(beginning, 11, 32) end as varchar(32)) as node_launch_id,
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
        cast(
            case when unmatched_reason is null then event_position - cast(substring(beginning, 1, 10) as bigint) + 1 end as bigint
        ) as launch_event_number,
        is_clock_suspect,
        occurred_at
    from placed

)

select * from final
