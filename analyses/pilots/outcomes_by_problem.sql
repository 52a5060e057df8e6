select
    coalesce(problem_category, 'not given') as problem_category,
    count(*) as session_count,
    cast(sum(case when outcome = 'recovered' then 1 else 0 end) as double precision) / count(*) as recovered_rate,
    cast(sum(case when outcome in ('field_op', 'reassigned', 'trip_cancelled') then 1 else 0 end) as double precision) / count(*)
        as given_up_rate,
    cast(sum(case when outcome = 'reset_failed' then 1 else 0 end) as double precision) / count(*) as reset_failed_rate,
    cast(sum(case when outcome = 'unresolved' then 1 else 0 end) as double precision) / count(*) as unresolved_rate,
    percentile_cont(0.5) within group (order by seconds_to_last_step) / 60 as median_minutes
from {{ ref('fct_troubleshooting_sessions') }}
where outcome != 'pending'
group by coalesce(problem_category, 'not given')
order by session_count desc, problem_category asc
