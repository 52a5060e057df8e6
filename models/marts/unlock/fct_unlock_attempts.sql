{{ config(
    materialized='incremental',
    incremental_strategy='replace_entities',
    unique_key='unlock_attempt_id',
    on_schema_change='fail',
    indexes=[
        {'columns': ['entity_key']},
        {'columns': ['unlock_attempt_id']},
        {'columns': ['outcome', 'started_at']},
        {'columns': ['staged_at']},
    ],
    pre_hook="{{ note_touched(
        ['int_unlock_attempt_events'],
        row_key='unlock_attempt_id',
        happened_at='started_at',
        pending={'minutes': var('unlock_window_minutes'), 'overdue': ['abandoned']}
    ) }}",
) }}

{% set of_attempt = 'partition by unlock_attempt_id' %}

with

events as (

    select *
    from {{ ref('int_unlock_attempt_events') }}
    where
        unlock_attempt_id is not null
        and {{ is_touched() }}

),

-- per attempt, the number of the event that decides each first or last value
attempt_events as (

    select
        events.*,
        min(case when event_kind = 'click' then attempt_event_number end) over ({{ of_attempt }}) as first_click_number,
        max(case when event_kind in ('request_success', 'request_fail') then attempt_event_number end)
            over ({{ of_attempt }}) as last_request_number,
        min(case when robot_id is not null then attempt_event_number end) over ({{ of_attempt }}) as first_robot_number,
        max(case when failure_reason is not null then attempt_event_number end) over ({{ of_attempt }}) as last_reason_number
    from events

),

-- the funnel in its given order: each step is the first of its kind after the step before it
with_confirm as (

    select
        attempt_events.*,
        min(case when event_kind = 'confirm' and attempt_event_number > first_click_number then attempt_event_number end)
            over ({{ of_attempt }}) as confirm_number
    from attempt_events

),

with_success as (

    select
        with_confirm.*,
        min(case when event_kind = 'request_success' and attempt_event_number > confirm_number then attempt_event_number end)
            over ({{ of_attempt }}) as success_number
    from with_confirm

),

attempts as (

    select
        unlock_attempt_id,
        entity_key,
        entity_type,
        max(order_id) as order_id,
        max(case when attempt_event_number = first_robot_number then robot_id end) as robot_id,
        max(case when attempt_event_number = last_request_number then event_kind end) as last_request_kind,
        max(case when attempt_event_number = last_reason_number then failure_reason end) as failure_reason,
        sum(case when event_kind = 'click' then 1 else 0 end) as click_count,
        sum(case when event_kind = 'server_start' then 1 else 0 end) as server_start_count,
        sum(case when event_kind in ('lid_error', 'server_error') then 1 else 0 end) as server_failure_count,
        sum(case when event_kind in ('request_fail', 'lid_error', 'server_error') then 1 else 0 end) as failure_count,
        sum(case when is_clock_suspect then 1 else 0 end) as suspect_count,
        max(confirm_number) as confirm_number,
        max(success_number) as success_number,
        max(case when event_kind = 'lid_open' and attempt_event_number > success_number then 1 end) as has_open_after_success,
        min(case when attempt_event_number = 1 then occurred_at end) as started_at,
        max(occurred_at) as ended_at,
        min(case when event_kind = 'click' then occurred_at end) as clicked_at,
        min(case when event_kind = 'server_start' then occurred_at end) as server_started_at,
        min(case when event_kind = 'confirm' then occurred_at end) as confirmed_at,
        min(case when event_kind = 'request_success' then occurred_at end) as request_succeeded_at,
        min(case when event_kind = 'lid_open' then occurred_at end) as opened_at,
        min(case when event_kind in ('lid_open', 'lid_error') then occurred_at end) as lid_result_at
    from with_success
    group by unlock_attempt_id, entity_key, entity_type

),

with_outcomes as (

    select
        attempts.*,
        case last_request_kind when 'request_success' then 'success' when 'request_fail' then 'fail' end as customer_outcome,
        case when opened_at is not null then 'success' when server_failure_count > 0 then 'fail' end as server_outcome,
        coalesce(clicked_at, server_started_at) as asked_at,
        case
            when entity_type = 'order'
                then row_number() over (partition by entity_key order by started_at, unlock_attempt_id)
        end as attempt_number
    from attempts

),

final as (

    select
        cast(unlock_attempt_id as varchar(32)) as unlock_attempt_id,
        cast(entity_key as varchar(600)) as entity_key,
        cast(order_id as varchar(512)) as order_id,
        cast(robot_id as varchar(512)) as robot_id,
        cast(entity_type as varchar(16)) as entity_type,
        cast(case when click_count > 0 then 'customer' else 'server_only' end as varchar(16)) as origin,
        cast(case
            when server_outcome = 'success' then 'opened'
            when server_outcome = 'fail' then 'failed'
            when customer_outcome = 'success' then 'opened_unverified'
            when customer_outcome = 'fail' then 'failed'
            when {{ dbt.dateadd('minute', var('unlock_window_minutes'), 'started_at') | trim }} <= {{ data_horizon() }}
                then 'abandoned'
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
        cast(failure_reason as varchar(512)) as failure_reason,
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
            when confirm_number is null then 1
            when success_number is null then 2
            when has_open_after_success is null then 3
            else 4
        end as bigint) as strict_funnel_step,
        cast(case
            when confirmed_at >= clicked_at
                then {{ dbt.datediff('clicked_at', 'confirmed_at', 'second') | trim }}
        end as bigint) as seconds_to_confirm,
        cast(case
            when opened_at >= asked_at
                then {{ dbt.datediff('asked_at', 'opened_at', 'second') | trim }}
        end as bigint) as seconds_to_open,
        cast(case
            when lid_result_at >= server_started_at
                then {{ dbt.datediff('server_started_at', 'lid_result_at', 'second') | trim }}
        end as bigint) as seconds_to_lid_result,
        attempt_number = 1 as is_first_try,
        failure_count > 0 as had_failure,
        suspect_count > 0
        or coalesce(confirmed_at < clicked_at, false)
        or coalesce(opened_at < asked_at, false)
        or coalesce(lid_result_at < server_started_at, false) as is_clock_suspect,
        cast(started_at as date) as start_date,
        started_at,
        ended_at,
        clicked_at,
        server_started_at,
        confirmed_at,
        request_succeeded_at,
        opened_at,
        {{ written_at() }} as staged_at
    from with_outcomes

)

select * from final
