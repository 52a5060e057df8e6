select
    case when attempt_number = 1 then 'first try' else 'later try' end as try,
    count(*) as opened_count,
    percentile_cont(0.5) within group (order by seconds_to_open) as median_seconds,
    percentile_cont(0.9) within group (order by seconds_to_open) as p90_seconds,
    avg(cast(seconds_to_open as double precision)) as mean_seconds
from {{ ref('fct_unlock_attempts') }}
where
    origin = 'customer'
    and entity_type = 'order'
    and outcome = 'opened'
    and not is_clock_suspect
group by case when attempt_number = 1 then 'first try' else 'later try' end
order by try
