{{ config(
    materialized='incremental',
    unique_key=['node_launch_id'],
    sort=['started_at'],
    meta={'timeout': {'minutes': var('node_launch_gap_minutes'), 'outcomes': ['not_initialized']}},
) }}

with

events as (

    select *
    from {{ ref('int_node_launch_events') }}
    where
        node_launch_id is not null
        and {{ is_affected() }}

),

-- first and last values, packed with the number of their event
launches as (

    select
        node_launch_id,
        entity_key,
        max(entity_type) as entity_type,
        {%- for column in ['order_id', 'robot_id', 'trip_id', 'node_name', 'software_version'] %}
        min({{ pack('launch_event_number', column) }}) as first_{{ column }},
        {%- endfor %}
        max({{ pack('launch_event_number', 'initialization_status') }}) as last_status,
        max({{ pack('launch_event_number', 'error_code') }}) as last_error_code,
        sum(case when event_name = 'node_initialization' then 1 else 0 end) as initialization_count,
        sum(case when is_clock_suspect then 1 else 0 end) as suspect_count,
        min(occurred_at) as started_at,
        min(case when event_name = 'node_auto_launch' then occurred_at end) as launched_at,
        max(case when event_name = 'node_initialization' then occurred_at end) as initialized_at
    from events
    group by node_launch_id, entity_key

),

final as (

    select
        cast(node_launch_id as varchar(32)) as node_launch_id,
        cast(entity_key as varchar(600)) as entity_key,
        {%- for column in ['order_id', 'robot_id', 'trip_id'] %}
        {{ unpack('first_' ~ column) }} as {{ column }},
        {%- endfor %}
        cast(entity_type as varchar(16)) as entity_type,
        cast(case
            when initialization_count > 0 then 'initialized'
            -- the launch is the only event, so the window is counted from the start
            when {{ is_timed_out(var('node_launch_gap_minutes'), 'started_at') }} then 'not_initialized'
            else 'pending'
        end as varchar(32)) as outcome,
        {{ unpack('last_status') }} as status,
        {{ unpack('last_error_code') }} as error_code,
        {{ unpack('first_node_name') }} as node_name,
        {{ unpack('first_software_version') }} as software_version,
        cast(initialization_count as bigint) as initialization_count,
        case when suspect_count = 0 then {{ seconds_between('launched_at', 'initialized_at') }} end as seconds_to_initialize,
        {{ local_hour('started_at', var('reporting_time_zone')) }} as start_hour,
        {{ local_weekday('started_at', var('reporting_time_zone')) }} as start_weekday,
        suspect_count > 0 as is_clock_suspect,
        {{ local_date('started_at', var('reporting_time_zone')) }} as start_date,
        started_at,
        launched_at,
        initialized_at,
        {{ written_at() }} as written_at
    from launches

)

select * from final
