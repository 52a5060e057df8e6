select
    position,
    sum(impression_count) as impression_count,
    sum(clicked_count) as clicked_count,
    cast(sum(clicked_count) as double precision) / sum(impression_count) as click_through_rate,
    cast(sum(dismissed_count) as double precision) / sum(impression_count) as dismissal_rate
from {{ ref('rpt_banner_performance_daily') }}
where position is not null
group by position
having sum(impression_count) > 0
order by click_through_rate desc, position asc
