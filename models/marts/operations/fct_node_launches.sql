{{ config(
    materialized='incremental',
    incremental_strategy='replace_entities',
    unique_key='node_launch_id',
    on_schema_change='fail',
    dist='entity_key',
    sort=['started_at'],
    indexes=[
        {'columns': ["hashtextextended(entity_key, 0)"]},
        {'columns': ["hashtextextended(node_launch_id, 0)"]},
        {'columns': ['outcome', 'started_at']},
        {'columns': ['staged_at']},
    ],
    pre_hook="{{ note_touched(
        ['int_node_launch_events'],
        happened_at='started_at',
        begun_by='node_launch_id',
        pending={'minutes': var('node_launch_gap_minutes'), 'overdue': ['not_initialized']}
    ) }}",
) }}

{% set number = "lpad(cast(launch_event_number as varchar(10)), 10, '0')" %}

with

events as (

    select *
    from {{ ref('int_node_launch_events') }}
    where
        node_launch_id is not null
        and {{ is_touched() }}

),

-- first and last values are found by the number of their event, ten digits wide, in front of them
launches as (

    select
        node_launch_id,
        entity_key,
        max(entity_type) as entity_type,
        {%- for column in ['order_id', 'robot_id', 'trip_id', 'node_name', 'software_version'] %}
        min(case when {{ column }} is not null then {{ number }} || {{ column }} end) as first_{{ column }},
        {%- endfor %}
        max(case when initialization_status is not null then {{ number }} || initialization_status end) as last_status,
        max(case when error_code is not null then {{ number }} || error_code end) as last_error_code,
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
        cast(substring(first_{{ column }}, 11, 512) as varchar(512)) as {{ column }},
        {%- endfor %}
        cast(entity_type as varchar(16)) as entity_type,
        cast(case
            when initialization_count > 0 then 'initialized'
            -- the launch is the only event, so its silence is counted from the start
            when {{ dbt.dateadd('minute', var('node_launch_gap_minutes'), 'started_at') | trim }} <= {{ data_horizon() }}
                then 'not_initialized'
            else 'pending'
        end as varchar(32)) as outcome,
        cast(substring(last_status, 11, 512) as varchar(512)) as status,
        cast(substring(last_error_code, 11, 512) as varchar(512)) as error_code,
        cast(substring(first_node_name, 11, 512) as varchar(512)) as node_name,
        cast(substring(first_software_version, 11, 512) as varchar(512)) as software_version,
        cast(initialization_count as bigint) as initialization_count,
        cast({{ dbt.datediff('launched_at', 'initialized_at', 'second') | trim }} as bigint) as seconds_to_initialize,
        suspect_count > 0 as is_clock_suspect,
        cast(started_at as date) as start_date,
        started_at,
        launched_at,
        initialized_at,
        {{ written_at() }} as staged_at
    from launches

)

select * from final
