{{ config(dist='browser_key', sort=['occurred_at']) }}

-- events without a time come last, so that windows of other events do not include them
-- simultaneous events are ordered by kind, then by values; the id decides only between events that are equal in all of these
{% set values = 'order_id, user_id, device_class, entry_channel, rating' %}
{% set in_order = 'partition by entity_key order by occurred_at nulls last, role_rank, event_name, ' ~ values ~ ', event_id' %}

with

events as (

    select *
    from {{ events_to_recompute(ref('int_tracker_session_inputs')) }}

),

-- kind of each event, and its rank among simultaneous events
described as (

    select
        event_id,
        entity_key,
        order_id,
        anonymous_id,
        user_id,
        event_name,
        cast(case event_name
            when 'order_tracker_open' then 'open'
            when 'order_tracker_faq_open' then 'faq'
            when 'order_tracker_text_support_click' then 'support_click'
            when 'order_tracker_rating_submit' then 'rating'
            when 'order_unlock_coco' then 'unlock_click'
            when 'order_unlock_coco_confirm' then 'unlock_confirm'
            when 'deliveries_unlock_coco_success' then 'unlock_success'
            when 'deliveries_unlock_coco_fail' then 'unlock_fail'
            when 'app_banner_viewed' then 'banner_view'
            when 'app_banner_clicked' then 'banner_click'
            when 'app_banner_dismissed' then 'banner_dismiss'
            when 'order_tracker_optout_error' then 'optout_error'
            else 'error'
        end as varchar(32)) as event_kind,
        device_class,
        entry_channel,
        unmatched_reason,
        case when rating between {{ var('rating_min') }} and {{ var('rating_max') }} then rating end as rating,
        case when amplitude_session_id > 0 then amplitude_session_id end as amplitude_session_id,
        case
            when event_name = 'order_tracker_open' then 0
            when event_name in (
                'order_tracker_rating_submit', 'deliveries_unlock_coco_success', 'deliveries_unlock_coco_fail'
            ) then 2
            else 1
        end as role_rank,
        is_clock_suspect,
        occurred_at
    from events

),

-- position of each event within its entity, and time of the event before it
placed as (

    select
        described.*,
        row_number() over ({{ in_order }}) as tracker_event_number,
        lag(occurred_at) over ({{ in_order }}) as previous_at
    from described

),

-- A gap does not end an Amplitude session.
numbered as (

    select
        placed.*,
        {{ pack('tracker_event_number', event_key()) }} as numbered_key,
        previous_at is null
        or (
            amplitude_session_id is null
            and occurred_at > {{ timestamp_add('minute', var('tracker_gap_minutes'), 'previous_at') }}
        ) as begins_session
    from placed

),

-- the id of a session is the key of its first event, the last start up to each event
anchored as (

    select
        numbered.*,
        max(case when begins_session then numbered_key end)
            over ({{ in_order }} rows between unbounded preceding and current row) as anchor
    from numbered

),

final as (

    select
        event_id,
        entity_key,
        cast(case
            when unmatched_reason is null then 'anonymous:' || anonymous_id else entity_key
        end as varchar(600)) as browser_key,
        {{ unpack('case when unmatched_reason is null then anchor end', 'varchar(32)') }} as tracker_session_id,
        order_id,
        anonymous_id,
        user_id,
        event_name,
        event_kind,
        device_class,
        entry_channel,
        unmatched_reason,
        cast(case when unmatched_reason is null then tracker_event_number end as bigint) as tracker_event_number,
        rating,
        amplitude_session_id,
        is_clock_suspect,
        occurred_at
    from anchored

)

select
    {{ written_at() }} as written_at,
    final.*
from final
