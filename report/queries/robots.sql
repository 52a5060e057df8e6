select
    robot_id,
    sum(load_failure_count) as load_failure_count,
    sum(unlock_failure_count) as unlock_failure_count,
    sum(load_attempt_count + unlock_attempt_count) as attempt_count,
    sum(troubleshooting_session_count) as troubleshooting_session_count
from {marts}.fct_robot_days
where start_date between {first_day} and {last_day}
group by robot_id
order by robot_id
