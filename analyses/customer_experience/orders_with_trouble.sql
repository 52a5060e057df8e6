with

orders as (

    select
        case
            when is_trip_cancelled then 'trip cancelled'
            when is_reassigned then 'reassigned'
            when escalation_count > 0 then 'escalated'
            when troubleshooting_session_count > 0 then 'troubleshooting'
            else 'no trouble'
        end as trouble,
        rating,
        case when support_click_count > 0 then 1 else 0 end as has_contact,
        seconds_from_load_to_open
    from {{ ref('fct_orders') }}
    where not is_clock_suspect

)

select
    trouble,
    count(*) as order_count,
    percentile_cont(0.5) within group (order by seconds_from_load_to_open) / 60 as median_minutes_from_load_to_open,
    cast(sum(has_contact) as double precision) / count(*) as contact_rate,
    count(rating) as rated_count,
    avg(cast(rating as double precision)) as mean_rating
from orders
group by trouble
order by order_count desc, trouble asc
