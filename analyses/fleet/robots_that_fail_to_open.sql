select
    robot_id,
    count(*) as decided_count,
    sum(case when outcome = 'failed' then 1 else 0 end) as failed_count,
    cast(sum(case when outcome = 'failed' then 1 else 0 end) as double precision) / count(*) as failure_rate
from {{ ref('fct_unlock_attempts') }}
where
    outcome != 'pending'
    and robot_id is not null
group by robot_id
having count(*) >= 20
order by failure_rate desc, robot_id asc
