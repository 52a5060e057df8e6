{{ config(
    incremental_strategy='replace_entities',
    unique_key=['event_name', 'event_id'],
    dist='entity_key',
    sort=['occurred_at'],
    indexes=[
        {'columns': ["hashtextextended(entity_key, 0)"]},
        {'columns': ["hashtextextended(event_id, 0)"]},
        {'columns': ['staged_at']},
    ],
    pre_hook="{{ note_touched(
        {'int_order_tracker_events': 'case when event_name = \\'order_tracker_rating_submit\\' then entity_key end'},
        happened_at='occurred_at'
    ) }}",
) }}

with

events as (

    select
        event_id,
        entity_key,
        order_id,
        event_name,
        merchant_name,
        rating_tags,
        rating,
        has_rating_comment,
        is_clock_suspect,
        occurred_at
    from {{ ref('int_order_tracker_events') }}
    where
        event_name = 'order_tracker_rating_submit'
        and {{ is_news() }}
    {{ union_known([
        'event_id', 'entity_key', 'order_id', 'event_name', 'merchant_name', 'rating_tags', 'rating', 'has_rating_comment',
        'is_clock_suspect', 'occurred_at',
    ]) }}

),

described as (

    select
        events.*,
        cast(case
            when order_id is null then 'no_entity'
            when occurred_at is null then 'no_time'
        end as varchar(16)) as unmatched_reason,
        coalesce(rating between {{ var('rating_min') }} and {{ var('rating_max') }}, false) as is_valid
    from events

),

-- those that are no submission of their order are numbered apart, and lose the number
final as (

    select
        event_id,
        entity_key,
        order_id,
        event_name,
        merchant_name,
        rating_tags,
        unmatched_reason,
        cast(case
            when unmatched_reason is null
                then row_number() over (
                    partition by entity_key, unmatched_reason
                    order by occurred_at, event_id, event_name
                )
        end as bigint) as submit_number,
        rating,
        has_rating_comment,
        is_valid,
        is_clock_suspect,
        occurred_at
    from described

)

select
    {{ written_at() }} as staged_at,
    final.*
from final
