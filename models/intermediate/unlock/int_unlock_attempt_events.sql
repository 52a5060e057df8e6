{{ config(sort=['occurred_at']) }}

-- events without a time come last, so that windows of other events do not include them
-- simultaneous events are ordered by kind, then by values; the id decides only between events that are equal in all of these
{% set values = [
    'robot_id', 'failure_reason', 'merchant_id', 'merchant_name', 'device_class', 'app_version', 'requested_by', 'distance_meters',
] | join(', ') %}
{% set in_order = 'partition by entity_key order by occurred_at nulls last, kind_rank, ' ~ values ~ ', event_id' %}
{% set before = in_order ~ ' rows between unbounded preceding and 1 preceding' %}

with

events as (

    select *
    from {{ events_to_recompute(ref('int_unlock_inputs')) }}

),

-- kind of each event, and its rank among simultaneous events: those of the funnel in its order, failures before successes
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
        case event_name
            when 'order_unlock_coco' then 0
            when 'server_unlock_bot_started' then 1
            when 'order_unlock_coco_confirm' then 2
            when 'deliveries_unlock_coco_fail' then 3
            when 'deliveries_unlock_coco_success' then 4
            when 'server_unlock_bot_error' then 5
            when 'server_unlock_bot_open_lid_error' then 6
            when 'server_unlock_bot_open_lid_success' then 7
        end as kind_rank
    from events

),

-- number of events before each, and times of the last ones by kind; for kinds with different ranks the times suffice to decide
-- which is later, because among simultaneous events the greater rank is
looking_back as (

    select
        described.*,
        1 + count(*) over ({{ before }}) as event_position,
        max(case when event_kind = 'click' then occurred_at end) over ({{ before }}) as click_at,
        max(case when event_kind = 'confirm' then occurred_at end) over ({{ before }}) as confirm_at,
        max(case when event_kind = 'lid_open' then occurred_at end) over ({{ before }}) as open_at,
        max(case when kind_rank > 2 then occurred_at end) over ({{ before }}) as outcome_at
    from described

),

-- a server start is free if there is no click that it can belong to
judged as (

    select
        looking_back.*,
        case
            when event_kind != 'server_start' then false
            when click_at is null then true
            when occurred_at > {{ timestamp_add('minute', var('unlock_server_join_minutes'), 'click_at') }} then true
            else coalesce(open_at >= click_at, false)
        end as is_free_start
    from looking_back

),

looking_back_at_starts as (

    select
        judged.*,
        max(case when kind_rank < 2 then event_position end) over ({{ before }}) as start_position,
        max(case when event_kind = 'click' then event_position end) over ({{ before }}) as click_position,
        max(case when is_free_start then event_position end) over ({{ before }}) as free_position,
        max(case when is_free_start then occurred_at end) over ({{ before }}) as free_at,
        max(case when event_kind = 'request_success' then confirm_at end) over ({{ before }}) as success_confirm_at
    from judged

),

-- the three cases in which a click or a free server start joins the attempt before it
joined as (

    select
        looking_back_at_starts.*,
        -- a click on the heels of a click
        event_kind = 'click'
        and coalesce(
            occurred_at <= {{ timestamp_add('second', var('unlock_reclick_seconds'), 'click_at') }}
            and not coalesce(outcome_at >= click_at, false)
            and click_position > coalesce(free_position, 0),
            false
        ) as is_reclick,
        -- a click that the browser's clock puts just after the server start it caused
        event_kind = 'click'
        and coalesce(
            occurred_at <= {{ timestamp_add('second', var('unlock_clock_tolerance_seconds'), 'free_at') }}
            and free_position = start_position,
            false
        ) as is_click_of_server_start,
        -- the server starting over
        is_free_start
        and coalesce(
            occurred_at <= {{ timestamp_add('second', var('unlock_restart_seconds'), 'free_at') }}
            and not coalesce(open_at >= free_at, false)
            and free_position > coalesce(click_position, 0),
            false
        ) as is_server_restart
    from looking_back_at_starts

),

-- all other clicks and free server starts begin an attempt
beginnings as (

    select
        joined.*,
        entity_type != 'none'
        and occurred_at is not null
        and (event_kind = 'click' or is_free_start)
        and not is_reclick
        and not is_click_of_server_start
        and not is_server_restart as begins_attempt
    from joined

),

-- the last beginning up to each event: its position and its key
placed as (

    select
        beginnings.*,
        sum(case when begins_attempt then 1 else 0 end)
            over ({{ in_order }} rows between unbounded preceding and current row) as attempt_number,
        max(case when begins_attempt then occurred_at end)
            over ({{ in_order }} rows between unbounded preceding and current row) as attempt_started_at,
        max(case when begins_attempt then {{ pack('event_position', event_key()) }} end)
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
            when kind_rank < 2 then null
            when occurred_at > {{ timestamp_add('minute', var('unlock_window_minutes'), 'attempt_started_at') }}
                then 'outside_window'
        end as varchar(16)) as unmatched_reason
    from placed

),

final as (

    select
        event_id,
        entity_key,
        {{ unpack('case when unmatched_reason is null then beginning end', 'varchar(32)') }} as unlock_attempt_id,
        order_id,
        robot_id,
        merchant_id,
        event_name,
        event_kind,
        entity_type,
        merchant_name,
        device_class,
        app_version,
        requested_by,
        unmatched_reason,
        failure_reason,
        distance_meters,
        cast(case when unmatched_reason is null then attempt_number end as bigint) as attempt_number,
        case
            when unmatched_reason is null then event_position - {{ unpack_position('beginning') }} + 1
        end as attempt_event_number,
        is_clock_suspect,
        occurred_at,
        case when occurred_at is not null then confirm_at end as confirm_at,
        case when occurred_at is not null then success_confirm_at end as success_confirm_at
    from matched

)

select
    {{ written_at() }} as written_at,
    final.*
from final
