with

orders as (

    select
        order_id,
        max(case when is_first_try and outcome in ('opened', 'opened_unverified') then 1 else 0 end) as has_opened_at_once,
        max(case when outcome in ('opened', 'opened_unverified') then 1 else 0 end) as has_opened,
        count(*) as attempt_count
    from {{ ref('fct_unlock_attempts') }}
    where
        entity_type = 'order'
        and outcome != 'pending'
    group by order_id

)

select
    count(*) as order_count,
    sum(has_opened_at_once) as opened_at_once_count,
    sum(has_opened) as opened_count,
    sum(attempt_count) as attempt_count,
    cast(sum(has_opened_at_once) as double precision) / count(*) as first_try_rate,
    cast(sum(has_opened) as double precision) / count(*) as eventual_rate
from orders
