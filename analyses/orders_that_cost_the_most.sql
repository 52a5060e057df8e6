-- How do durations and ratings of orders depend on troubleshooting on the way? By kind of problem, worst mean rating first.
-- Orders without a rating are excluded from `mean_rating` only.

with

orders as (

    select
        case
            when is_trip_cancelled then 'trip cancelled'
            when is_reassigned then 'handed over'
            when escalation_count > 0 then 'escalated'
            when troubleshooting_session_count > 0 then 'troubleshooting'
            else 'no trouble'
        end as trouble,
        unlock_outcome,
        rating,
        support_click_count,
        seconds_from_load_to_open,
        seconds_from_click_to_open
    from {{ ref('fct_orders') }}

)

select
    trouble,
    count(*) as order_count,
    cast(sum(case when unlock_outcome in ('opened', 'opened_unverified') then 1 else 0 end) as double precision) / count(*)
        as opened_rate,
    avg(cast(seconds_from_load_to_open as double precision)) as mean_seconds_from_load_to_open,
    avg(cast(seconds_from_click_to_open as double precision)) as mean_seconds_from_click_to_open,
    cast(sum(case when support_click_count > 0 then 1 else 0 end) as double precision) / count(*) as contacted_rate,
    count(rating) as rated_count,
    avg(cast(rating as double precision)) as mean_rating
from orders
group by trouble
order by mean_rating asc nulls last, trouble asc
