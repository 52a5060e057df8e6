select
    event_name,
    sum(row_count) as row_count,
    sum(duplicate_count) as duplicate_count,
    cast(sum(duplicate_count) as double precision) / sum(row_count) as duplicate_rate
from {{ ref('rpt_event_quality_daily') }}
group by event_name
having sum(duplicate_count) > 0
order by duplicate_count desc, event_name asc
