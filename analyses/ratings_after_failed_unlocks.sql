-- How do ratings depend on the number of unlock attempts of an order?

with

unlocking as (

    select
        order_id,
        max(attempt_number) as try_count
    from {{ ref('fct_unlock_attempts') }}
    where entity_type = 'order'
    group by order_id

)

select
    case when unlocking.try_count = 1 then 'one try' when unlocking.try_count > 1 then 'several tries' else 'no try' end as tries,
    count(*) as rated_order_count,
    avg(cast(ratings.rating as double precision)) as mean_rating,
    sum(case when ratings.rating <= 2 then 1 else 0 end) as low_rating_count,
    sum(case when ratings.is_changed then 1 else 0 end) as changed_count
from {{ ref('fct_ratings') }} as ratings
left join unlocking on ratings.order_id = unlocking.order_id
where ratings.is_valid
group by case when unlocking.try_count = 1 then 'one try' when unlocking.try_count > 1 then 'several tries' else 'no try' end
order by rated_order_count desc
