select
    family,
    count(*) as event_count,
    percentile_cont(0.5) within group (order by {{ seconds_between('occurred_at', 'loaded_at') }}) / 3600 as median_hours,
    percentile_cont(0.95) within group (order by {{ seconds_between('occurred_at', 'loaded_at') }}) / 3600 as p95_hours
from {{ ref('fct_events') }}
where
    not is_clock_suspect
    and loaded_at >= occurred_at
group by family
order by p95_hours desc, family asc
