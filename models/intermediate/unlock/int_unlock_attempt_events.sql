{{ config(
    incremental_strategy='replace_entities',
    unique_key='event_key',
    indexes=[{'columns': ['entity_key']}, {'columns': ['event_key']}, {'columns': ['staged_at']}],
    pre_hook="{{ note_touched(['int_unlock_events', 'int_server_unlock_events'], row_key='event_key', happened_at='occurred_at') }}",
) }}

{% set in_order = 'partition by entity_key order by occurred_at, role_rank, event_id, event_name' %}
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
    where {{ is_touched() }}
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
    where {{ is_touched() }}

),

-- what an event is for an attempt, and where it stands among events of the same instant
described as (

    select
        events.*,
        {{ event_key() }} as event_key,
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
        end as varchar(16)) as event_kind,
        case
            when event_name in ('order_unlock_coco', 'server_unlock_bot_started') then 0
            when event_name = 'order_unlock_coco_confirm' then 1
            else 2
        end as role_rank
    from events

),

numbered as (

    select
        described.*,
        row_number() over ({{ in_order }}) as event_position
    from described
    where
        entity_type != 'none'
        and occurred_at is not null

),

-- the latest click, opened lid and outcome before each event
looking_back as (

    select
        numbered.*,
        max(case when event_kind = 'click' then event_position end) over ({{ before }}) as click_position,
        max(case when event_kind = 'click' then occurred_at end) over ({{ before }}) as click_at,
        max(case when event_kind = 'lid_open' then event_position end) over ({{ before }}) as open_position,
        max(case when role_rank = 2 then event_position end) over ({{ before }}) as outcome_position
    from numbered

),

-- a server start is free when there is no click that it could be serving
judged as (

    select
        looking_back.*,
        case
            when event_kind != 'server_start' then false
            when click_position is null then true
            when occurred_at > {{ dbt.dateadd('minute', var('unlock_server_join_minutes'), 'click_at') | trim }} then true
            else coalesce(open_position, 0) > click_position
        end as is_free_start
    from looking_back

),

looking_back_at_starts as (

    select
        judged.*,
        max(case when is_free_start then event_position end) over ({{ before }}) as free_position,
        max(case when is_free_start then occurred_at end) over ({{ before }}) as free_at,
        max(case when role_rank = 0 then event_position end) over ({{ before }}) as start_position
    from judged

),

-- the events that begin an attempt: clicks and free server starts that do not join the attempt before them
beginnings as (

    select
        looking_back_at_starts.*,
        case
            when event_kind = 'click'
                then not (
                    -- a click on the heels of a click
                    coalesce(
                        occurred_at <= {{ dbt.dateadd('second', var('unlock_reclick_seconds'), 'click_at') | trim }}
                        and click_position > coalesce(outcome_position, 0)
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
                    and free_position > coalesce(open_position, 0)
                    and free_position > coalesce(click_position, 0),
                    false
                )
            else false
        end as begins_attempt
    from looking_back_at_starts

),

placed as (

    select
        beginnings.*,
        max(case when begins_attempt then event_position end)
            over ({{ in_order }} rows between unbounded preceding and current row) as beginning_position,
        max(case when begins_attempt then occurred_at end)
            over ({{ in_order }} rows between unbounded preceding and current row) as attempt_started_at
    from beginnings

),

assigned as (

    select
        placed.*,
        first_value(event_key) over (
            partition by entity_key, beginning_position
            order by event_position
            rows between unbounded preceding and unbounded following
        ) as beginning_key,
        cast(case
            when beginning_position is null then 'no_start'
            when role_rank = 0 then null
            when occurred_at > {{ dbt.dateadd('minute', var('unlock_window_minutes'), 'attempt_started_at') | trim }}
                then 'outside_window'
        end as varchar(16)) as unmatched_reason
    from placed

),

sequenced as (

    select
        assigned.*,
        cast(case when unmatched_reason is null then beginning_key end as varchar(32)) as unlock_attempt_id,
        case
            when unmatched_reason is null
                then sum(case when unmatched_reason is null then 1 else 0 end) over (
                    partition by entity_key, beginning_position
                    order by event_position
                    rows between unbounded preceding and current row
                )
        end as attempt_event_number
    from assigned

),

final as (

    select
        event_key,
        event_id,
        entity_key,
        unlock_attempt_id,
        order_id,
        robot_id,
        event_name,
        event_kind,
        entity_type,
        unmatched_reason,
        failure_reason,
        cast(attempt_event_number as bigint) as attempt_event_number,
        is_clock_suspect,
        occurred_at
    from sequenced
    union all
    select
        event_key,
        event_id,
        entity_key,
        cast(null as varchar(32)) as unlock_attempt_id,
        order_id,
        robot_id,
        event_name,
        event_kind,
        entity_type,
        cast(case when entity_type = 'none' then 'no_entity' else 'no_time' end as varchar(16)) as unmatched_reason,
        failure_reason,
        cast(null as bigint) as attempt_event_number,
        is_clock_suspect,
        occurred_at
    from described
    where
        entity_type = 'none'
        or occurred_at is null

)

select
    final.*,
    {{ written_at() }} as staged_at
from final
