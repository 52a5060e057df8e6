-- several where the clock changes within the period, or where the zone is not whole hours from UTC
select
    24 * (start_date - cast(started_at as date)) + start_hour - cast(extract(hour from started_at) as bigint) as offset_hours,
    min(extract(minute from started_at)) as first_minute,
    max(extract(minute from started_at)) as last_minute
from {marts}.fct_unlock_attempts
where start_date between {first_day} and {last_day}
group by 24 * (start_date - cast(started_at as date)) + start_hour - cast(extract(hour from started_at) as bigint)
