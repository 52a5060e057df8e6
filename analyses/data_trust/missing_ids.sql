select
    family,
    sum(row_count) as row_count,
    cast(sum(without_order_count) as double precision) / sum(row_count) as without_order_rate,
    cast(sum(without_robot_count) as double precision) / sum(row_count) as without_robot_rate,
    cast(sum(without_pilot_count) as double precision) / sum(row_count) as without_pilot_rate
from {{ ref('rpt_event_quality_daily') }}
group by family
order by without_order_rate desc nulls last, family asc
