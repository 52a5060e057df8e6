with

attempts as (

    select
        order_id,
        is_first_try,
        outcome,
        coalesce(failure_code, 'not given') as failure_code
    from {{ ref('fct_unlock_attempts') }}
    where
        entity_type = 'order'
        and origin = 'customer'

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
    attempts.failure_code,
    count(*) as failed_first_try_count,
    count(later_tries.order_id) as tried_again_count,
    sum(coalesce(later_tries.has_opened, 0)) as opened_later_count,
    cast(count(later_tries.order_id) as double precision) / count(*) as tried_again_rate,
    cast(sum(coalesce(later_tries.has_opened, 0)) as double precision) / count(*) as opened_later_rate
from attempts
left join later_tries on attempts.order_id = later_tries.order_id
where
    attempts.is_first_try
    and attempts.outcome = 'failed'
group by attempts.failure_code
order by failed_first_try_count desc, attempts.failure_code asc
