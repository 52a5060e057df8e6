{{ config(
    materialized='incremental',
    incremental_strategy='replace_entities',
    unique_key='rating_id',
    on_schema_change='fail',
    dist='entity_key',
    sort=['first_submitted_at'],
    indexes=[
        {'columns': ["hashtextextended(entity_key, 0)"]},
        {'columns': ["hashtextextended(rating_id, 0)"]},
        {'columns': ['staged_at']},
    ],
    pre_hook="{{ note_touched(
        ['int_rating_events'],
        happened_at='first_submitted_at',
        begun_by='rating_id'
    ) }}",
) }}

{% set number = "lpad(cast(submit_number as varchar(10)), 10, '0')" %}

with

events as (

    select *
    from {{ ref('int_rating_events') }}
    where
        unmatched_reason is null
        and {{ is_touched() }}

),

-- first and last values are found by the number of their event, ten digits wide, in front of them
submissions as (

    select
        entity_key,
        max(order_id) as order_id,
        max(case when submit_number = 1 then {{ event_key() }} end) as rating_id,
        min(case when merchant_name is not null then {{ number }} || merchant_name end) as first_merchant,
        max(case when is_valid then {{ number }} || coalesce(rating_tags, '') end) as last_tags,
        min(case when is_valid then {{ number }} || cast(rating as varchar(20)) end) as first_valid,
        max(case when is_valid then {{ number }} || cast(rating as varchar(20)) end) as last_valid,
        max(case when is_valid then {{ number }} || case when has_rating_comment then 'yes' else 'no' end end) as last_comment,
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
        cast(substring(first_merchant, 11, 512) as varchar(512)) as merchant_name,
        cast(nullif(substring(last_tags, 11, 512), '') as varchar(512)) as rating_tags,
        cast(substring(last_valid, 11, 20) as bigint) as rating,
        cast(substring(first_valid, 11, 20) as bigint) as first_rating,
        cast(submit_count as bigint) as submit_count,
        cast(invalid_count as bigint) as invalid_count,
        last_valid is not null as is_valid,
        substring(first_valid, 11, 20) != substring(last_valid, 11, 20) as is_changed,
        substring(last_comment, 11, 3) = 'yes' as has_rating_comment,
        suspect_count > 0 as is_clock_suspect,
        cast(rated_at as date) as rated_date,
        first_submitted_at,
        last_submitted_at,
        rated_at,
        {{ written_at() }} as staged_at
    from submissions

)

select * from final
