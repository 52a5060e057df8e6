select
    start_weekday,
    start_hour,
    count(*) as decided_count,
    sum(case when outcome in ('opened', 'opened_unverified') then 1 else 0 end) as opened_count
from {marts}.fct_unlock_attempts
where
    origin = 'customer'
    and outcome != 'pending'
    and start_date between {first_day} and {last_day}
group by start_weekday, start_hour
order by start_weekday, start_hour
