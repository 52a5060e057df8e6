select
    robot_id,
    count(*) as day_count,
    sum(load_attempt_count + unlock_attempt_count) as attempt_count,
    sum(troubleshooting_session_count) as session_count,
    sum(escalation_count) as escalation_count,
    cast(sum(troubleshooting_session_count) as double precision) / count(*) as sessions_per_day,
    cast(sum(case when troubleshooting_session_count > 0 then 1 else 0 end) as double precision) / count(*)
        as day_with_session_rate
from {{ ref('fct_robot_days') }}
where robot_id is not null
group by robot_id
order by sessions_per_day desc, robot_id asc
