with

-- first values, packed with their time
orders as (

    select
        order_id,
        min({{ pack(time_digits('occurred_at'), 'merchant_name') }}) as first_merchant,
        min({{ pack(time_digits('occurred_at'), 'device_class') }}) as first_device_class,
        min({{ pack(time_digits('occurred_at'), 'entry_channel') }}) as first_entry_channel,
        min(case
            when event_name = 'order_tracker_text_support_click' then {{ pack(time_digits('occurred_at'), 'delivery_status') }}
        end) as first_contact_status,
        sum(case when event_name = 'order_tracker_open' then 1 else 0 end) as open_count,
        sum(case when event_name = 'order_tracker_faq_open' then 1 else 0 end) as faq_count,
        sum(case when event_name = 'order_tracker_text_support_click' then 1 else 0 end) as support_click_count,
        sum(case when is_clock_suspect then 1 else 0 end) as suspect_count,
        min(case when event_name = 'order_tracker_open' then occurred_at end) as opened_at,
        min(case when event_name = 'order_tracker_text_support_click' then occurred_at end) as contacted_at
    from {{ ref('int_order_tracker_events') }}
    where
        order_id is not null
        and occurred_at is not null
    group by order_id

),

-- each order once: on the day of its first opening, else of its first click on support
with_starts as (

    select
        orders.*,
        coalesce(opened_at, contacted_at) as started_at
    from orders
    where
        opened_at is not null
        or contacted_at is not null

),

final as (

    select
        cast(order_id as varchar(512)) as order_id,
        cast(coalesce({{ unpack('first_merchant') }}, 'unknown') as varchar(512)) as merchant_name,
        cast(coalesce({{ unpack('first_device_class') }}, 'unknown') as varchar(16)) as device_class,
        cast(coalesce({{ unpack('first_entry_channel') }}, 'unknown') as varchar(512)) as entry_channel,
        {{ unpack('first_contact_status') }} as contact_delivery_status,
        cast(open_count as bigint) as open_count,
        cast(faq_count as bigint) as faq_count,
        cast(support_click_count as bigint) as support_click_count,
        case
            when suspect_count = 0 and contacted_at >= opened_at then {{ seconds_between('opened_at', 'contacted_at') }}
        end as seconds_to_contact,
        {{ local_hour('started_at', var('reporting_time_zone')) }} as start_hour,
        {{ local_weekday('started_at', var('reporting_time_zone')) }} as start_weekday,
        contacted_at is not null as has_support_contact,
        suspect_count > 0 as is_clock_suspect,
        {{ local_date('started_at', var('reporting_time_zone')) }} as start_date,
        started_at,
        opened_at,
        contacted_at
    from with_starts

)

select * from final
