with

orders as (

    select
        case
            when unlock_outcome is null then 'no try to unlock'
            when unlock_outcome in ('opened', 'opened_unverified') and unlock_attempt_count > 1 then 'opened later'
            when unlock_outcome in ('opened', 'opened_unverified') then 'opened at once'
            else 'not opened'
        end as unlocking,
        case when rating is not null then 1 else 0 end as is_rated
    from {{ ref('fct_orders') }}
    where tracker_open_count > 0

)

select
    unlocking,
    count(*) as order_count,
    sum(is_rated) as rated_count,
    cast(sum(is_rated) as double precision) / count(*) as rated_rate
from orders
group by unlocking
order by order_count desc, unlocking asc
