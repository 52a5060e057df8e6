select
    start_date,
    sum(decided_count) as decided_count,
    sum(opened_attempt_count + opened_unverified_count) as opened_count
from {marts}.rpt_unlock_funnel_daily
where
    origin = 'customer'
    and start_date between {first_day} and {last_day}
group by start_date
order by start_date
