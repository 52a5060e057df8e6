-- After a failed first unlock attempt of an order, how often does the customer try again, and how often does the lid open?

with

attempts as (

    select * from {{ ref('fct_unlock_attempts') }}
    where entity_type = 'order'

),

first_tries as (

    select
        order_id,
        failure_reason
    from attempts
    where
        is_first_try
        and outcome = 'failed'

),

later_tries as (

    select
        order_id,
        max(case when outcome in ('opened', 'opened_unverified') then 1 else 0 end) as has_opened
    from attempts
    where not is_first_try
    group by order_id

)

select
    coalesce(first_tries.failure_reason, 'not given') as failure_reason,
    count(*) as failed_first_try_count,
    count(later_tries.order_id) as tried_again_count,
    sum(coalesce(later_tries.has_opened, 0)) as opened_later_count
from first_tries
left join later_tries on first_tries.order_id = later_tries.order_id
group by coalesce(first_tries.failure_reason, 'not given')
order by failed_first_try_count desc, failure_reason asc
