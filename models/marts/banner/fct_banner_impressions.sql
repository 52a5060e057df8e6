{{ config(
    materialized='incremental',
    incremental_strategy='replace_entities',
    unique_key='banner_impression_id',
    on_schema_change='fail',
    dist='entity_key',
    sort=['started_at'],
    indexes=[
        {'columns': ["hashtextextended(entity_key, 0)"]},
        {'columns': ["hashtextextended(banner_impression_id, 0)"]},
        {'columns': ['staged_at']},
    ],
    pre_hook="{{ note_touched(
        ['int_banner_events'],
        happened_at='started_at',
        begun_by='banner_impression_id'
    ) }}",
) }}

{% set number = "lpad(cast(impression_event_number as varchar(10)), 10, '0')" %}

with

events as (

    select *
    from {{ ref('int_banner_events') }}
    where
        banner_impression_id is not null
        and {{ is_touched() }}

),

-- first values are found by the number of their event, ten digits wide, in front of them
impressions as (

    select
        banner_impression_id,
        entity_key,
        max(order_id) as order_id,
        min(case when banner_id is not null then {{ number }} || banner_id end) as first_banner,
        merchant_name,
        position,
        min(case when banner_variant is not null then {{ number }} || banner_variant end) as first_variant,
        min(case when event_kind = 'view' then {{ number }} || coalesce(delivery_status, '') end) as first_view_status,
        min(case when displayed_savings is not null then {{ number }} || cast(displayed_savings as varchar(20)) end) as savings,
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
        cast(substring(first_banner, 11, 512) as varchar(512)) as banner_id,
        merchant_name,
        position,
        cast(substring(first_variant, 11, 512) as varchar(512)) as banner_variant,
        cast(nullif(substring(first_view_status, 11, 512), '') as varchar(512)) as delivery_status,
        cast(substring(savings, 11, 20) as numeric(18, 2)) as displayed_savings,
        cast(view_count as bigint) as view_count,
        cast(click_count as bigint) as click_count,
        cast(dismiss_count as bigint) as dismiss_count,
        cast(unreadable_savings_count as bigint) as unreadable_savings_count,
        cast(case
            when first_clicked_at >= first_viewed_at
                then {{ dbt.datediff('first_viewed_at', 'first_clicked_at', 'second') | trim }}
        end as bigint) as seconds_to_click,
        click_count > 0 and view_count = 0 as is_orphan_click,
        suspect_count > 0 or coalesce(first_clicked_at < first_viewed_at, false) as is_clock_suspect,
        cast(started_at as date) as start_date,
        started_at,
        ended_at,
        first_viewed_at,
        first_clicked_at,
        first_dismissed_at,
        {{ written_at() }} as staged_at
    from impressions

)

select * from final
