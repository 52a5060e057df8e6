{{ config(
    incremental_strategy='replace_entities',
    unique_key='tracker_session_id',
    dist='browser_key',
    sort=['started_at'],
    indexes=[
        {'columns': ["hashtextextended(entity_key, 0)"]},
        {'columns': ["hashtextextended(tracker_session_id, 0)"]},
        {'columns': ['staged_at']},
    ],
    pre_hook="{{ note_touched(
        ['int_tracker_session_events'],
        happened_at='started_at',
        begun_by='tracker_session_id'
    ) }}",
) }}

{% set number = "lpad(cast(tracker_event_number as varchar(10)), 10, '0')" %}

with

-- first and last values are found by the number of their event, ten digits wide, in front of them
sessions as (

    select
        tracker_session_id,
        entity_key,
        browser_key,
        max(anonymous_id) as anonymous_id,
        max(case when user_id is not null then {{ number }} || user_id end) as last_user,
        min(case when order_id is not null then {{ number }} || order_id end) as first_order,
        min(case when device_class is not null then {{ number }} || device_class end) as first_device_class,
        min(case when entry_channel is not null then {{ number }} || entry_channel end) as first_entry_channel,
        max(amplitude_session_id) as amplitude_session_id,
        max(case when rating is not null then {{ number }} || cast(rating as varchar(20)) end) as last_rating,
        count(*) as event_count,
        sum(case when event_kind = 'open' then 1 else 0 end) as open_count,
        sum(case when event_kind = 'faq' then 1 else 0 end) as faq_count,
        sum(case when event_kind = 'support_click' then 1 else 0 end) as support_click_count,
        sum(case when event_kind = 'unlock_click' then 1 else 0 end) as unlock_click_count,
        sum(case when event_kind = 'banner_view' then 1 else 0 end) as banner_view_count,
        sum(case when event_kind = 'banner_click' then 1 else 0 end) as banner_click_count,
        sum(case when event_kind = 'banner_dismiss' then 1 else 0 end) as banner_dismiss_count,
        sum(case when event_kind in ('error', 'optout_error') then 1 else 0 end) as error_count,
        sum(case when event_kind = 'optout_error' then 1 else 0 end) as optout_error_count,
        sum(case when event_kind = 'rating' then 1 else 0 end) as rating_submit_count,
        sum(case when is_clock_suspect then 1 else 0 end) as suspect_count,
        max(case when user_id is not null then occurred_at end) as user_seen_at,
        min(occurred_at) as started_at,
        max(occurred_at) as ended_at
    from {{ ref('int_tracker_session_events') }}
    where
        tracker_session_id is not null
        and {{ is_touched() }}
    group by tracker_session_id, entity_key, browser_key

),

orders_of_sessions as (

    select
        tracker_session_id,
        order_id
    from {{ ref('int_tracker_session_events') }}
    where
        tracker_session_id is not null
        and {{ is_touched() }}
        and order_id is not null
    group by tracker_session_id, order_id

),

order_counts as (

    select
        tracker_session_id,
        count(*) as order_count
    from orders_of_sessions
    group by tracker_session_id

),

with_orders as (

    select
        sessions.*,
        coalesce(order_counts.order_count, 0) as order_count
    from sessions
    left join order_counts on sessions.tracker_session_id = order_counts.tracker_session_id

),

final as (

    select
        {{ written_at() }} as staged_at,
        cast(tracker_session_id as varchar(32)) as tracker_session_id,
        cast(entity_key as varchar(600)) as entity_key,
        cast(browser_key as varchar(600)) as browser_key,
        cast(anonymous_id as varchar(512)) as anonymous_id,
        cast(substring(last_user, 11, 512) as varchar(512)) as user_id,
        cast(substring(first_order, 11, 512) as varchar(512)) as order_id,
        cast(substring(first_device_class, 11, 16) as varchar(16)) as device_class,
        cast(substring(first_entry_channel, 11, 512) as varchar(512)) as entry_channel,
        cast(amplitude_session_id as bigint) as amplitude_session_id,
        cast(event_count as bigint) as event_count,
        cast(order_count as bigint) as order_count,
        cast(open_count as bigint) as open_count,
        cast(faq_count as bigint) as faq_count,
        cast(support_click_count as bigint) as support_click_count,
        cast(unlock_click_count as bigint) as unlock_click_count,
        cast(banner_view_count as bigint) as banner_view_count,
        cast(banner_click_count as bigint) as banner_click_count,
        cast(banner_dismiss_count as bigint) as banner_dismiss_count,
        cast(error_count as bigint) as error_count,
        cast(optout_error_count as bigint) as optout_error_count,
        cast(rating_submit_count as bigint) as rating_submit_count,
        cast(substring(last_rating, 11, 20) as bigint) as rating,
        suspect_count > 0 as is_clock_suspect,
        user_seen_at,
        started_at,
        ended_at
    from with_orders

)

select * from final
