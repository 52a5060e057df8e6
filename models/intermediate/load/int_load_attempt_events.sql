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
    pre_hook="{{ note_touched(['int_server_load_events'], happened_at='occurred_at') }}",
) }}

-- events without a time come last, so that none with a time looks back at them
{% set in_order = 'partition by entity_key order by occurred_at nulls last, role_rank, event_id, event_name' %}
{% set before = in_order ~ ' rows between unbounded preceding and 1 preceding' %}
{% set so_far = in_order ~ ' rows between unbounded preceding and current row' %}

with

events as (

    select
        event_id,
        entity_key,
        order_id,
        robot_id,
        event_name,
        merchant_name,
        error_code as failure_reason,
        is_clock_suspect,
        occurred_at
    from {{ ref('int_server_load_events') }}
    where {{ is_news() }}
    {{ union_known([
        'event_id', 'entity_key', 'order_id', 'robot_id', 'event_name', 'merchant_name', 'failure_reason', 'is_clock_suspect',
        'occurred_at',
    ]) }}

),

-- what an event is for an attempt, and where it stands among events of the same instant
described as (

    select
        events.*,
        cast(case event_name
            when 'server_load_order_started' then 'start'
            when 'server_load_order_close_lid_success' then 'lid_close'
            when 'server_load_order_close_lid_error' then 'lid_error'
            when 'server_load_order_success' then 'success'
            when 'server_load_order_error' then 'error'
        end as varchar(32)) as event_kind,
        cast(split_part(entity_key, ':', 1) as varchar(16)) as entity_type,
        case
            when event_name = 'server_load_order_started' then 0
            when event_name in ('server_load_order_success', 'server_load_order_error') then 2
            else 1
        end as role_rank
    from events

),

looking_back as (

    select
        described.*,
        row_number() over ({{ in_order }}) as event_position,
        max(case when event_kind = 'start' then occurred_at end) over ({{ before }}) as start_at,
        max(case when role_rank = 2 then occurred_at end) over ({{ before }}) as outcome_at
    from described

),

-- the starts that are no restart; at one instant starts stand before outcomes, so an outcome at the time of a start came after it
beginnings as (

    select
        looking_back.*,
        event_kind = 'start'
        and entity_type != 'none'
        and occurred_at is not null
        and not coalesce(
            occurred_at <= {{ dbt.dateadd('second', var('load_restart_seconds'), 'start_at') | trim }}
            and coalesce(outcome_at < start_at, true),
            false
        ) as begins_attempt
    from looking_back

),

-- the last beginning up to each event: its position, ten digits wide, and its key, as one text that grows with the position
placed as (

    select
        beginnings.*,
        sum(case when begins_attempt then 1 else 0 end) over ({{ so_far }}) as attempt_number,
        max(case when begins_attempt then occurred_at end) over ({{ so_far }}) as attempt_started_at,
        max(case when begins_attempt then lpad(cast(event_position as varchar(10)), 10, '0') || {{ event_key() }} end)
            over ({{ so_far }}) as beginning
    from beginnings

),

matched as (

    select
        placed.*,
        cast(case
            when entity_type = 'none' then 'no_entity'
            when occurred_at is null then 'no_time'
            when beginning is null then 'no_start'
            when event_kind = 'start' then null
            when occurred_at > {{ dbt.dateadd('minute', var('load_window_minutes'), 'attempt_started_at') | trim }}
                then 'outside_window'
        end as varchar(16)) as unmatched_reason
    from placed

),

final as (

    select
        {{ written_at() }} as staged_at,
        event_id,
        entity_key,
        cast(case when unmatched_reason is null then substring(beginning, 11, 32) end as varchar(32)) as load_attempt_id,
        order_id,
        robot_id,
        event_name,
        event_kind,
        entity_type,
        merchant_name,
        unmatched_reason,
        failure_reason,
        cast(case when unmatched_reason is null then attempt_number end as bigint) as attempt_number,
        cast(
            case when unmatched_reason is null then event_position - cast(substring(beginning, 1, 10) as bigint) + 1 end as bigint
        ) as attempt_event_number,
        is_clock_suspect,
        occurred_at
    from matched

)

select * from final
