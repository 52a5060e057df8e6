select
    robot_id,
    count(*) as decided_count,
    sum(case when lid_error_count > 0 then 1 else 0 end) as had_lid_error_count,
    sum(case when is_lid_error_recovered then 1 else 0 end) as recovered_count,
    cast(sum(case when lid_error_count > 0 then 1 else 0 end) as double precision) / count(*) as lid_error_rate,
    cast(sum(case when failure_cause = 'lid' then 1 else 0 end) as double precision) / count(*) as failed_by_lid_rate
from {{ ref('fct_load_attempts') }}
where
    outcome != 'pending'
    and robot_id is not null
group by robot_id
having count(*) >= 10
order by failed_by_lid_rate desc, lid_error_rate desc, robot_id asc
