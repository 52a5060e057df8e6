{{ config(unique_key=['tracker_session_id'], dist='browser_key', sort=['started_at']) }}

with

-- first and last values, packed with the number of their event; the last user with the time, as forget_user compares users
sessions as (

    select
        tracker_session_id,
        entity_key,
        browser_key,
        max(anonymous_id) as anonymous_id,
        max(case when user_id is not null then {{ pack(time_digits('occurred_at'), 'user_id') }} end) as last_user,
        min({{ pack('tracker_event_number', 'order_id') }}) as first_order,
        min({{ pack('tracker_event_number', 'device_class') }}) as first_device_class,
        min({{ pack('tracker_event_number', 'entry_channel') }}) as first_entry_channel,
        max(amplitude_session_id) as amplitude_session_id,
        max({{ pack('tracker_event_number', 'cast(rating as varchar(20))') }}) as last_rating,
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
        and {{ is_affected() }}
    group by tracker_session_id, entity_key, browser_key

),

orders_of_sessions as (

    select
        tracker_session_id,
        order_id
    from {{ ref('int_tracker_session_events') }}
    where
        tracker_session_id is not null
        and {{ is_affected() }}
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
        {{ written_at() }} as written_at,
        cast(tracker_session_id as varchar(32)) as tracker_session_id,
        cast(entity_key as varchar(600)) as entity_key,
        cast(browser_key as varchar(600)) as browser_key,
        cast(anonymous_id as varchar(512)) as anonymous_id,
        {{ unpack('last_user') }} as user_id,
        {{ unpack('first_order') }} as order_id,
        {{ unpack('first_device_class', 'varchar(16)') }} as device_class,
        {{ unpack('first_entry_channel') }} as entry_channel,
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
        {{ unpack('last_rating', 'bigint') }} as rating,
        suspect_count > 0 as is_clock_suspect,
        user_seen_at,
        started_at,
        ended_at
    from with_orders

)

select * from final
