with

rated as (

    select
        case
            when orders.unlock_attempt_count = 0 then 'no try'
            when orders.unlock_attempt_count = 1 then 'one try'
            else 'several tries'
        end as tries,
        ratings.rating
    from {{ ref('fct_ratings') }} as ratings
    inner join {{ ref('fct_orders') }} as orders on ratings.order_id = orders.order_id
    where ratings.is_valid

)

select
    tries,
    count(*) as rated_order_count,
    sum(case when rating <= 2 then 1 else 0 end) as low_rating_count,
    cast(sum(case when rating <= 2 then 1 else 0 end) as double precision) / count(*) as low_rating_rate,
    avg(cast(rating as double precision)) as mean_rating
from rated
group by tries
order by rated_order_count desc, tries asc
