{{ config(sort=['occurred_at']) }}

with

events as (

    select *
    from {{ events_to_recompute(ref('int_rating_inputs')) }}

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

-- unmatched submissions are numbered separately, and their number is set to null
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
                    -- of simultaneous submissions the higher rating is the later
                    order by occurred_at, rating, has_rating_comment, rating_tags, merchant_name, event_id
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
    {{ written_at() }} as written_at,
    final.*
from final
