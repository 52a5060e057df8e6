{{ config(
    materialized='incremental',
    incremental_strategy='replace_entities',
    unique_key='report_id',
    on_schema_change='fail',
    meta={'recomputed_since': 'occurred_at'},
    dist='entity_key',
    sort=['occurred_at'],
    indexes=[
        {'columns': ["hashtextextended(entity_key, 0)", "coalesce(occurred_at, cast('9999-12-31' as timestamp))"]},
        {'columns': ["hashtextextended(report_id, 0)"]},
        {'columns': ['staged_at']},
    ],
    pre_hook="{{ note_touched(['int_troubleshooting_events'], happened_at='occurred_at', begun_by='report_id') }}",
) }}

with

-- a report is told by its own event alone
events as (

    select
        events.*,
        {{ event_key() }} as event_key
    from {{ ref('int_troubleshooting_events') }} as events
    {{ join_touched('events') }}
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
        is_blocking,
        is_clock_suspect,
        cast(occurred_at as date) as report_date,
        occurred_at,
        {{ written_at() }} as staged_at
    from events

)

select * from final
