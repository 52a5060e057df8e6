{{ config(
    materialized='incremental',
    unique_key=['unlock_attempt_id'],
    sort=['started_at'],
    meta={'timeout': {'minutes': var('unlock_window_minutes'), 'outcomes': ['abandoned']}},
) }}

with

placed as (

    select * from {{ ref('int_unlock_attempt_events') }}

),

sessions as (

    select * from {{ ref('int_unlock_click_inputs') }}

),

events as (

    select
        placed.*,
        sessions.tracker_session_id
    from placed
    left join sessions
        on {{ is_same_event('sessions', 'placed') | indent(12) }}
    where
        placed.unlock_attempt_id is not null
        and {{ is_affected('placed.entity_key') }}

),

-- first and last values, packed with the number of their event
attempts as (

    select
        unlock_attempt_id,
        entity_key,
        max(entity_type) as entity_type,
        max(order_id) as order_id,
        max(case when entity_type = 'order' then attempt_number end) as attempt_number,
        min({{ pack('attempt_event_number', 'robot_id') }}) as first_robot,
        {%- for column in ['merchant_id', 'merchant_name', 'device_class', 'app_version', 'requested_by', 'tracker_session_id'] %}
        min({{ pack('attempt_event_number', column) }}) as first_{{ column }},
        {%- endfor %}
        min({{ pack('attempt_event_number', 'cast(distance_meters as varchar(64))') }}) as first_distance,
        max({{ pack('attempt_event_number', 'failure_reason') }}) as last_reason,
        max(case when event_kind = 'request_success' then attempt_event_number end) as last_success_number,
        max(case when event_kind = 'request_fail' then attempt_event_number end) as last_fail_number,
        sum(case when event_kind = 'click' then 1 else 0 end) as click_count,
        sum(case when event_kind = 'server_start' then 1 else 0 end) as server_start_count,
        sum(case when event_kind in ('lid_error', 'server_error') then 1 else 0 end) as server_failure_count,
        sum(case when event_kind in ('request_fail', 'lid_error', 'server_error') then 1 else 0 end) as failure_count,
        sum(case when is_clock_suspect then 1 else 0 end) as suspect_count,
        min(occurred_at) as started_at,
        max(occurred_at) as ended_at,
        min(case when event_kind = 'click' then occurred_at end) as clicked_at,
        min(case when event_kind = 'server_start' then occurred_at end) as server_started_at,
        min(case when event_kind = 'confirm' then occurred_at end) as confirmed_at,
        min(case when event_kind = 'request_success' then occurred_at end) as request_succeeded_at,
        min(case when event_kind = 'lid_open' then occurred_at end) as opened_at,
        min(case when event_kind in ('lid_open', 'lid_error') then occurred_at end) as lid_result_at,
        -- the strict funnel: the last confirmation, that before the last success, that before the last opened lid
        max(case when event_kind = 'confirm' then occurred_at end) as last_confirm_at,
        max(case when event_kind = 'request_success' then confirm_at end) as last_success_confirm_at,
        max(case when event_kind = 'lid_open' then success_confirm_at end) as last_open_confirm_at
    from events
    group by unlock_attempt_id, entity_key

),

with_outcomes as (

    select
        attempts.*,
        case
            when last_success_number > coalesce(last_fail_number, 0) then 'success'
            when last_fail_number is not null then 'fail'
        end as customer_outcome,
        case when opened_at is not null then 'success' when server_failure_count > 0 then 'fail' end as server_outcome,
        coalesce(clicked_at, server_started_at) as asked_at
    from attempts

),

-- durations are null if a clock is suspect
with_clocks as (

    select
        with_outcomes.*,
        suspect_count > 0
        or coalesce(confirmed_at < clicked_at, false)
        or coalesce(opened_at < asked_at, false)
        or coalesce(lid_result_at < server_started_at, false) as is_clock_suspect
    from with_outcomes

),

final as (

    select
        cast(unlock_attempt_id as varchar(32)) as unlock_attempt_id,
        cast(entity_key as varchar(600)) as entity_key,
        cast(order_id as varchar(512)) as order_id,
        {{ unpack('first_robot') }} as robot_id,
        {{ unpack('first_merchant_id') }} as merchant_id,
        {{ unpack('first_tracker_session_id', 'varchar(32)') }} as tracker_session_id,
        cast(entity_type as varchar(16)) as entity_type,
        cast(coalesce({{ unpack('first_merchant_name') }}, 'unknown') as varchar(512)) as merchant_name,
        cast(coalesce({{ unpack('first_device_class') }}, 'unknown') as varchar(16)) as device_class,
        cast(coalesce({{ unpack('first_app_version') }}, 'unknown') as varchar(512)) as app_version,
        cast(coalesce(
            lower({{ unpack('first_requested_by') }}),
            case when click_count > 0 then 'customer' else 'unknown' end
        ) as varchar(512)) as requested_by,
        cast(case when click_count > 0 then 'customer' else 'server_only' end as varchar(16)) as origin,
        cast(case
            when server_outcome = 'success' then 'opened'
            when server_outcome = 'fail' then 'failed'
            when customer_outcome = 'success' then 'opened_unverified'
            when customer_outcome = 'fail' then 'failed'
            when {{ is_timed_out(var('unlock_window_minutes'), 'started_at') }} then 'abandoned'
            else 'pending'
        end as varchar(32)) as outcome,
        cast(customer_outcome as varchar(16)) as customer_outcome,
        cast(server_outcome as varchar(16)) as server_outcome,
        cast(case
            when customer_outcome = server_outcome then 'agree'
            when customer_outcome is null and server_outcome is null then 'none'
            when server_outcome is null then 'customer_only'
            when customer_outcome is null then 'server_only'
            when customer_outcome = 'success' then 'customer_ok_server_failed'
            else 'customer_failed_server_ok'
        end as varchar(32)) as agreement,
        {{ unpack('last_reason') }} as failure_reason,
        cast(lower({{ unpack('last_reason') }}) as varchar(512)) as failure_code,
        cast(attempt_number as bigint) as attempt_number,
        cast(click_count as bigint) as click_count,
        cast(server_start_count as bigint) as server_start_count,
        cast(case
            when clicked_at is null then 0
            when confirmed_at is null then 1
            when request_succeeded_at is null then 2
            when opened_at is null then 3
            else 4
        end as bigint) as funnel_step,
        cast(case
            when clicked_at is null then 0
            when last_open_confirm_at >= clicked_at then 4
            when last_success_confirm_at >= clicked_at then 3
            when last_confirm_at >= clicked_at then 2
            else 1
        end as bigint) as strict_funnel_step,
        cast(case
            when not is_clock_suspect
                then {{ seconds_between('clicked_at', 'confirmed_at') }}
        end as bigint) as seconds_to_confirm,
        cast(case
            when not is_clock_suspect
                then {{ seconds_between('asked_at', 'opened_at') }}
        end as bigint) as seconds_to_open,
        cast(case
            when not is_clock_suspect
                then {{ seconds_between('server_started_at', 'lid_result_at') }}
        end as bigint) as seconds_to_lid_result,
        {{ unpack('first_distance', 'double precision') }} as distance_meters,
        {{ local_hour('started_at', var('reporting_time_zone')) }} as start_hour,
        {{ local_weekday('started_at', var('reporting_time_zone')) }} as start_weekday,
        attempt_number = 1 as is_first_try,
        failure_count > 0 as had_failure,
        is_clock_suspect,
        {{ local_date('started_at', var('reporting_time_zone')) }} as start_date,
        started_at,
        ended_at,
        clicked_at,
        server_started_at,
        confirmed_at,
        request_succeeded_at,
        opened_at,
        {{ written_at() }} as written_at
    from with_clocks

)

select * from final
