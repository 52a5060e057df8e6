select
    pilot_id,
    count(*) as session_count,
    cast(sum(case when escalation_count > 0 then 1 else 0 end) as double precision) / count(*) as escalated_rate,
    percentile_cont(0.5) within group (order by seconds_to_last_step) / 60 as median_minutes
from {{ ref('fct_troubleshooting_sessions') }}
where
    outcome != 'pending'
    and pilot_id is not null
    and pilot_count = 1
    and not is_clock_suspect
group by pilot_id
having count(*) >= 10
order by escalated_rate desc, pilot_id asc
