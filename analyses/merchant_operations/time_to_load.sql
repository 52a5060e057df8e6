select
    outcome,
    case when lid_error_count > 0 then 'with a lid error' else 'without' end as lid,
    count(*) as attempt_count,
    percentile_cont(0.5) within group (order by seconds_to_outcome) as median_seconds,
    percentile_cont(0.9) within group (order by seconds_to_outcome) as p90_seconds
from {{ ref('fct_load_attempts') }}
where
    outcome in ('loaded', 'failed')
    and not is_clock_suspect
group by outcome, case when lid_error_count > 0 then 'with a lid error' else 'without' end
order by outcome desc, lid asc
