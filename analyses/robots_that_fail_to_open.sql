-- Which robots fail to open most, among those with at least twenty decided attempts?
-- A robot far above the rest has a lid or a modem to look at; all robots of a merchant together point to a place.

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
