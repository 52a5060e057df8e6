select
    loaded_date,
    sum(row_count) as row_count,
    sum(duplicate_count) as duplicate_count,
    sum(clock_suspect_count) as clock_suspect_count,
    sum(event_count) as event_count,
    sum(unmatched_count) as unmatched_count
from {marts}.rpt_event_quality_daily
where loaded_date between {first_day} and {last_day}
group by loaded_date
order by loaded_date
