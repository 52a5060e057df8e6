-- Conservation: the submissions in the stream and the rows of int_rating_events are the same, one to one, and ratings count
-- all that are of an order.

with

streamed as (

    select
        event_name,
        event_id
    from {{ ref('int_order_tracker_events') }}
    where event_name = 'order_tracker_rating_submit'

),

missing as (

    select
        coalesce(streamed.event_name, placed.event_name) as event_name,
        coalesce(streamed.event_id, placed.event_id) as event_id
    from streamed
    full outer join {{ ref('int_rating_events') }} as placed
        on
            streamed.event_name = placed.event_name
            and streamed.event_id = placed.event_id
    where
        streamed.event_id is null
        or placed.event_id is null

),

placed as (

    select
        order_id,
        count(*) as submit_count
    from {{ ref('int_rating_events') }}
    where unmatched_reason is null
    group by order_id

),

miscounted as (

    select coalesce(placed.order_id, ratings.order_id) as order_id
    from placed
    full outer join {{ ref('fct_ratings') }} as ratings on placed.order_id = ratings.order_id
    where coalesce(placed.submit_count, 0) != coalesce(ratings.submit_count, 0)

)

select
    event_name,
    event_id
from missing
union all
select
    cast('rating' as varchar(512)) as event_name,
    order_id as event_id
from miscounted
