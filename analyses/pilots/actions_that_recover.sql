select
    action,
    count(*) as action_count,
    sum(case when outcome = 'recovered' then 1 else 0 end) as recovered_count,
    cast(sum(case when outcome = 'recovered' then 1 else 0 end) as double precision) / count(*) as recovered_rate,
    cast(sum(case when outcome = 'failed' then 1 else 0 end) as double precision) / count(*) as failed_rate,
    percentile_cont(0.5) within group (order by seconds_to_recovery) / 60 as median_minutes_to_recovery
from {{ ref('fct_recovery_actions') }}
where
    outcome != 'pending'
    and not is_orphan_failure
group by action
order by recovered_rate desc, action asc
