{{ config(
    materialized='incremental',
    unique_key=['banner_impression_id'],
    sort=['started_at'],
) }}

with

events as (

    select *
    from {{ ref('int_banner_events') }}
    where
        banner_impression_id is not null
        and {{ is_affected() }}

),

-- first values, packed with the number of their event
impressions as (

    select
        banner_impression_id,
        entity_key,
        max(order_id) as order_id,
        min({{ pack('impression_event_number', 'banner_id') }}) as first_banner,
        merchant_name,
        position,
        min({{ pack('impression_event_number', 'banner_variant') }}) as first_variant,
        min(case when event_kind = 'view' then {{ pack('impression_event_number', "coalesce(delivery_status, '')") }} end)
            as first_view_status,
        min({{ pack('impression_event_number', 'cast(displayed_savings as varchar(20))') }}) as savings,
        sum(case when event_kind = 'view' then 1 else 0 end) as view_count,
        sum(case when event_kind = 'click' then 1 else 0 end) as click_count,
        sum(case when event_kind = 'dismiss' then 1 else 0 end) as dismiss_count,
        sum(case when has_unreadable_savings then 1 else 0 end) as unreadable_savings_count,
        sum(case when is_clock_suspect then 1 else 0 end) as suspect_count,
        min(occurred_at) as started_at,
        max(occurred_at) as ended_at,
        min(case when event_kind = 'view' then occurred_at end) as first_viewed_at,
        min(case when event_kind = 'click' then occurred_at end) as first_clicked_at,
        min(case when event_kind = 'dismiss' then occurred_at end) as first_dismissed_at
    from events
    group by banner_impression_id, entity_key, merchant_name, position

),

final as (

    select
        cast(banner_impression_id as varchar(32)) as banner_impression_id,
        cast(entity_key as varchar(600)) as entity_key,
        cast(order_id as varchar(512)) as order_id,
        {{ unpack('first_banner') }} as banner_id,
        cast(coalesce(merchant_name, 'unknown') as varchar(512)) as merchant_name,
        position,
        {{ unpack('first_variant') }} as banner_variant,
        cast(nullif({{ unpack('first_view_status') }}, '') as varchar(512)) as delivery_status,
        {{ unpack('savings', 'numeric(18, 2)') }} as displayed_savings,
        cast(view_count as bigint) as view_count,
        cast(click_count as bigint) as click_count,
        cast(dismiss_count as bigint) as dismiss_count,
        cast(unreadable_savings_count as bigint) as unreadable_savings_count,
        cast(case
            when suspect_count = 0 and first_clicked_at >= first_viewed_at
                then {{ seconds_between('first_viewed_at', 'first_clicked_at') }}
        end as bigint) as seconds_to_click,
        {{ local_hour('started_at', var('reporting_time_zone')) }} as start_hour,
        {{ local_weekday('started_at', var('reporting_time_zone')) }} as start_weekday,
        click_count > 0 and view_count = 0 as is_orphan_click,
        suspect_count > 0 or coalesce(first_clicked_at < first_viewed_at, false) as is_clock_suspect,
        {{ local_date('started_at', var('reporting_time_zone')) }} as start_date,
        started_at,
        ended_at,
        first_viewed_at,
        first_clicked_at,
        first_dismissed_at,
        {{ written_at() }} as written_at
    from impressions

)

select * from final
