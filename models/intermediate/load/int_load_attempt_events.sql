{{ config(sort=['occurred_at']) }}

-- events without a time come last, so that windows of other events do not include them
-- simultaneous events are ordered by kind, then by values; the id decides only between events that are equal in all of these
{% set values = 'robot_id, merchant_name, failure_reason, merchant_id, load_method' %}
{% set in_order = 'partition by entity_key order by occurred_at nulls last, kind_rank, ' ~ values ~ ', event_id' %}
{% set before = in_order ~ ' rows between unbounded preceding and 1 preceding' %}
{% set so_far = in_order ~ ' rows between unbounded preceding and current row' %}

with

events as (

    select *
    from {{ events_to_recompute(ref('int_load_inputs')) }}

),

-- kind of each event, and its rank among simultaneous events
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
        -- rank among simultaneous events: failures before successes
        case event_name
            when 'server_load_order_started' then 0
            when 'server_load_order_close_lid_error' then 1
            when 'server_load_order_close_lid_success' then 2
            when 'server_load_order_error' then 3
            when 'server_load_order_success' then 4
        end as kind_rank
    from events

),

looking_back as (

    select
        described.*,
        row_number() over ({{ in_order }}) as event_position,
        max(case when event_kind = 'start' then occurred_at end) over ({{ before }}) as start_at,
        max(case when kind_rank > 2 then occurred_at end) over ({{ before }}) as outcome_at
    from described

),

-- at one instant starts stand before outcomes, so an outcome at the time of a start came after it
restarts as (

    select
        looking_back.*,
        event_kind = 'start'
        and coalesce(
            occurred_at <= {{ timestamp_add('second', var('load_restart_seconds'), 'start_at') }}
            and coalesce(outcome_at < start_at, true),
            false
        ) as is_restart
    from looking_back

),

beginnings as (

    select
        restarts.*,
        event_kind = 'start'
        and entity_type != 'none'
        and occurred_at is not null
        and not is_restart as begins_attempt
    from restarts

),

-- the last beginning up to each event: its position and its key
placed as (

    select
        beginnings.*,
        sum(case when begins_attempt then 1 else 0 end) over ({{ so_far }}) as attempt_number,
        max(case when begins_attempt then occurred_at end) over ({{ so_far }}) as attempt_started_at,
        max(case when begins_attempt then {{ pack('event_position', event_key()) }} end)
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
            when occurred_at > {{ timestamp_add('minute', var('load_window_minutes'), 'attempt_started_at') }}
                then 'outside_window'
        end as varchar(16)) as unmatched_reason
    from placed

),

final as (

    select
        {{ written_at() }} as written_at,
        event_id,
        entity_key,
        {{ unpack('case when unmatched_reason is null then beginning end', 'varchar(32)') }} as load_attempt_id,
        order_id,
        robot_id,
        merchant_id,
        event_name,
        event_kind,
        entity_type,
        merchant_name,
        load_method,
        unmatched_reason,
        failure_reason,
        cast(case when unmatched_reason is null then attempt_number end as bigint) as attempt_number,
        case
            when unmatched_reason is null then event_position - {{ unpack_position('beginning') }} + 1
        end as attempt_event_number,
        is_clock_suspect,
        occurred_at
    from matched

)

select * from final
