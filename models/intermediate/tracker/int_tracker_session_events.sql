{{ config(
    incremental_strategy='replace_entities',
    unique_key=['event_name', 'event_id'],
    dist='browser_key',
    sort=['occurred_at'],
    indexes=[
        {'columns': ["hashtextextended(entity_key, 0)"]},
        {'columns': ["hashtextextended(event_id, 0)"]},
        {'columns': ['staged_at']},
    ],
    pre_hook="{{ note_touched(
        {
            'int_order_tracker_events': 'tracker_key',
            'int_unlock_events': 'tracker_key',
            'int_app_banner_events': 'tracker_key',
            'int_error_events': 'tracker_key',
        },
        happened_at='occurred_at'
    ) }}",
) }}

{# Whether an event can be in a session at all. #}
{% set unmatched_reason %}
cast(case
            when coalesce(app, 'unknown') != 'tracker_web' then 'other_app'
            when anonymous_id is null then 'no_entity'
            when occurred_at is null then 'no_time'
        end as varchar(16))
{%- endset %}

-- events without a time come last, so that none with a time looks back at them
{% set in_order = 'partition by entity_key order by occurred_at nulls last, role_rank, event_id, event_name' %}

with

events as (

    select
        event_id,
        tracker_key as entity_key,
        order_id,
        anonymous_id,
        user_id,
        event_name,
        device_class,
        entry_channel,
        {{ unmatched_reason | trim }} as unmatched_reason,
        rating,
        amplitude_session_id,
        is_clock_suspect,
        occurred_at
    from {{ ref('int_order_tracker_events') }}
    where {{ is_news('tracker_key') }}
    {%- for stream in ['int_unlock_events', 'int_app_banner_events', 'int_error_events'] %}
    union all
    select
        event_id,
        tracker_key as entity_key,
        order_id,
        anonymous_id,
        user_id,
        event_name,
        device_class,
        cast(null as varchar(512)) as entry_channel,
        {{ unmatched_reason | trim }} as unmatched_reason,
        cast(null as bigint) as rating,
        amplitude_session_id,
        is_clock_suspect,
        occurred_at
    from {{ ref(stream) }}
    where {{ is_news('tracker_key') }}
    {%- endfor %}
    {{ union_known([
        'event_id', 'entity_key', 'order_id', 'anonymous_id', 'user_id', 'event_name', 'device_class', 'entry_channel',
        'unmatched_reason', 'rating', 'amplitude_session_id', 'is_clock_suspect', 'occurred_at',
    ]) }}

),

-- what an event is for a session, and where it stands among events of the same instant
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

-- the place of each event among those of its entity, and the time of the event before it
placed as (

    select
        described.*,
        row_number() over ({{ in_order }}) as tracker_event_number,
        lag(occurred_at) over ({{ in_order }}) as previous_at
    from described

),

-- The place, ten digits wide, and the event's key, as one text that grows with the place. No pause ends a session of Amplitude's.
numbered as (

    select
        placed.*,
        lpad(cast(tracker_event_number as varchar(10)), 10, '0') || {{ event_key() }} as numbered_key,
        previous_at is null
        or (
            amplitude_session_id is null
            and occurred_at > {{ dbt.dateadd('minute', var('tracker_gap_minutes'), 'previous_at') | trim }}
        ) as begins_session
    from placed

),

-- a session is known by its first event: the last beginning up to an event
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
        cast(case when unmatched_reason is null then substring(anchor, 11, 32) end as varchar(32)) as tracker_session_id,
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
    {{ written_at() }} as staged_at,
    final.*
from final
