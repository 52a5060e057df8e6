select
    coalesce(reassignment_reason, 'not given') as reassignment_reason,
    count(*) as reassignment_count,
    sum(case when outcome = 'submitted' then 1 else 0 end) as submitted_count,
    cast(sum(case when outcome = 'submitted' then 1 else 0 end) as double precision) / count(*) as submitted_rate,
    percentile_cont(0.5) within group (order by seconds_to_submit) as median_seconds_to_submit
from {{ ref('fct_reassignments') }}
where outcome != 'pending'
group by coalesce(reassignment_reason, 'not given')
order by reassignment_count desc, reassignment_reason asc
