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
    pre_hook="{{ note_touched(['int_unlock_events', 'int_server_unlock_events'], happened_at='occurred_at') }}",
) }}

-- events without a time come last, so that none with a time looks back at them
{% set in_order = 'partition by entity_key order by occurred_at nulls last, role_rank, event_id, event_name' %}
{% set before = in_order ~ ' rows between unbounded preceding and 1 preceding' %}

with

events as (

    select
        event_id,
        entity_key,
        order_id,
        robot_id,
        event_name,
        coalesce(failure_reason, error_code) as failure_reason,
        is_clock_suspect,
        occurred_at
    from {{ ref('int_unlock_events') }}
    where {{ is_news() }}
    union all
    select
        event_id,
        entity_key,
        order_id,
        robot_id,
        event_name,
        error_code as failure_reason,
        is_clock_suspect,
        occurred_at
    from {{ ref('int_server_unlock_events') }}
    where {{ is_news() }}
    {{ union_known([
        'event_id', 'entity_key', 'order_id', 'robot_id', 'event_name', 'failure_reason', 'is_clock_suspect', 'occurred_at',
    ]) }}

),

-- what an event is for an attempt, and where it stands among events of the same instant
described as (

    select
        events.*,
        cast(split_part(entity_key, ':', 1) as varchar(16)) as entity_type,
        cast(case event_name
            when 'order_unlock_coco' then 'click'
            when 'server_unlock_bot_started' then 'server_start'
            when 'order_unlock_coco_confirm' then 'confirm'
            when 'deliveries_unlock_coco_success' then 'request_success'
            when 'deliveries_unlock_coco_fail' then 'request_fail'
            when 'server_unlock_bot_open_lid_success' then 'lid_open'
            when 'server_unlock_bot_open_lid_error' then 'lid_error'
            when 'server_unlock_bot_error' then 'server_error'
        end as varchar(32)) as event_kind,
        case
            when event_name in ('order_unlock_coco', 'server_unlock_bot_started') then 0
            when event_name = 'order_unlock_coco_confirm' then 1
            else 2
        end as role_rank
    from events

),

-- how many events are before each, and when the last of a kind was; of kinds with unlike ranks the times alone tell which came
-- later, for at one instant that is the one with the greater rank
looking_back as (

    select
        described.*,
        1 + count(*) over ({{ before }}) as event_position,
        max(case when event_kind = 'click' then occurred_at end) over ({{ before }}) as click_at,
        max(case when event_kind = 'confirm' then occurred_at end) over ({{ before }}) as confirm_at,
        max(case when event_kind = 'lid_open' then occurred_at end) over ({{ before }}) as open_at,
        max(case when role_rank = 2 then occurred_at end) over ({{ before }}) as outcome_at
    from described

),

-- a server start is free when there is no click that it could be serving
judged as (

    select
        looking_back.*,
        case
            when event_kind != 'server_start' then false
            when click_at is null then true
            when occurred_at > {{ dbt.dateadd('minute', var('unlock_server_join_minutes'), 'click_at') | trim }} then true
            else coalesce(open_at >= click_at, false)
        end as is_free_start
    from looking_back

),

looking_back_at_starts as (

    select
        judged.*,
        max(case when role_rank = 0 then event_position end) over ({{ before }}) as start_position,
        max(case when event_kind = 'click' then event_position end) over ({{ before }}) as click_position,
        max(case when is_free_start then event_position end) over ({{ before }}) as free_position,
        max(case when is_free_start then occurred_at end) over ({{ before }}) as free_at,
        max(case when event_kind = 'request_success' then confirm_at end) over ({{ before }}) as success_confirm_at
    from judged

),

-- the events that begin an attempt: clicks and free server starts that do not join the attempt before them
beginnings as (

    select
        looking_back_at_starts.*,
        case
            when entity_type = 'none' or occurred_at is null then false
            when event_kind = 'click'
                then not (
                    -- a click on the heels of a click
                    coalesce(
                        occurred_at <= {{ dbt.dateadd('second', var('unlock_reclick_seconds'), 'click_at') | trim }}
                        and not coalesce(outcome_at >= click_at, false)
                        and click_position > coalesce(free_position, 0),
                        false
                    )
                    -- a click that the browser's clock puts just after the server start it caused
                    or coalesce(
                        occurred_at <= {{ dbt.dateadd('second', var('unlock_clock_tolerance_seconds'), 'free_at') | trim }}
                        and free_position = start_position,
                        false
                    )
                )
            when is_free_start
                then not coalesce(
                    -- the server starting over
                    occurred_at <= {{ dbt.dateadd('second', var('unlock_restart_seconds'), 'free_at') | trim }}
                    and not coalesce(open_at >= free_at, false)
                    and free_position > coalesce(click_position, 0),
                    false
                )
            else false
        end as begins_attempt
    from looking_back_at_starts

),

-- the last beginning up to each event: its position, ten digits wide, and its key, as one text that grows with the position
placed as (

    select
        beginnings.*,
        sum(case when begins_attempt then 1 else 0 end)
            over ({{ in_order }} rows between unbounded preceding and current row) as attempt_number,
        max(case when begins_attempt then occurred_at end)
            over ({{ in_order }} rows between unbounded preceding and current row) as attempt_started_at,
        max(case when begins_attempt then lpad(cast(event_position as varchar(10)), 10, '0') || {{ event_key() }} end)
            over ({{ in_order }} rows between unbounded preceding and current row) as beginning
    from beginnings

),

matched as (

    select
        placed.*,
        cast(case
            when entity_type = 'none' then 'no_entity'
            when occurred_at is null then 'no_time'
            when beginning is null then 'no_start'
            when role_rank = 0 then null
            when occurred_at > {{ dbt.dateadd('minute', var('unlock_window_minutes'), 'attempt_started_at') | trim }}
                then 'outside_window'
        end as varchar(16)) as unmatched_reason
    from placed

),

final as (

    select
        event_id,
        entity_key,
        cast(case when unmatched_reason is null then substring(beginning, 11, 32) end as varchar(32)) as unlock_attempt_id,
        order_id,
        robot_id,
        event_name,
        event_kind,
        entity_type,
        unmatched_reason,
        failure_reason,
        cast(case when unmatched_reason is null then attempt_number end as bigint) as attempt_number,
        cast(
            case when unmatched_reason is null then event_position - cast(substring(beginning, 1, 10) as bigint) + 1 end as bigint
        ) as attempt_event_number,
        is_clock_suspect,
        occurred_at,
        case when occurred_at is not null then confirm_at end as confirm_at,
        case when occurred_at is not null then success_confirm_at end as success_confirm_at
    from matched

)

select
    {{ written_at() }} as staged_at,
    final.*
from final
