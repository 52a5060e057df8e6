{{ config(
    materialized='incremental',
    unique_key=['reassignment_id'],
    sort=['started_at'],
    meta={'timeout': {'minutes': var('reassignment_window_minutes'), 'outcomes': ['not_submitted']}},
) }}

{#- at most one event of each kind, so max() gives its value -#}
{% set of_initiation = "case when event_name = 'pilot_initiated_reassignment' then" %}
{% set of_submission = "case when event_name = 'pilot_submitted_reassignment' then" %}

with

events as (

    select *
    from {{ ref('int_reassignment_events') }}
    where
        reassignment_id is not null
        and {{ is_affected() }}

),

reassignments as (

    select
        reassignment_id,
        entity_key,
        max(entity_type) as entity_type,
        max(order_id) as order_id,
        max(new_trip_id) as new_trip_id,
        max(from_robot_id) as from_robot_id,
        max(to_robot_id) as to_robot_id,
        {%- for column in ['robot_id', 'trip_id', 'pilot_id', 'reported_reassignment_id', 'reassignment_reason'] %}
        coalesce(max({{ of_initiation }} {{ column }} end), max({{ of_submission }} {{ column }} end)) as {{ column }},
        {%- endfor %}
        sum(case when is_clock_suspect then 1 else 0 end) as suspect_count,
        min(occurred_at) as started_at,
        max({{ of_initiation }} occurred_at end) as initiated_at,
        max({{ of_submission }} occurred_at end) as submitted_at
    from events
    group by reassignment_id, entity_key

),

final as (

    select
        cast(reassignment_id as varchar(32)) as reassignment_id,
        cast(entity_key as varchar(600)) as entity_key,
        cast(order_id as varchar(512)) as order_id,
        cast(robot_id as varchar(512)) as robot_id,
        cast(trip_id as varchar(512)) as trip_id,
        cast(pilot_id as varchar(512)) as pilot_id,
        cast(from_robot_id as varchar(512)) as from_robot_id,
        cast(to_robot_id as varchar(512)) as to_robot_id,
        cast(new_trip_id as varchar(512)) as new_trip_id,
        cast(reported_reassignment_id as varchar(512)) as reported_reassignment_id,
        cast(entity_type as varchar(16)) as entity_type,
        cast(case
            when submitted_at is not null then 'submitted'
            when {{ is_timed_out(var('reassignment_window_minutes'), 'started_at') }} then 'not_submitted'
            else 'pending'
        end as varchar(32)) as outcome,
        cast(reassignment_reason as varchar(512)) as reassignment_reason,
        case when suspect_count = 0 then {{ seconds_between('initiated_at', 'submitted_at') }} end as seconds_to_submit,
        {{ local_hour('started_at', var('reporting_time_zone')) }} as start_hour,
        {{ local_weekday('started_at', var('reporting_time_zone')) }} as start_weekday,
        suspect_count > 0 as is_clock_suspect,
        {{ local_date('started_at', var('reporting_time_zone')) }} as start_date,
        started_at,
        initiated_at,
        submitted_at,
        {{ written_at() }} as written_at
    from reassignments

)

select * from final
