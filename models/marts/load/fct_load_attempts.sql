{{ config(
    materialized='incremental',
    unique_key=['load_attempt_id'],
    sort=['started_at'],
    meta={'timeout': {'minutes': var('load_window_minutes'), 'outcomes': ['failed_inferred', 'no_result']}},
) }}

with

events as (

    select *
    from {{ ref('int_load_attempt_events') }}
    where
        load_attempt_id is not null
        and {{ is_affected() }}

),

-- first and last values, packed with the number of their event
attempts as (

    select
        load_attempt_id,
        entity_key,
        max(entity_type) as entity_type,
        max(order_id) as order_id,
        max(case when entity_type = 'order' then attempt_number end) as attempt_number,
        min({{ pack('attempt_event_number', 'robot_id') }}) as first_robot,
        min({{ pack('attempt_event_number', 'merchant_id') }}) as first_merchant_id,
        min({{ pack('attempt_event_number', 'merchant_name') }}) as first_merchant_name,
        min({{ pack('attempt_event_number', 'load_method') }}) as first_load_method,
        max(case when event_kind = 'lid_error' then {{ pack('attempt_event_number', 'failure_reason') }} end)
            as last_lid_reason,
        max(case when event_kind = 'error' then {{ pack('attempt_event_number', 'failure_reason') }} end)
            as last_load_reason,
        max(case when event_kind = 'success' then attempt_event_number end) as last_success_number,
        max(case when event_kind = 'error' then attempt_event_number end) as last_error_number,
        max(case when event_kind = 'lid_close' then attempt_event_number end) as last_lid_close_number,
        min(case when event_kind = 'lid_error' then attempt_event_number end) as first_lid_error_number,
        max(case when event_kind = 'lid_error' then attempt_event_number end) as last_lid_error_number,
        sum(case when event_kind = 'start' then 1 else 0 end) as start_count,
        sum(case when event_kind = 'lid_error' then 1 else 0 end) as lid_error_count,
        sum(case when is_clock_suspect then 1 else 0 end) as suspect_count,
        min(occurred_at) as started_at,
        max(occurred_at) as ended_at,
        -- events are ordered by time, so the latest is the last
        max(case when event_kind in ('success', 'error') then occurred_at end) as outcome_at
    from events
    group by load_attempt_id, entity_key

),

with_outcomes as (

    select
        attempts.*,
        case
            when last_success_number > coalesce(last_error_number, 0) then 'loaded'
            when last_error_number is not null then 'failed'
            when {{ is_timed_out(var('load_window_minutes'), 'started_at') }}
                then case when lid_error_count > 0 then 'failed_inferred' else 'no_result' end
            else 'pending'
        end as outcome,
        case
            when last_lid_close_number > coalesce(last_lid_error_number, 0) then 'success'
            when last_lid_error_number is not null then 'error'
        end as lid_outcome
    from attempts

),

with_reasons as (

    select
        with_outcomes.*,
        case
            when outcome not in ('failed', 'failed_inferred') then null
            when lid_outcome = 'error' then {{ unpack('last_lid_reason') }}
            else {{ unpack('last_load_reason') }}
        end as reason
    from with_outcomes

),

final as (

    select
        cast(load_attempt_id as varchar(32)) as load_attempt_id,
        cast(entity_key as varchar(600)) as entity_key,
        cast(order_id as varchar(512)) as order_id,
        {{ unpack('first_robot') }} as robot_id,
        {{ unpack('first_merchant_id') }} as merchant_id,
        cast(entity_type as varchar(16)) as entity_type,
        cast(coalesce({{ unpack('first_merchant_name') }}, 'unknown') as varchar(512)) as merchant_name,
        cast(coalesce(lower({{ unpack('first_load_method') }}), 'unknown') as varchar(512)) as load_method,
        cast(outcome as varchar(32)) as outcome,
        cast(lid_outcome as varchar(16)) as lid_outcome,
        cast(case
            when outcome not in ('failed', 'failed_inferred') then null
            when lid_outcome = 'error' then 'lid'
            else 'other'
        end as varchar(16)) as failure_cause,
        cast(reason as varchar(512)) as failure_reason,
        cast(lower(reason) as varchar(512)) as failure_code,
        cast(lower({{ unpack('last_lid_reason') }}) as varchar(512)) as lid_error_code,
        cast(attempt_number as bigint) as attempt_number,
        cast(start_count as bigint) as start_count,
        cast(lid_error_count as bigint) as lid_error_count,
        case when suspect_count = 0 then {{ seconds_between('started_at', 'outcome_at') }} end as seconds_to_outcome,
        {{ local_hour('started_at', var('reporting_time_zone')) }} as start_hour,
        {{ local_weekday('started_at', var('reporting_time_zone')) }} as start_weekday,
        attempt_number = 1 as is_first_try,
        outcome = 'loaded' and coalesce(first_lid_error_number < last_success_number, false) as is_lid_error_recovered,
        suspect_count > 0 as is_clock_suspect,
        {{ local_date('started_at', var('reporting_time_zone')) }} as start_date,
        started_at,
        ended_at,
        outcome_at,
        {{ written_at() }} as written_at
    from with_reasons

)

select * from final
