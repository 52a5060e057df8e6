select
    position,
    sum(impression_count) as impression_count,
    sum(clicked_count) as clicked_count
from {marts}.rpt_banner_performance_daily
where start_date between {first_day} and {last_day}
group by position
having sum(impression_count) > 0
order by position
