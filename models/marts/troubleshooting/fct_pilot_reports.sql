{{ config(
    materialized='incremental',
    unique_key=['report_id'],
    sort=['occurred_at'],
    meta={'recompute_since': true},
) }}

with

troubleshooting_events as (

    select *
    from {{ ref('int_troubleshooting_events') }}

),

-- a report depends on its own event only
events as (

    select
        events.*,
        {{ event_key() }} as event_key
    from troubleshooting_events as events
    {{ join_affected('events') }}
    where events.event_kind in ('field_op_request', 'incident', 'route_issue', 'no_route_found')

),

final as (

    select
        cast(event_key as varchar(32)) as report_id,
        entity_key,
        troubleshooting_session_id,
        matched_order_id as order_id,
        robot_id,
        trip_id,
        pilot_id,
        entity_type,
        event_kind as report_type,
        order_matched_by,
        stated_reason,
        stated_severity,
        unmatched_reason,
        {{ local_hour('occurred_at', var('reporting_time_zone')) }} as start_hour,
        {{ local_weekday('occurred_at', var('reporting_time_zone')) }} as start_weekday,
        is_blocking,
        is_clock_suspect,
        {{ local_date('occurred_at', var('reporting_time_zone')) }} as start_date,
        occurred_at,
        {{ written_at() }} as written_at
    from events

)

select * from final
