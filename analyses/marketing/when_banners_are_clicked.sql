select
    coalesce(delivery_status, 'not given') as delivery_status,
    count(*) as impression_count,
    cast(sum(case when click_count > 0 then 1 else 0 end) as double precision) / count(*) as click_through_rate,
    percentile_cont(0.5) within group (order by seconds_to_click) as median_seconds_to_click
from {{ ref('fct_banner_impressions') }}
where view_count > 0
group by coalesce(delivery_status, 'not given')
order by click_through_rate desc, delivery_status asc
