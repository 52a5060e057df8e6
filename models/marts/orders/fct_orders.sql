{{ config(
    materialized='incremental',
    unique_key=['order_id'],
    sort=['started_at'],
    meta={'row_event': 'least_event_key'},
) }}

{#- An increment reads its few events once. A full refresh reads them for each grouping: faster than materializing them. #}
{% set events = 'events' if is_incremental() else ref('int_order_events') %}

with

{% if is_incremental() %}
events as (

    select *
    from {{ ref('int_order_events') }}
    where {{ is_affected() }}

),

{% endif %}
orders as (

    select
        entity_key,
        max(order_id) as order_id,
        min(event_name || '|' || event_id) as least_event,
        count(*) as event_count,
        sum(case when event_name = 'order_tracker_open' then 1 else 0 end) as tracker_open_count,
        sum(case when event_name = 'order_tracker_faq_open' then 1 else 0 end) as faq_count,
        sum(case when event_name = 'order_tracker_text_support_click' then 1 else 0 end) as support_click_count,
        sum(case when event_name = 'app_banner_viewed' then 1 else 0 end) as banner_view_count,
        sum(case when event_name = 'app_banner_clicked' then 1 else 0 end) as banner_click_count,
        sum(case when event_name in (
            'error_mercator_error', 'merchant_asset_missing', 'order_tracker_open_error', 'order_tracker_optout_error'
        ) then 1 else 0 end) as error_count,
        sum(case when event_name in (
            'pilot_requested_field_op', 'pilot_initiated_reassignment', 'pilot_submitted_reassignment', 'pilot_cancel_trip',
            'pilot_incident_report'
        ) then 1 else 0 end) as escalation_count,
        sum(case when event_name = 'pilot_submitted_reassignment' then 1 else 0 end) as reassignment_count,
        sum(case when event_name = 'pilot_cancel_trip' then 1 else 0 end) as cancellation_count,
        sum(case when event_name = 'server_unlock_bot_open_lid_success' then 1 else 0 end) as lid_open_count,
        sum(case when is_clock_suspect then 1 else 0 end) as suspect_count,
        min(occurred_at) as started_at,
        max(occurred_at) as ended_at,
        min(case when event_name = 'server_load_order_started' then occurred_at end) as first_load_started_at,
        min(case when event_name = 'server_load_order_success' then occurred_at end) as order_loaded_at,
        min(case when event_name = 'order_tracker_open' then occurred_at end) as first_tracker_opened_at,
        min(case when event_name = 'order_unlock_coco' then occurred_at end) as first_clicked_at,
        min(case when event_name = 'server_unlock_bot_open_lid_success' then occurred_at end) as opened_at
    from {{ events }}
    where order_id is not null
    group by entity_key

),

-- first and last values, packed with their time
robots_of_orders as (

    select
        entity_key,
        robot_id,
        min(occurred_at) as first_seen_at,
        max(occurred_at) as last_seen_at
    from {{ events }}
    where
        order_id is not null
        and robot_id is not null
    group by entity_key, robot_id

),

robots as (

    select
        entity_key,
        min({{ pack(time_digits('first_seen_at'), 'robot_id') }}) as first_robot,
        max({{ pack(time_digits('last_seen_at'), 'robot_id') }}) as last_robot,
        count(*) as robot_count
    from robots_of_orders
    group by entity_key

),

pilots_of_orders as (

    select
        entity_key,
        pilot_id,
        min(occurred_at) as first_seen_at
    from {{ events }}
    where
        order_id is not null
        and pilot_id is not null
    group by entity_key, pilot_id

),

pilots as (

    select
        entity_key,
        min({{ pack(time_digits('first_seen_at'), 'pilot_id') }}) as first_pilot,
        count(*) as pilot_count
    from pilots_of_orders
    group by entity_key

),

merchants_of_orders as (

    select
        entity_key,
        merchant_name,
        min(occurred_at) as first_seen_at
    from {{ events }}
    where
        order_id is not null
        and merchant_name is not null
    group by entity_key, merchant_name

),

merchants as (

    select
        entity_key,
        min({{ pack(time_digits('first_seen_at'), 'merchant_name') }}) as first_merchant
    from merchants_of_orders
    group by entity_key

),

sessions_of_orders as (

    select
        entity_key,
        troubleshooting_session_id,
        min(case when order_matched_by = 'event' then 0 else 1 end) as is_matched_by_robot
    from {{ events }}
    where
        order_id is not null
        and troubleshooting_session_id is not null
    group by entity_key, troubleshooting_session_id

),

sessions as (

    select
        entity_key,
        count(*) as session_count,
        sum(is_matched_by_robot) as robot_matched_count
    from sessions_of_orders
    group by entity_key

),

load_attempts as (

    select
        entity_key,
        count(*) as attempt_count,
        sum(case when outcome = 'loaded' then 1 else 0 end) as loaded_count,
        max({{ pack('attempt_number', 'outcome') }}) as last_outcome
    from {{ ref('fct_load_attempts') }}
    where
        entity_type = 'order'
        and {{ is_affected() }}
    group by entity_key

),

unmatched_load_events as (

    select
        entity_key,
        sum(case when event_kind = 'success' then 1 else 0 end) as success_count,
        sum(case when event_kind = 'error' then 1 else 0 end) as error_count
    from {{ ref('int_load_attempt_events') }}
    where
        unmatched_reason is not null
        and entity_type = 'order'
        and {{ is_affected() }}
    group by entity_key

),

unlock_attempts as (

    select
        entity_key,
        count(*) as attempt_count,
        sum(case when outcome = 'opened_unverified' then 1 else 0 end) as unverified_count,
        max({{ pack('attempt_number', 'outcome') }}) as last_outcome
    from {{ ref('fct_unlock_attempts') }}
    where
        entity_type = 'order'
        and {{ is_affected() }}
    group by entity_key

),

unmatched_unlock_events as (

    select
        entity_key,
        sum(case when event_kind = 'request_success' then 1 else 0 end) as success_count,
        sum(case when event_kind in ('request_fail', 'lid_error', 'server_error') then 1 else 0 end) as failure_count
    from {{ ref('int_unlock_attempt_events') }}
    where
        unmatched_reason is not null
        and entity_type = 'order'
        and {{ is_affected() }}
    group by entity_key

),

ratings as (

    select
        entity_key,
        rating,
        first_rating,
        rated_at
    from {{ ref('fct_ratings') }}
    where {{ is_affected() }}

),

-- durations are null if a clock is suspect: an event has a suspect clock, or a step comes before the step that it follows from
with_clocks as (

    select
        orders.*,
        ratings.rating,
        ratings.first_rating,
        ratings.rated_at,
        orders.suspect_count > 0
        or coalesce(orders.order_loaded_at < orders.first_load_started_at, false)
        or coalesce(orders.first_clicked_at < orders.first_load_started_at, false)
        or coalesce(orders.opened_at < orders.order_loaded_at, false)
        or coalesce(orders.opened_at < orders.first_clicked_at, false)
        or coalesce(ratings.rated_at < orders.opened_at, false) as is_clock_suspect
    from orders
    left join ratings on orders.entity_key = ratings.entity_key

),

final as (

    select
        cast(orders.order_id as varchar(512)) as order_id,
        cast(orders.entity_key as varchar(600)) as entity_key,
        cast(md5(orders.least_event) as varchar(32)) as least_event_key,
        {{ unpack('robots.first_robot') }} as robot_id,
        {{ unpack('robots.last_robot') }} as last_robot_id,
        {{ unpack('pilots.first_pilot') }} as pilot_id,
        cast(coalesce({{ unpack('merchants.first_merchant') }}, 'unknown') as varchar(512)) as merchant_name,
        -- a success counts for the order even if it is unmatched
        cast(case
            when load_attempts.loaded_count > 0 or unmatched_load_events.success_count > 0 then 'loaded'
            when load_attempts.last_outcome is not null then {{ unpack('load_attempts.last_outcome', 'varchar(32)') }}
            when unmatched_load_events.error_count > 0 then 'failed'
        end as varchar(32)) as load_outcome,
        cast(case
            when orders.lid_open_count > 0 then 'opened'
            when unlock_attempts.unverified_count > 0 or unmatched_unlock_events.success_count > 0 then 'opened_unverified'
            when unlock_attempts.last_outcome is not null then {{ unpack('unlock_attempts.last_outcome', 'varchar(32)') }}
            when unmatched_unlock_events.failure_count > 0 then 'failed'
        end as varchar(32)) as unlock_outcome,
        cast(orders.event_count as bigint) as event_count,
        cast(coalesce(robots.robot_count, 0) as bigint) as robot_count,
        cast(coalesce(pilots.pilot_count, 0) as bigint) as pilot_count,
        cast(coalesce(load_attempts.attempt_count, 0) as bigint) as load_attempt_count,
        cast(coalesce(unlock_attempts.attempt_count, 0) as bigint) as unlock_attempt_count,
        cast(orders.tracker_open_count as bigint) as tracker_open_count,
        cast(orders.faq_count as bigint) as faq_count,
        cast(orders.support_click_count as bigint) as support_click_count,
        cast(orders.banner_view_count as bigint) as banner_view_count,
        cast(orders.banner_click_count as bigint) as banner_click_count,
        cast(orders.error_count as bigint) as error_count,
        cast(coalesce(sessions.session_count, 0) as bigint) as troubleshooting_session_count,
        cast(coalesce(sessions.robot_matched_count, 0) as bigint) as robot_matched_session_count,
        cast(orders.escalation_count as bigint) as escalation_count,
        cast(orders.rating as bigint) as rating,
        cast(orders.first_rating as bigint) as first_rating,
        {%- for column, start, stop in [
            ('seconds_to_load', 'orders.first_load_started_at', 'orders.order_loaded_at'),
            ('seconds_from_load_to_open', 'orders.order_loaded_at', 'orders.opened_at'),
            ('seconds_from_click_to_open', 'orders.first_clicked_at', 'orders.opened_at'),
            ('seconds_from_open_to_rating', 'orders.opened_at', 'orders.rated_at'),
        ] %}
        cast(case
            when not orders.is_clock_suspect then {{ seconds_between(start, stop) }}
        end as bigint) as {{ column }},
        {%- endfor %}
        {{ local_hour('orders.started_at', var('reporting_time_zone')) }} as start_hour,
        {{ local_weekday('orders.started_at', var('reporting_time_zone')) }} as start_weekday,
        orders.reassignment_count > 0 as is_reassigned,
        orders.cancellation_count > 0 as is_trip_cancelled,
        orders.is_clock_suspect,
        {{ local_date('orders.started_at', var('reporting_time_zone')) }} as start_date,
        orders.started_at,
        orders.ended_at,
        orders.first_load_started_at,
        orders.order_loaded_at,
        orders.first_tracker_opened_at,
        orders.first_clicked_at,
        orders.opened_at,
        orders.rated_at,
        {{ written_at() }} as written_at
    from with_clocks as orders
    left join robots on orders.entity_key = robots.entity_key
    left join pilots on orders.entity_key = pilots.entity_key
    left join merchants on orders.entity_key = merchants.entity_key
    left join sessions on orders.entity_key = sessions.entity_key
    left join load_attempts on orders.entity_key = load_attempts.entity_key
    left join unmatched_load_events on orders.entity_key = unmatched_load_events.entity_key
    left join unlock_attempts on orders.entity_key = unlock_attempts.entity_key
    left join unmatched_unlock_events on orders.entity_key = unmatched_unlock_events.entity_key

)

select * from final
