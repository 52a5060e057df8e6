select
    merchant_name,
    count(*) as order_count,
    percentile_cont(0.5) within group (order by seconds_from_load_to_open) / 60 as median_minutes,
    percentile_cont(0.9) within group (order by seconds_from_load_to_open) / 60 as p90_minutes
from {{ ref('fct_orders') }}
where
    seconds_from_load_to_open is not null
    and merchant_name is not null
    and not is_clock_suspect
group by merchant_name
having count(*) >= 20
order by median_minutes desc, merchant_name asc
