-- Conservation: the orders of events and the rows of fct_orders are the same, with the same numbers of events, attempts and valid
-- ratings. One failing row per order that differs.

with

events as (

    select
        order_id,
        count(*) as event_count
    from {{ ref('int_order_events') }}
    where order_id is not null
    group by order_id

),

loads as (

    select
        order_id,
        count(*) as attempt_count
    from {{ ref('fct_load_attempts') }}
    where order_id is not null
    group by order_id

),

unlocks as (

    select
        order_id,
        count(*) as attempt_count
    from {{ ref('fct_unlock_attempts') }}
    where order_id is not null
    group by order_id

),

ratings as (

    select
        order_id,
        rating
    from {{ ref('fct_ratings') }}

)

select
    coalesce(orders.order_id, events.order_id, loads.order_id, unlocks.order_id, ratings.order_id) as order_id,
    orders.event_count,
    orders.load_attempt_count,
    orders.unlock_attempt_count,
    orders.rating
from {{ ref('fct_orders') }} as orders
full outer join events on orders.order_id = events.order_id
full outer join loads on orders.order_id = loads.order_id
full outer join unlocks on orders.order_id = unlocks.order_id
full outer join ratings on orders.order_id = ratings.order_id
where
    orders.order_id is null
    or orders.event_count != coalesce(events.event_count, 0)
    or orders.load_attempt_count != coalesce(loads.attempt_count, 0)
    or orders.unlock_attempt_count != coalesce(unlocks.attempt_count, 0)
    or coalesce(orders.rating, -1) != coalesce(ratings.rating, -1)
