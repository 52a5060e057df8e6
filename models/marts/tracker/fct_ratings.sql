{{ config(
    materialized='incremental',
    unique_key=['rating_id'],
    sort=['first_submitted_at'],
) }}

with

events as (

    select *
    from {{ ref('int_rating_events') }}
    where
        unmatched_reason is null
        and {{ is_affected() }}

),

-- first and last values, packed with the number of their event
submissions as (

    select
        entity_key,
        max(order_id) as order_id,
        max(case when submit_number = 1 then {{ event_key() }} end) as rating_id,
        min({{ pack('submit_number', 'merchant_name') }}) as first_merchant,
        max(case when is_valid then {{ pack('submit_number', "coalesce(rating_tags, '')") }} end) as last_tags,
        min(case when is_valid then {{ pack('submit_number', 'cast(rating as varchar(20))') }} end) as first_valid,
        max(case when is_valid then {{ pack('submit_number', 'cast(rating as varchar(20))') }} end) as last_valid,
        max(case when is_valid then {{ pack('submit_number', "case when has_rating_comment then 'yes' else 'no' end") }} end)
            as last_comment,
        count(*) as submit_count,
        sum(case when is_valid then 0 else 1 end) as invalid_count,
        sum(case when is_clock_suspect then 1 else 0 end) as suspect_count,
        min(occurred_at) as first_submitted_at,
        max(occurred_at) as last_submitted_at,
        max(case when is_valid then occurred_at end) as rated_at
    from events
    group by entity_key

),

final as (

    select
        cast(rating_id as varchar(32)) as rating_id,
        cast(entity_key as varchar(600)) as entity_key,
        cast(order_id as varchar(512)) as order_id,
        cast(coalesce({{ unpack('first_merchant') }}, 'unknown') as varchar(512)) as merchant_name,
        cast(nullif({{ unpack('last_tags') }}, '') as varchar(512)) as rating_tags,
        {{ unpack('last_valid', 'bigint') }} as rating,
        {{ unpack('first_valid', 'bigint') }} as first_rating,
        cast(submit_count as bigint) as submit_count,
        cast(invalid_count as bigint) as invalid_count,
        {{ local_hour('rated_at', var('reporting_time_zone')) }} as start_hour,
        {{ local_weekday('rated_at', var('reporting_time_zone')) }} as start_weekday,
        last_valid is not null as is_valid,
        {{ unpack('first_valid') }} != {{ unpack('last_valid') }} as is_changed,
        {{ unpack('last_comment') }} = 'yes' as has_rating_comment,
        suspect_count > 0 as is_clock_suspect,
        {{ local_date('rated_at', var('reporting_time_zone')) }} as start_date,
        first_submitted_at,
        last_submitted_at,
        rated_at,
        {{ written_at() }} as written_at
    from submissions

)

select * from final
